/* Menus close on Escape and on a click elsewhere; data-opens shows a dialog, data-clears empties a slot. */
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const clearer = event.target.closest("[data-clears]");
  if (clearer) document.getElementById(clearer.dataset.clears)?.replaceChildren();
  if (event.target.closest("[data-closes]") || event.target.matches("dialog[open]")) event.target.closest("dialog")?.close();
});

/* A menu that asks for something begins in its first field; while its panel looks again it is about to open anew. */
document.addEventListener("toggle", ({ target }) => {
  if (!target.open || !target.matches("details.menu") || target.closest(".htmx-request")) return;
  if (target.querySelector("summary") !== document.activeElement) return; /* opened anew by a swap, not by a person */
  target.querySelector(".menu-panel :is(input:not([type=hidden]), select, textarea)")?.focus();
}, { capture: true });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
