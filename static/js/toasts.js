/* Messages over the page: read out, closed by their button or Escape; good news closes by itself. */
const STAYS = 6000, BEFORE_READING = 120;
const region = document.querySelector("[data-toasts]");
const toasts = () => [...(region?.querySelectorAll("[data-toast]") ?? [])];

function close(toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (hadFocus) (toasts()[0]?.querySelector("button") ?? document.getElementById("main"))?.focus();
}

/* Whoever points at it, has gone to it or looks at another window still wants to read it. */
function closeInTime(toast) {
  setTimeout(() => {
    if (document.hidden || toast.matches(":hover, :focus-within")) closeInTime(toast);
    else close(toast);
  }, STAYS);
}

toasts().filter((toast) => "closesItself" in toast.dataset).forEach(closeInTime);

/* A live region reads out what is put into it, not what stood in it from the start. */
for (const live of region?.children ?? []) {
  const shown = [...live.children];
  if (!shown.length) continue;
  live.replaceChildren();
  setTimeout(() => live.append(...shown), BEFORE_READING);
}

region?.addEventListener("click", (event) => {
  if (event.target.closest("[data-closes-toast]")) close(event.target.closest("[data-toast]"));
});

/* Escape first leaves what is open or typed in. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (document.querySelector("dialog[open], details.menu[open]")) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  toasts().forEach(close);
}, { capture: true });

/* What a script has to tell at once: read out, and there until it is closed. */
document.addEventListener("toasts:tell", ({ detail: words }) => {
  const toast = region?.querySelector("template")?.content.cloneNode(true);
  if (!toast) return;
  toast.querySelector("[data-toast] > span").textContent = words;
  region.querySelector("[role=alert]").append(toast);
});
