/* A supervisor in an agent's call: hear it, speak to the agent, or join. One call at a time. */
import { connect, microphone } from "./line.js";

const WORDS = { listen: "You hear the call. Your microphone is off.", whisper: "Only the agent hears you.", barge: "Everybody in the call hears you." };
const bar = document.querySelector("[data-listening]"), words = bar?.querySelector("[data-listening-words]");
const error = document.querySelector("[data-listening-error]");
const token = () => document.querySelector("meta[name=csrf-token]").content;
let line = null, stream = null, call = null, isConnecting = false;

async function post(address, fields) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token(), Accept: "application/json" } });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message ?? "This call is over.");
  return said;
}
function show(ear) {
  bar.hidden = !ear;
  if (!ear) return;
  words.textContent = `${call.whom}: ${WORDS[ear]}`;
  line?.mute(ear === "listen");
  bar.querySelectorAll("[data-ear]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.ear === ear)));
}
function over(said = "") {
  line?.close();
  stream?.getTracks().forEach((track) => track.stop());
  line = stream = call = null;
  show("");
  error.textContent = said;
}
const heard = (word) => { if (word === "ended") over("The call is over."); if (word === "lost") over("The connection to the call broke. Listen again."); };

async function listen({ listen: address, leaving, whom }) {
  if (isConnecting) return;
  isConnecting = true;
  try {
    if (call) await leave();
    error.textContent = "";
    stream = await microphone();
    stream.getAudioTracks().forEach((track) => { track.enabled = false; });
    line = await connect(stream, async (sdp) => (await post(address, { ear: "listen", sdp })).sdp, heard);
    call = { address, leaving, whom };
    show("listen");
  } catch (problem) { over(problem.message); }
  isConnecting = false;
}
async function change(ear) {
  try {
    if (ear === "listen") line?.mute(true);
    await post(call.address, { ear });
    show(ear);
  } catch (problem) { error.textContent = problem.message; }
}
async function leave() {
  const { leaving } = call;
  over();
  await post(leaving, {}).catch(() => {});
}

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest("[data-listen]"), ear = target.closest("[data-ear]");
  if (chosen) listen(chosen.dataset);
  if (ear && call) change(ear.dataset.ear);
  if (target.closest("[data-leave]") && call) leave();
});
