/* Saves what people type while they type it. What the server has not confirmed stays on this device. */
const DELAY = 500, LONGEST_WAIT = 30_000, MOVED_ON = 409, OVER = 410;
const token = () => document.querySelector("meta[name=csrf-token]").content;

/* `read` and `show` turn what stands in the element into text and back, `body` says what is sent of a
   text, `theirs` takes the other window's text out of a 409, `join` brings the two together. */
export function keep(element, { url, read, show, body, theirs, join }) {
  const key = `unsaved:${document.body.dataset.user}:${url}`, kept = localStorage.getItem(key);
  let timer, failures = 0, saving = null, isOver = false, isPaused = false, isLeaving = false, confirmed = kept === null ? read() : undefined;
  if (kept !== null && kept !== read()) show(join(kept, read()));

  function say(name, words) {
    const state = document.getElementById(element.dataset.state);
    if (state) Object.assign(state, { textContent: words }).dataset.state = name;
  }
  const forget = () => { failures = 0; localStorage.removeItem(key); };

  async function send(text, keepalive) {
    const before = confirmed; /* the same as the text where nothing is to be saved, and we only ask what stands there now */
    const sent = new URLSearchParams([...body(text), ["version", element.dataset.version]]);
    const request = { method: "POST", body: sent, keepalive, redirect: "error", headers: { "X-CSRFToken": token() } };
    const answer = await fetch(url, request);
    if (!answer.ok && ![MOVED_ON, OVER].includes(answer.status)) throw new Error(`not saved: ${answer.status}`);
    const said = await answer.json();
    if (answer.status === OVER) return (isOver = true), say("kept", "Not saved: ended in another window");
    element.dataset.version = said.version;
    confirmed = answer.ok ? text : theirs(said);
    if (answer.ok) element.dispatchEvent(new CustomEvent("saving:saved", { bubbles: true }));
    const isUntouched = read() === before;
    if (!answer.ok) show(isUntouched ? confirmed : join(read(), confirmed));
    say(answer.ok || isUntouched ? "saved" : "saving", answer.ok ? `Saved ${said.at}` : isUntouched ? "Changed by a colleague" : "Saving…");
  }
  async function save(keepalive = false, isAsking = false) {
    clearTimeout(timer);
    if (isOver || isPaused || saving || (!element.isConnected && !isLeaving)) return saving;
    if (read() === confirmed && !isAsking) return forget();
    say("saving", "Saving…");
    try {
      await (saving = send(read(), keepalive));
      failures = 0;
    } catch {
      failures += 1;
      say("kept", "Not saved – kept on this device, retrying");
    }
    saving = null;
    if (read() === confirmed) forget();
    else if (isLeaving && !failures) await save();
    else timer = setTimeout(save, failures ? Math.min(1000 * 2 ** failures, LONGEST_WAIT) : DELAY);
  }
  /* The view is about to be swapped: what is typed goes first. */
  function leave({ detail }) {
    if (!element.isConnected) return document.removeEventListener("desk:leaving", leave);
    isLeaving = true;
    detail.push(Promise.resolve(saving).catch(() => null).then(() => save()).finally(() => { isLeaving = false; }));
  }

  element.addEventListener("input", () => {
    localStorage.setItem(key, read());
    if (failures) return;
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  });
  addEventListener("online", () => save());
  addEventListener("pagehide", () => save(true));
  document.addEventListener("desk:leaving", leave);
  save();
  /* The server has a newer text than the one that this element shows. */
  const look = () => { if (read() === confirmed) save(false, true); };
  return { look, end: () => { isOver = true; forget(); }, pause: (paused) => { isPaused = paused; if (!paused) save(); } };
}
