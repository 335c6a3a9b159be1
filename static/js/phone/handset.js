/* A customer's phone of the demo: it looks whether it rings, is answered, calls us, sends keys. */
import { connect, microphone } from "./line.js";
import { ring, silence } from "./ringing.js";

const main = document.querySelector("[data-handset]"), find = (name) => main.querySelector(`[data-${name}]`);
const token = document.querySelector("meta[name=csrf-token]").content;
const POLL = 1500;
let line = null, stream = null, isJoining = false;

async function post(address, fields = {}) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token, Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Error(Object.values(told.errors ?? {}).flat()[0] ?? told.message ?? told.detail ?? "That did not work. Please try again.");
}
const WORDS = {
  silent: () => "Ready. It rings when the bank calls.",
  ringing: (caller) => `${caller || "Somebody"} is calling…`,
  calling: () => "You wait to be answered. You keep your place.",
  talking: (caller) => (caller ? `You are talking to ${caller}.` : "You are talking to us."),
};
function show(state, caller = "") {
  main.dataset.state = state;
  main.querySelectorAll("[data-for]").forEach((part) => { part.hidden = !part.dataset.for.split(" ").includes(state); });
  const words = WORDS[state](caller), slot = find("words");
  if (slot.textContent !== words) slot.textContent = words;
  if (state === "ringing") ring(); else silence();
}
function close() {
  line?.close();
  stream?.getTracks().forEach((track) => track.stop());
  line = stream = null;
}
async function join() {
  if (isJoining) return;
  isJoining = true;
  find("error").textContent = "";
  try {
    stream ??= await microphone();
    line?.close();
    line = await connect(stream, async (sdp) => (await post(main.dataset.connection, { sdp })).sdp, heard);
  } catch (error) {
    close();
    find("error").textContent = error.message;
  }
  isJoining = false;
  look();
}
function heard(word) {
  if (word === "ended") { close(); look(); }
  if (word === "lost" && line) { line.close(); line = null; setTimeout(join, POLL); }
}
async function look() {
  const answer = await fetch(main.dataset.now).catch(() => null);
  if (!answer?.ok) return;
  const { state, caller } = await answer.json();
  show(state, caller);
  if (state === "silent" && line && !isJoining) close();
}

main.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.digit) line?.press(button.dataset.digit);
  if ("answer" in button.dataset) join();
  if ("end" in button.dataset) { close(); await post(main.dataset.ending).catch(() => {}); look(); }
  if ("call" in button.dataset) {
    find("error").textContent = "";
    try {
      stream ??= await microphone();
      await post(main.dataset.calls);
      await join();
    } catch (error) { close(); find("error").textContent = error.message; }
  }
});
look();
setInterval(look, POLL);
