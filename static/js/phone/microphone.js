/* Which microphone, how loud it is, and plain words where there is none. */
const LOUDEST = 6, EVERY = 100;
const WORDS = {
  NotAllowedError: "The browser may not use the microphone. Allow it beside the address, then try again.",
  NotFoundError: "No microphone was found. Plug one in, then try again.",
  NotReadableError: "Another program uses the microphone. Close it, then try again.",
};

export const chosen = () => localStorage.microphone ?? "";
export const choose = (id) => { localStorage.microphone = id; };

/* The sound of the chosen microphone, or an error whose message says what to do. */
export async function microphone() {
  if (!navigator.mediaDevices) throw new Error("Calls need https, or localhost: this address is neither.");
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  if (chosen()) wanted.deviceId = { ideal: chosen() };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: wanted });
  } catch (error) {
    throw new Error(WORDS[error.name] ?? `The microphone does not work (${error.name}).`);
  }
}

/* All microphones, as [id, name]; without permission they have no names. */
export async function microphones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const inputs = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "default");
  return inputs.map(({ deviceId, label }, place) => [deviceId, label || `Microphone ${place + 1}`]);
}

/* How loud a stream is, ten times a second, from 0 to 1; returns how to stop. */
export function meter(stream, show) {
  const context = new AudioContext(), ear = context.createAnalyser();
  const samples = new Float32Array((ear.fftSize = 1024));
  context.createMediaStreamSource(stream).connect(ear);
  const timer = setInterval(() => {
    ear.getFloatTimeDomainData(samples);
    show(Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * LOUDEST));
  }, EVERY);
  return () => { clearInterval(timer); context.close(); };
}
