/* A phone that rings: two soft tones, twice every three seconds, made here. */
let context = null, timer = null;

function tone(at) {
  const volume = context.createGain();
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
  volume.gain.setValueAtTime(0.08, at + 0.38);
  volume.gain.linearRampToValueAtTime(0, at + 0.4);
  volume.connect(context.destination);
  [400, 450].forEach((hertz) => {
    const voice = new OscillatorNode(context, { frequency: hertz });
    voice.connect(volume);
    voice.start(at);
    voice.stop(at + 0.4);
  });
}

export function ring() {
  if (timer) return;
  context ??= new AudioContext();
  const once = () => [0, 0.6].forEach((delay) => tone(context.currentTime + delay));
  timer = setInterval(once, 3000);
  once();
}

export function silence() {
  clearInterval(timer);
  timer = null;
}
