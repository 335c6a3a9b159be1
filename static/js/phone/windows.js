/* One window is the phone: it has the lock and the microphone. The others show it and pass on what is pressed. */
import { post } from "./panel.js";

const ALIVE = 15_000, name = `phone-${document.body.dataset.user}`;
const channel = new BroadcastChannel(name);
let tab = "", isMine = false, timer, changed = () => {};

export const isPhone = () => isMine;
export const tell = (message) => channel.postMessage(message);
export const hear = (listen) => channel.addEventListener("message", ({ data }) => listen(data));

function become(is) {
  const was = isMine;
  isMine = is;
  if (was !== is) changed();
}
/* The server knows of windows in other browsers too; while it is silent nothing changes. */
export async function live(more = {}) {
  const said = await post("/calls/phone/life/", { tab, ...more }).catch(() => null);
  if (said) become(said.is_phone);
  return said;
}
async function stand(options, more) {
  const hold = () => {
    live(more);
    timer = setInterval(live, ALIVE);
    return new Promise(() => {});
  };
  try {
    await navigator.locks.request(name, options, hold);
  } catch {
    clearInterval(timer);
    become(false);
    stand({});
  }
}
export function start(onChange) {
  tab = sessionStorage.phoneTab ??= crypto.randomUUID();
  changed = onChange;
  stand({});
}
export const takeOver = () => stand({ steal: true }, { takes: "1" });
export const leave = () => { if (isMine) post("/calls/phone/life/", { tab, gone: "1" }, true).catch(() => {}); };
