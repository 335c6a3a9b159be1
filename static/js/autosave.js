/* Notes are saved as they are typed. What the server has not confirmed stays on this device. */
const DELAY = 500, LONGEST_WAIT = 30_000, KEPT_FOR = 24 * 3600 * 1000;
const token = () => document.querySelector("meta[name=csrf-token]").content;

function watch(field) {
  const key = `unsaved:${document.body.dataset.user}:${field.dataset.autosave}`;
  const state = document.getElementById(field.dataset.state);
  let timer, failures = 0, saving = false, confirmed = field.value;

  function say(name, words) {
    if (!state) return;
    state.dataset.state = name;
    state.textContent = words;
  }

  async function save(keepalive = false) {
    clearTimeout(timer);
    if (saving && !keepalive) return;
    const text = field.value;
    if (text === confirmed) return;
    saving = true;
    say("saving", "Saving…");
    try {
      const body = new URLSearchParams({ [field.name]: text });
      const headers = { "X-CSRFToken": token(), "X-Requested-With": "autosave" };
      const answer = await fetch(field.dataset.autosave, { method: "POST", body, headers, keepalive, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      confirmed = text;
      failures = 0;
      if (field.value === text) localStorage.removeItem(key);
      say("saved", `Saved ${new Date().toTimeString().slice(0, 5)}`);
    } catch {
      failures += 1;
      say("kept", "Not saved – kept on this device, retrying");
    }
    saving = false;
    if (field.value !== confirmed && field.isConnected) timer = setTimeout(save, failures ? Math.min(1000 * 2 ** failures, LONGEST_WAIT) : DELAY);
  }

  field.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify({ text: field.value, at: Date.now() }));
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  });
  addEventListener("online", () => save());
  addEventListener("pagehide", () => save(true));
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  if (kept && Date.now() - kept.at < KEPT_FOR && kept.text !== field.value) field.value = kept.text;
  else localStorage.removeItem(key);
  if (field.value !== confirmed) save();
}

const watchAll = (root) => root.querySelectorAll("[data-autosave]:not([data-watched])").forEach((field) => { field.dataset.watched = ""; watch(field); });
watchAll(document);
document.addEventListener("htmx:load", (event) => watchAll(event.target.parentElement ?? document));
