/* The command bar (Ctrl K): every action of this page (data-command) and every customer. */
import { actionsOf } from "./actions.js";
import { latest } from "./latest.js";

const dialog = document.getElementById("command");
const field = dialog?.querySelector("input");
const actions = dialog?.querySelector("[data-command-actions]");
const found = dialog?.querySelector("[data-command-found]");
const search = latest();
/* The keys pressed while the rows shown are those of other words than the field's (null: they are the field's). They
   wait, or Enter would open somebody else. */
let later = null;

const options = () => [...dialog.querySelectorAll("[role=option]")];

function choose(option) {
  options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  field.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

dialog?.addEventListener("close", () => field.removeAttribute("aria-activedescendant"));

function showsItsWords(keys) {
  later = null;
  found.removeAttribute("aria-busy");
  choose(options()[0]);
  keys.forEach(press);
}

function listCustomers(rows) {
  if (!dialog.open) return;
  if (rows === null) found.textContent = "Search did not answer. Type again to retry.";
  else found.innerHTML = rows;
  showsItsWords(rows === null ? [] : later);
}

function ask() {
  const words = field.value.trim();
  actions.replaceChildren(...actionsOf(words.toLowerCase(), () => dialog.close()));
  choose(options()[0]);
  if (words.length < 2) return search(), found.replaceChildren(), showsItsWords([]);
  later = [];
  found.setAttribute("aria-busy", "true");
  search(listCustomers, `${dialog.dataset.search}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
}

function press(key) {
  const all = options(), place = all.findIndex((option) => option.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (step) choose(all[(place + step + all.length) % all.length]);
  else all[place]?.click();
}

export function open() {
  field.value = "";
  ask();
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (dialog && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); if (!dialog.open) open(); }
});
document.querySelectorAll("[data-opens-command]").forEach((button) => button.addEventListener("click", open));
field?.addEventListener("input", ask);
field?.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  event.preventDefault();
  if (later) later.push(event.key);
  else press(event.key);
});
