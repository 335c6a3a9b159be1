/* Notes are saved as they are typed. What the server has not confirmed stays on this device. */
const DELAY = 500, LONGEST_WAIT = 30_000;
const token = () => document.querySelector("meta[name=csrf-token]").content;
const together = (mine, theirs) => (mine.startsWith(theirs) ? mine : `${mine}\n\n[from another window]\n${theirs}`);

function watch(field) {
  const key = `unsaved:${document.body.dataset.user}:${field.dataset.autosave}`;
  let timer, failures = 0, saving = false, confirmed = field.value;
  field.dataset.watched = "";

  function say(name, words) {
    const state = document.getElementById(field.dataset.state);
    if (state) Object.assign(state, { textContent: words }).dataset.state = name;
  }

  async function send(text, keepalive) {
    const body = new URLSearchParams({ [field.name]: text, version: field.dataset.version });
    const request = { method: "POST", body, keepalive, redirect: "error", headers: { "X-CSRFToken": token() } };
    const answer = await fetch(field.dataset.autosave, request);
    if (!answer.ok && answer.status !== 409) throw new Error(`not saved: ${answer.status}`);
    const { version, at, notes } = await answer.json();
    field.dataset.version = version;
    confirmed = answer.ok ? text : notes;
    if (!answer.ok) field.value = together(field.value, notes);
    say(answer.ok ? "saved" : "saving", answer.ok ? `Saved ${at}` : "Saving…");
  }
  const settle = () => { failures = 0; localStorage.removeItem(key); };
  async function save(keepalive = false) {
    clearTimeout(timer);
    if (saving || field.value === confirmed) return saving || settle();
    say("saving", "Saving…");
    saving = true;
    try {
      await send(field.value, keepalive);
      failures = 0;
    } catch {
      failures += 1;
      say("kept", "Not saved – kept on this device, retrying");
    }
    saving = false;
    if (field.value === confirmed) settle();
    else timer = setTimeout(save, failures ? Math.min(1000 * 2 ** failures, LONGEST_WAIT) : DELAY);
  }

  field.addEventListener("input", () => {
    localStorage.setItem(key, field.value);
    if (failures) return;
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  });
  addEventListener("online", () => save());
  addEventListener("pagehide", () => save(true));
  const kept = localStorage.getItem(key);
  if (kept !== null && kept !== confirmed) field.value = together(kept, confirmed);
  save();
}

const watchAll = () => document.querySelectorAll("[data-autosave]:not([data-watched])").forEach(watch);
watchAll();
document.addEventListener("htmx:load", watchAll);
