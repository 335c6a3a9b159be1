/* Before a call: is the microphone heard, and which one is it? */
import { choose, chosen, meter, microphone, microphones } from "./microphone.js";
import { level } from "./panel.js";

const HEARD = 0.06;
let stop = null;

function end() {
  stop?.();
  stop = null;
}
async function begin(box) {
  end();
  const said = box.querySelector("[data-phone-heard]"), select = box.querySelector("select");
  const say = (words) => { if (said.textContent !== words) said.textContent = words; };
  say("Say something.");
  try {
    const stream = await microphone();
    const stopMeter = meter(stream, (loud) => {
      if (!box.isConnected) return end();
      level(loud);
      if (loud > HEARD) say("You are heard.");
    });
    stop = () => { stopMeter(); stream.getTracks().forEach((track) => track.stop()); level(0); };
    const found = await microphones();
    select.replaceChildren(...found.map(([id, name]) => new Option(name, id)));
    select.value = chosen() || stream.getAudioTracks()[0].getSettings().deviceId;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.closest("label").hidden = found.length < 2;
  } catch (error) { say(error.message); }
}

document.addEventListener("toggle", ({ target }) => {
  if (target.id !== "phone-check") return;
  if (target.open) begin(target);
  else end();
}, { capture: true });
document.addEventListener("change", ({ target }) => {
  const box = target.closest("#phone-check");
  if (box) choose(target.value), begin(box);
});
