/* A phone that rings: two soft tones, twice every three seconds; two low ones say no. Made here. */
let context = null, timer = null;

function tone(at, pitches = [400, 450]) {
  const volume = context.createGain();
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
  volume.gain.setValueAtTime(0.08, at + 0.38);
  volume.gain.linearRampToValueAtTime(0, at + 0.4);
  volume.connect(context.destination);
  pitches.forEach((hertz) => {
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

export function refuse() {
  context ??= new AudioContext();
  [330, 262].forEach((pitch, turn) => tone(context.currentTime + turn * 0.5, [pitch]));
}

export function silence() {
  clearInterval(timer);
  timer = null;
}
