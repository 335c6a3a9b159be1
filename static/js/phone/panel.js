/* The phone's panel: its words, which outlive a refresh, its level, and what it asks of the server. */
const token = () => document.querySelector("meta[name=csrf-token]").content;
const PATIENCE = 5000; /* where the network is cut an answer never comes, and nothing is refused either */
let words = "", offered = "";

export const panel = () => document.getElementById("panel-phone");
export const find = (name) => panel()?.querySelector(`[data-phone-${name}]`);
export const look = () => htmx.trigger(panel(), "refresh");
export const level = (loud) => document.querySelectorAll("[data-phone-level]").forEach((bar) => { bar.dataset.phoneLevel = String(Math.round(loud * 8)); });

/* What went wrong, in plain words, and the way out: "again" or "here" (use this window). */
export function say(text = "", offer = "") {
  [words, offered] = [text, offer];
  showWords();
}
export function showWords() {
  const slot = find("words");
  if (!slot) return;
  if (slot.textContent !== words) slot.textContent = words;
  const isOver = panel().dataset.phoneState === "silent"; /* then there is no call to try again */
  find("again").hidden = isOver || offered !== "again";
  find("here").hidden = offered !== "here";
}

/* An error's `passes` tells that trying again by itself may help. */
export async function post(address, fields, keepalive = false) {
  const signal = AbortSignal.timeout(PATIENCE);
  const sent = { method: "POST", keepalive, signal, body: new URLSearchParams(fields), headers: { "X-CSRFToken": token(), Accept: "application/json" } };
  const answer = await fetch(address, sent).catch(() => null);
  if (answer?.ok) return answer.json();
  const passes = !answer || answer.status >= 500;
  const told = answer ? "The telephone does not answer." : "No connection to the telephone.";
  throw Object.assign(new Error(passes ? told : "This call is not on your phone any more."), { passes });
}
