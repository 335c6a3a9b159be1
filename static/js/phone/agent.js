/* The agent's phone: one window holds the microphone and the line; the panel says what there is to do. */
import "./checking.js";
import { connect } from "./line.js";
import { meter, microphone } from "./microphone.js";
import { find, level, look, panel, post, say, showWords } from "./panel.js";
import * as popping from "./popping.js";
import { ring, silence } from "./ringing.js";
import { hear, isPhone, leave, live, start, takeOver, tell } from "./windows.js";

const AGAIN = 1500, SETTLED = 1000, ELSEWHERE = "Your phone is in another window.";
let line = null, legOfLine = "", endedLeg = "", lostLeg = "", legShown = "", stream = null, isMute = false, stopMeter = null, isConnecting = false;

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
  if (isConnecting || !connection) return;
  isConnecting = true;
  try {
    stream ??= await microphone();
    stopMeter ??= meter(stream, level);
    const before = line;
    line = await connect(stream, async (sdp) => (await post(connection, { sdp })).sdp, heard);
    before?.close();
    legOfLine = leg;
    lostLeg = "";
    line.mute(isMute);
    say();
    silence();
  } catch (error) {
    isConnecting = false;
    if (legOfLine === leg) return; /* it has come back by itself meanwhile */
    const isBack = error.passes && panel().dataset.phoneState === "talking";
    say(isBack ? `${error.message} Trying again…` : error.message, isBack ? "" : "again");
    if (isBack) setTimeout(follow, AGAIN);
  }
  isConnecting = false;
}
async function heard(word) {
  if (word === "here" && !lostLeg) return;
  if (word === "ended") { [endedLeg, lostLeg] = [legOfLine || lostLeg, ""]; close(); }
  if (word === "here") {
    [legOfLine, lostLeg] = [lostLeg, ""];
    say();
  }
  /* The line may come back by itself, so it is kept until another one stands. */
  if (word === "lost" && legOfLine) {
    [lostLeg, legOfLine] = [legOfLine, ""];
    say("The connection is lost. Trying again…");
    await live();
    follow();
  }
  look();
}
/* The call went on or ended without us: the server says what became of it. */
async function tellOf(leg) {
  lostLeg = "";
  const said = await live({ leg });
  if (said?.words) say(said.words);
  else if (!said) lostLeg = leg;
}
function mute(on) {
  isMute = on;
  line?.mute(on);
  tell({ isMute });
  follow();
}
/* Pressed here or in a window that mirrors the phone. */
const acts = { answer: () => join().then(look), mute: () => mute(!isMute), again: () => join().then(look) };

/* The panel is the truth: ring, come back to a call after a reload, or be quiet. */
function follow() {
  const shown = panel();
  if (!shown) return;
  const { phoneState, leg } = shown.dataset;
  if (phoneState === "ringing" && isPhone()) ring(); else silence();
  if (phoneState === "ringing" && isPhone() && leg !== legShown) say(); /* what was said is of an earlier call */
  legShown = leg ?? "";
  if (phoneState === "talking" && isPhone() && ![legOfLine, endedLeg].includes(leg)) join();
  if ((phoneState === "silent" || !isPhone()) && line) { close(); say(); }
  if (phoneState === "silent" && lostLeg) tellOf(lostLeg);
  document.body.toggleAttribute("data-in-call", phoneState === "talking");
  find("mute")?.setAttribute("aria-pressed", String(isMute));
  const status = find("status");
  if (status) status.textContent = isPhone() ? "Phone ready" : "Phone elsewhere";
  showWords();
  popping.follow(shown, isPhone());
}

document.addEventListener("click", ({ target }) => {
  const act = Object.keys(acts).find((name) => target.closest(`[data-phone-${name}]`));
  if (act && isPhone()) acts[act]();
  else if (act) tell({ act });
  if (target.closest("[data-phone-here]")) takeOver();
  if (target.closest("#phone-transfer:not([open]) > summary")) look(); /* who is free now? */
});
hear((said) => {
  if (said.act && isPhone()) acts[said.act]?.();
  else if ("isMute" in said && !isPhone()) { ({ isMute } = said); follow(); }
});
document.addEventListener("htmx:load", ({ target }) => { if (target.id === "panel-phone" || target.querySelector?.("#panel-phone")) follow(); });
addEventListener("beforeunload", (event) => { if (line) event.preventDefault(); });
addEventListener("pagehide", () => { if (!line) leave(); });

if (!panel()) { /* no phone for this role */ }
else if (!isSecureContext) say("Calls need https, or localhost: this address is neither.");
else {
  start(() => { if (isPhone()) say(); else say(ELSEWHERE, "here"); follow(); });
  setTimeout(() => { if (!isPhone()) say(ELSEWHERE, "here"); }, SETTLED);
}
