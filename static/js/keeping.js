/* A swap keeps what was open, how far it was scrolled, and where the keyboard was; looking again keeps a refusal in sight. */
import { isTypingIn } from "./typing.js";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, requestConfig } = detail;
  if (!target.id || !detail.shouldSwap) return;
  /* The refresh was on its way when somebody began to type here: it comes too late. */
  if (requestConfig.triggeringEvent?.type === "refresh" && isTypingIn(target)) {
    target.dataset.stale = "";
    detail.shouldSwap = false;
    return;
  }
  const open = [...target.querySelectorAll("details[id][open]")].map(({ id }) => id);
  const top = target.querySelector(".panel-body")?.scrollTop ?? 0;
  const key = target.contains(document.activeElement) && document.activeElement.dataset.key;
  const refusals = requestConfig.triggeringEvent?.type === "refresh" ? [...(target.querySelector(".error-slot")?.childNodes ?? [])] : [];
  document.addEventListener("htmx:afterSettle", () => {
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    const now = document.getElementById(target.id);
    now?.querySelector(".panel-body")?.scrollTo(0, top);
    if (key && document.activeElement === document.body) now?.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    if (refusals.length && now?.className === target.className) now.querySelector(".error-slot:empty")?.append(...refusals);
  }, { once: true });
});
