/* The command bar (Ctrl K): every action of this page (data-command) and every customer. */
const dialog = document.getElementById("command");
const field = dialog?.querySelector("input");
const actions = dialog?.querySelector("[data-command-actions]");
const found = dialog?.querySelector("[data-command-found]");
let timer, asked = 0;

const options = () => [...dialog.querySelectorAll("[role=option]")];

function choose(option) {
  options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  field.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

dialog?.addEventListener("close", () => field.removeAttribute("aria-activedescendant"));

function listActions(words) {
  const acting = document.body.classList.contains("looks-only") ? "a[data-command]" : "[data-command]";
  const shown = [...document.querySelectorAll(acting)].filter((element) => !element.disabled && element.dataset.command.toLowerCase().includes(words));
  actions.replaceChildren(...shown.slice(0, words ? 6 : 12).map((element, place) => {
    const option = document.createElement("button");
    Object.assign(option, { type: "button", id: `command-${place}`, className: "menu-item", textContent: element.dataset.command });
    option.setAttribute("role", "option");
    option.addEventListener("click", () => { dialog.close(); element.focus(); element.click(); });
    if (element.dataset.key) option.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key.toUpperCase() }));
    return option;
  }));
  choose(options()[0]);
}

async function listCustomers(words) {
  const turn = ++asked;
  if (words.length < 2) return found.replaceChildren(), choose(options()[0]);
  const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (turn !== asked || !dialog.open) return;
  if (answer?.ok) found.innerHTML = await answer.text();
  else found.textContent = "Search did not answer. Type again to retry.";
  choose(options()[0]);
}

export function open() {
  field.value = "";
  found.replaceChildren();
  listActions("");
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (dialog && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); if (!dialog.open) open(); }
});
document.querySelectorAll("[data-opens-command]").forEach((button) => button.addEventListener("click", open));
field?.addEventListener("input", () => { const words = field.value.trim(); listActions(words.toLowerCase()); clearTimeout(timer); timer = setTimeout(listCustomers, 120, words); });
field?.addEventListener("keydown", (event) => {
  const all = options(), place = all.findIndex((option) => option.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(all[(place + step + all.length) % all.length]);
  else if (event.key === "Enter") all[place]?.click();
  else return;
  event.preventDefault();
});
