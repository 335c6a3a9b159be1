/* The customer's phone: ask, wait with music and a place in the queue, talk, press keys. */
import { connect, microphone } from "./line.js";

const main = document.querySelector("[data-calls]"), find = (name) => main.querySelector(`[data-${name}]`);
const token = document.querySelector("meta[name=csrf-token]").content;
const POLL = 3000, AGAIN = 1500, TRIES = 6, PATIENCE = 5000;
const SAID = {
  talking: "You are talking to us.",
  done: "Thank you. If you hear questions, answer with the keys: 1 for yes, 2 for no.",
  closed: "Our lines are closed now.",
  call_back: "We will call you back in your turn.",
};
let call = null, line = null, stream = null, timer = null, startedAt = 0, tries = 0, isServed = false, isLost = false;

async function post(address, fields = {}, signal = undefined) {
  const answer = await fetch(address, { method: "POST", signal, body: new URLSearchParams(fields), headers: { "X-CSRFToken": token, Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw new Error(Object.values(told.errors ?? {}).flat()[0] ?? told.detail ?? told.message ?? "That did not work. Please try again.");
}
function show(state) {
  main.dataset.state = state;
  find("call-form").hidden = state !== "ready";
  find("in-call").hidden = state !== "calling";
  find("over").hidden = state !== "over";
  if (state !== "calling") delete main.dataset.with;
  find({ ready: "call-form", calling: "words", over: "over-words" }[state]).focus();
}
const words = (text) => { if (find("words").textContent !== text) find("words").textContent = text; };

async function join() {
  const before = line;
  /* A network that is cut refuses nothing: whoever waits for its answer waits for ever. */
  line = await connect(stream, async (sdp) => (await post(call.connection, { sdp }, AbortSignal.timeout(PATIENCE))).sdp, heard);
  before?.close();
}
function heard(word) {
  if (word === "ended") over("The call has ended. Thank you.");
  if (word === "here") [isLost, tries] = [false, 0];
  if (word === "lost" && call && !isLost) again();
}
/* The line may come back by itself, so it is kept until another one stands. */
function again() {
  isLost = true;
  words("The connection was lost. Reconnecting you…");
  if ((tries += 1) > TRIES) return isServed ? over("The call has ended. Thank you.") : cutOff();
  setTimeout(() => call && isLost && join().catch(again), AGAIN);
}
function cutOff() {
  const hasNumber = find("call-form").elements.number.value;
  over(`The call was cut off. We are sorry. ${hasNumber ? "We will call you back." : "Please call us again."}`);
}
async function follow() {
  const answer = await fetch(call.state).catch(() => null);
  if (!call || !answer?.ok) return;
  const { state, position, minutes } = await answer.json();
  isServed = state === "done";
  if (state === "cut_off") return cutOff();
  if (state === "over" || state === "left") return over("The call has ended. Thank you.");
  main.dataset.with = ["talking", "done"].includes(state) ? "talking" : "waiting";
  if (state === "done") main.querySelector(".caller-keypad").open = true;
  words(SAID[state] ?? `You are number ${position} in the queue.`);
  find("wait").textContent = state !== "talking" && minutes ? `About ${minutes} minute${minutes > 1 ? "s" : ""}. You keep your place, whatever happens.` : "";
  find("call-back").hidden = (state in SAID && state !== "closed") || !find("call-form").elements.number.value;
}
function over(text) {
  clearInterval(timer);
  line?.close();
  stream?.getTracks().forEach((track) => track.stop());
  call = line = stream = null;
  find("over-words").textContent = text;
  show("over");
}
function tick() {
  const seconds = Math.floor((Date.now() - startedAt) / 1000);
  find("clock").textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds % (POLL / 1000) === 0) follow();
}

find("call-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  find("error").textContent = "";
  try {
    stream = await microphone();
    call = await post(main.dataset.calls, new FormData(event.target));
    show("calling");
    startedAt = Date.now();
    timer = setInterval(tick, 1000);
    await join();
    follow();
  } catch (error) {
    if (call) over(error.message);
    else find("error").textContent = error.message;
  }
});
main.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.digit) line?.press(button.dataset.digit);
  if ("end" in button.dataset) { post(call.ending).catch(() => {}); over("You have hung up. Thank you for calling."); }
  if ("mute" in button.dataset) { const isMute = button.getAttribute("aria-pressed") !== "true"; button.setAttribute("aria-pressed", String(isMute)); line?.mute(isMute); }
  if ("callBack" in button.dataset) post(call.call_back, { number: find("call-form").elements.number.value }).then(() => over("We will call you back. You keep your place in the queue."), (error) => words(error.message));
  if ("again" in button.dataset) show("ready");
});
