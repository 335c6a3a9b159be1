/* A form is sent once; a refusal is shown inside the panel that asked, never in a passing toast. */
const buttonsOf = (form) => form.querySelectorAll("button:not([type=button]), input[type=submit]");

function setBusy(form, busy) {
  if (!(form instanceof HTMLFormElement)) return;
  form.toggleAttribute("data-busy", busy);
  buttonsOf(form).forEach((button) => (busy ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy")));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.method === "get" || form.hasAttribute("data-download")) return;
  if (form.hasAttribute("data-busy")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else setBusy(form, true);
}, { capture: true });

addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach((form) => setBusy(form, false)));
document.addEventListener("htmx:afterRequest", ({ detail }) => setBusy(detail.elt.closest("form"), false));

function slotOf(element) {
  const panel = element.closest("[data-errors], [data-panel]") ?? document.querySelector("main");
  const slot = panel.querySelector(".error-slot") ?? document.createElement("div");
  slot.className = "error-slot";
  slot.setAttribute("role", "alert");
  if (!slot.isConnected) (panel.querySelector(".panel-head")?.after(slot), slot.isConnected || panel.prepend(slot));
  return slot;
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status < 400 || detail.requestConfig.triggeringEvent?.type === "refresh") return;
  detail.shouldSwap = detail.xhr.status < 500 && detail.xhr.status !== 404;
  if (!detail.shouldSwap) return say(detail.elt, "That did not work and nothing was changed. Try again.");
  if (!detail.serverResponse.includes("data-rule-broken")) return;
  detail.target = slotOf(detail.elt);
  detail.swapOverride = "innerHTML";
});

function say(element, words) {
  const notice = Object.assign(document.createElement("p"), { className: "notice bad", textContent: words });
  slotOf(element).replaceChildren(notice);
}

document.addEventListener("htmx:sendError", ({ detail }) => {
  if (detail.requestConfig.triggeringEvent?.type !== "refresh") say(detail.elt, "No connection: nothing was sent. Try again in a moment.");
});
