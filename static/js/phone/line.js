/* One connection to the switch: our microphone out, the call in, keys over a data channel. */
const GATHERING = 1000;

const gathered = (pc) => new Promise((done) => {
  const look = () => pc.iceGatheringState === "complete" && done();
  pc.addEventListener("icegatheringstatechange", look);
  setTimeout(done, GATHERING);
  look();
});

/* The microphone, or words for whoever cannot be heard. */
export async function microphone() {
  if (!navigator.mediaDevices) throw new Error("Calls need https, or localhost.");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  } catch (error) {
    throw new Error({
      NotAllowedError: "The browser may not use the microphone. Allow it beside the address, then try again.",
      NotFoundError: "No microphone was found. Plug one in, then try again.",
      NotReadableError: "Another program uses the microphone. Close it, then try again.",
    }[error.name] ?? `The microphone does not work (${error.name}).`);
  }
}

/* `send` takes our offer (SDP) to the server and brings its answer; `said` hears the switch's words. */
export async function connect(stream, send, said) {
  const pc = new RTCPeerConnection({ iceServers: [] });
  const keys = pc.createDataChannel("keys"), ear = new Audio();
  ear.autoplay = true;
  keys.addEventListener("message", ({ data }) => said(data));
  stream.getAudioTracks().forEach((track) => pc.addTrack(track, stream));
  pc.addEventListener("track", ({ streams }) => { ear.srcObject = streams[0]; ear.play().catch(() => {}); });
  pc.addEventListener("connectionstatechange", () => { if (["failed", "disconnected"].includes(pc.connectionState)) said("lost"); });
  await pc.setLocalDescription(await pc.createOffer());
  await gathered(pc);
  try {
    await pc.setRemoteDescription({ type: "answer", sdp: await send(pc.localDescription.sdp) });
  } catch (error) {
    pc.close();
    throw error;
  }
  return {
    pc,
    press: (key) => keys.readyState === "open" && keys.send(key),
    mute: (isMute) => stream.getAudioTracks().forEach((track) => { track.enabled = !isMute; }),
    close() { ear.srcObject = null; pc.close(); },
  };
}

/* How loud a stream is, ten times a second, from 0 to 1; returns how to stop. */
export function meter(stream, show) {
  const context = new AudioContext(), ear = context.createAnalyser();
  const samples = new Float32Array((ear.fftSize = 1024));
  context.createMediaStreamSource(stream).connect(ear);
  const timer = setInterval(() => {
    ear.getFloatTimeDomainData(samples);
    show(Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 6));
  }, 100);
  return () => { clearInterval(timer); context.close(); };
}
