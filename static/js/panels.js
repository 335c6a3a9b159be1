/* Panels look again when told that they changed, after something was done here, and every 30 s. */
import "./keeping.js";
import { isTypingIn } from "./typing.js";

const SLOW_POLL = 30_000, TOGETHER = 60, LIVELY = 3000;
let waiting = new Set(), calm;

/* A panel in which something is typed or chosen and not yet sent waits. */
function refresh(panel) {
  if (!panel.isConnected) return;
  if (isTypingIn(panel)) panel.dataset.stale = "";
  else htmx.trigger(panel, "refresh");
}

function soon(panels) {
  if (!waiting.size) {
    setTimeout(() => {
      waiting.forEach(refresh);
      waiting = new Set();
    }, TOGETHER);
  }
  panels.forEach((panel) => waiting.add(panel));
}

const refreshAll = () => soon(document.querySelectorAll("[data-panel][hx-get]"));

document.addEventListener("panels:all", refreshAll);
document.addEventListener("panels:hint", ({ detail: { panel, customer } }) => {
  const name = CSS.escape(panel);
  const concerned = document.querySelectorAll(`[data-panel="${name}"], [data-hears~="${name}"]`);
  const isAboutThem = ({ dataset }) =>
    customer == null || !dataset.customer || dataset.customer === String(customer);
  soon([...concerned].filter(isAboutThem));
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.requestConfig.verb === "get") return;
  refreshAll();
  document.body.classList.add("lively");
  clearTimeout(calm);
  calm = setTimeout(() => document.body.classList.remove("lively"), LIVELY);
});
document.addEventListener("focusout", ({ target }) => {
  const panel = target.closest("[data-stale]");
  if (!panel) return;
  delete panel.dataset.stale;
  soon([panel]);
});
setInterval(() => { if (!document.hidden) refreshAll(); }, SLOW_POLL);
