/* The agent's phone: one page holds the microphone and the line; the panel says what there is to do. */
import { connect, meter, microphone } from "./line.js";
import { ring, silence } from "./ringing.js";

const ALIVE = 15_000;
const token = () => document.querySelector("meta[name=csrf-token]").content;
const panel = () => document.getElementById("panel-phone");
const tab = (sessionStorage.phoneTab ??= crypto.randomUUID());
let isPhone = false, line = null, legOfLine = "", endedLeg = "", stream = null, isMute = false, stopMeter = null, isConnecting = false;

async function post(address, fields, keepalive = false) {
  const answer = await fetch(address, { method: "POST", keepalive, body: new URLSearchParams(fields), headers: { "X-CSRFToken": token(), Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status === 503 ? "The telephone does not answer. Try again." : "This call is not on your phone any more.");
  return answer.json();
}
const say = (words) => { const slot = panel()?.querySelector("[data-phone-words]"); if (slot) slot.textContent = words; };
const level = (loud) => { const bar = panel()?.querySelector("[data-phone-level]"); if (bar) bar.dataset.phoneLevel = String(Math.round(loud * 8)); };
const look = () => htmx.trigger(panel(), "refresh");

async function open() {
  stream ??= await microphone();
  stopMeter ??= meter(stream, level);
}
function close() {
  line?.close();
  stopMeter?.();
  stream?.getTracks().forEach((track) => track.stop());
  line = stream = stopMeter = null;
  legOfLine = "";
  isMute = false;
}
async function join() {
  const { leg, connection } = panel().dataset;
  if (isConnecting) return;
  isConnecting = true;
  try {
    await open();
    line?.close();
    line = await connect(stream, async (sdp) => (await post(connection, { sdp })).sdp, heard);
    legOfLine = leg;
    line.mute(isMute);
    say("");
    silence();
  } catch (error) { say(error.message); }
  isConnecting = false;
}
const heard = (word) => {
  if (word === "ended") { endedLeg = legOfLine; close(); }
  if (word === "lost" && line) { line.close(); line = null; legOfLine = ""; setTimeout(follow, 500); }
  look();
};

/* The panel is the truth: ring, come back to a call after a reload, or be quiet. */
function follow() {
  const shown = panel();
  if (!shown) return;
  const { phoneState, leg } = shown.dataset;
  if (phoneState === "ringing" && isPhone) ring(); else silence();
  if (phoneState === "talking" && isPhone && ![legOfLine, endedLeg].includes(leg)) join();
  if (phoneState === "silent" && line) close();
  shown.querySelector("[data-phone-mute]")?.setAttribute("aria-pressed", String(isMute));
  const status = shown.querySelector("[data-phone-status]");
  if (status) status.textContent = isPhone ? "Phone ready" : "Phone in another window";
}
async function live() {
  try { ({ is_phone: isPhone } = await post("/calls/phone/life/", { tab })); } catch { isPhone = false; }
  follow();
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-phone-answer]")) join().then(look);
  if (target.closest("[data-phone-check]")) open().then(() => say("The microphone is heard: watch the bar."), (error) => say(error.message));
  if (target.closest("[data-phone-mute]")) { isMute = !isMute; line?.mute(isMute); follow(); }
});
document.addEventListener("htmx:load", ({ target }) => { if (target.id === "panel-phone" || target.querySelector?.("#panel-phone")) follow(); });
addEventListener("beforeunload", (event) => { if (line && !document.body.dataset.movesOn) event.preventDefault(); });
addEventListener("pagehide", () => { if (!line) post("/calls/phone/life/", { tab, gone: "1" }, true).catch(() => {}); });
if (panel()) { navigator.locks.request(`phone-${document.body.dataset.user}`, () => { live(); setInterval(live, ALIVE); return new Promise(() => {}); }); }
