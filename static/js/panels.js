/* One live connection a page. It carries hints only ("this panel changed"); a plain GET is the truth. */
const SLOW_POLL = 30_000, LONGEST_WAIT = 15_000;
const live = document.body.dataset.live;
const banner = document.querySelector("[data-connection]");
let failures = 0, waiting = new Set();

const isTyping = (panel) => panel.contains(document.activeElement) && document.activeElement.matches("textarea, input, select");

function refresh(panel) {
  if (isTyping(panel)) panel.dataset.stale = "";
  else htmx.trigger(panel, "refresh");
}

function refreshAll() {
  document.querySelectorAll("[data-panel][hx-get]").forEach(refresh);
}

function hinted({ panel, customer }) {
  const name = CSS.escape(panel);
  for (const element of document.querySelectorAll(`[data-panel="${name}"], [data-hears~="${name}"]`)) {
    const about = element.dataset.customer;
    if (customer != null && about && about !== String(customer)) continue;
    if (!waiting.size) setTimeout(() => { waiting.forEach(refresh); waiting = new Set(); }, 60);
    waiting.add(element);
  }
}

function connect() {
  const socket = new WebSocket(live);
  socket.addEventListener("open", () => {
    if (failures) refreshAll();
    failures = 0;
    banner.hidden = true;
  });
  socket.addEventListener("message", (event) => hinted(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    failures += 1;
    banner.hidden = false;
    setTimeout(connect, Math.min(500 * 2 ** failures, LONGEST_WAIT) * (0.75 + Math.random() / 2));
  });
}

/* What was done here may concern every panel here; the hint may come later, or not at all. */
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.requestConfig.verb !== "get") setTimeout(refreshAll, 20);
});
/* A swap keeps what was open and how far it was scrolled. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.id || !detail.shouldSwap) return;
  const open = [...detail.target.querySelectorAll("details[id][open]")].map((element) => element.id);
  const top = detail.target.querySelector(".panel-body")?.scrollTop ?? 0;
  document.addEventListener("htmx:afterSettle", () => {
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    document.getElementById(detail.target.id)?.querySelector(".panel-body")?.scrollTo(0, top);
  }, { once: true });
});
document.addEventListener("focusout", (event) => {
  const panel = event.target.closest("[data-stale]");
  if (panel) setTimeout(() => { if (!isTyping(panel)) { delete panel.dataset.stale; refresh(panel); } }, 200);
});
if (live) connect();
setInterval(() => { if (live && !document.hidden) refreshAll(); }, SLOW_POLL);
