/* Notes are saved as they are typed. What the server has not confirmed stays on this device. */
const DELAY = 500, LONGEST_WAIT = 30_000;
const token = () => document.querySelector("meta[name=csrf-token]").content;
const together = (mine, theirs) => (mine.startsWith(theirs) ? mine : `${mine}\n\n[from another window]\n${theirs}`);

function watch(field) {
  const key = `unsaved:${document.body.dataset.user}:${field.dataset.autosave}`;
  let timer, failures = 0, saving = false, confirmed = field.value;

  function say(name, words) {
    const state = document.getElementById(field.dataset.state);
    if (state) Object.assign(state, { textContent: words }).dataset.state = name;
  }

  async function send(text, keepalive) {
    const body = new URLSearchParams({ [field.name]: text, version: field.dataset.version });
    const headers = { "X-CSRFToken": token(), "X-Requested-With": "autosave" };
    const answer = await fetch(field.dataset.autosave, { method: "POST", body, headers, keepalive, redirect: "error" });
    if (!answer.ok && answer.status !== 409) throw new Error(`not saved: ${answer.status}`);
    const { version, at, notes } = await answer.json();
    field.dataset.version = version;
    confirmed = answer.ok ? text : notes;
    if (!answer.ok) field.value = together(field.value, notes);
    if (field.value === confirmed) localStorage.removeItem(key);
    say(answer.ok ? "saved" : "saving", answer.ok ? `Saved ${at}` : "Saving…");
  }

  async function save(keepalive = false) {
    clearTimeout(timer);
    if (saving || field.value === confirmed) return;
    saving = true;
    say("saving", "Saving…");
    try {
      await send(field.value, keepalive);
      failures = 0;
    } catch {
      failures += 1;
      say("kept", "Not saved – kept on this device, retrying");
    }
    saving = false;
    if (field.value !== confirmed) timer = setTimeout(save, failures ? Math.min(1000 * 2 ** failures, LONGEST_WAIT) : DELAY);
  }

  field.addEventListener("input", () => {
    localStorage.setItem(key, field.value);
    clearTimeout(timer);
    timer = setTimeout(save, failures ? LONGEST_WAIT : DELAY);
  });
  addEventListener("online", () => save());
  addEventListener("pagehide", () => save(true));
  const kept = localStorage.getItem(key);
  if (kept !== null && kept !== confirmed) field.value = together(kept, confirmed);
  save();
}

function watchAll() {
  document.querySelectorAll("[data-autosave]:not([data-watched])").forEach((field) => { field.dataset.watched = ""; watch(field); });
}
watchAll();
document.addEventListener("htmx:load", watchAll);
