/* The shell stays while the desk's view is swapped: a call, the live connection and My work live on. */
const VIEW = "#desk-view", BESIDE = "#panel-work,#desk-bell,#presence", LONGEST_SAVING = 1500;
const view = () => document.querySelector(VIEW);
const isOnDesk = (address) => address.origin === location.origin && address.pathname.startsWith("/desk/");
let asked = 0;

/* Whoever still has to save something says so by a promise. */
function leaving() {
  const saving = [];
  document.dispatchEvent(new CustomEvent("desk:leaving", { detail: saving }));
  return Promise.race([Promise.allSettled(saving), new Promise((done) => setTimeout(done, LONGEST_SAVING))]);
}
function say(words) {
  const notice = Object.assign(document.createElement("p"), { className: "notice bad", textContent: words });
  document.querySelector("#panel-work .error-slot").replaceChildren(notice);
}
function show(html) {
  const scrolled = () => document.querySelector("#panel-work .panel-body");
  const top = scrolled().scrollTop;
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  htmx.swap(VIEW, html, { swapStyle: "outerHTML", settleDelay: 0, swapDelay: 0 }, { select: VIEW, selectOOB: BESIDE });
  scrolled().scrollTop = top;
  if (!view().querySelector("[autofocus]")) document.getElementById("main").focus({ preventScroll: true });
}

/* Opens a page of the desk without leaving it; what is no page of the desk is loaded as usual. */
export async function go(address, { isNew = true } = {}) {
  const turn = ++asked;
  document.body.setAttribute("aria-busy", "true");
  await leaving();
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  const html = await answer?.text().catch(() => "");
  if (turn !== asked) return;
  document.body.removeAttribute("aria-busy");
  if (!html) return say("No connection: this could not be opened. Try again in a moment.");
  if (!answer.ok) return say("This cannot be opened. It may be closed, or another team's.");
  if (!html.includes('id="desk-view"')) return location.assign(address);
  const arrived = new URL(answer.url);
  if (isNew && arrived.href !== location.href) history.pushState({ desk: true }, "", arrived);
  show(html);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#")) return;
  if (isOnDesk(new URL(link.href))) event.preventDefault(), go(link.href);
  else if ("inCall" in document.body.dataset) link.target = "_blank";
});
/* An answer that leads to a page of the desk is followed here too. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const to = event.detail.xhr.getResponseHeader("HX-Redirect");
  if (!to || !isOnDesk(new URL(to, location))) return;
  event.preventDefault();
  go(to);
});
history.replaceState({ desk: true }, "");
addEventListener("popstate", ({ state }) => { if (state?.desk) go(location.href, { isNew: false }); });
