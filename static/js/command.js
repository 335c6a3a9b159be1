/* The command bar (Ctrl K): every action of this page (data-command) and every customer. */
const dialog = document.getElementById("command");
const field = dialog?.querySelector("input");
const actions = dialog?.querySelector("[data-command-actions]");
const found = dialog?.querySelector("[data-command-found]");
/* asked: the turn of the search; a late answer to an earlier one is dropped. later: the keys pressed while the rows shown
   are those of other words than the field's (null: they are the field's). They wait, or Enter would open somebody else. */
let timer, asked = 0, later = null;

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

async function listCustomers(words, turn) {
  const address = `${dialog.dataset.search}?q=${encodeURIComponent(words)}`;
  const rows = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(10_000) })
    .then((answer) => (answer.ok ? answer.text() : null), () => null).catch(() => null);
  if (turn !== asked || !dialog.open) return;
  if (rows === null) found.textContent = "Search did not answer. Type again to retry.";
  else found.innerHTML = rows;
  showsItsWords(rows === null ? [] : later);
}

function showsItsWords(keys) {
  later = null;
  found.removeAttribute("aria-busy");
  choose(options()[0]);
  keys.forEach(press);
}

function ask() {
  const words = field.value.trim(), turn = ++asked;
  clearTimeout(timer);
  listActions(words.toLowerCase());
  if (words.length < 2) return found.replaceChildren(), showsItsWords([]);
  later = [];
  found.setAttribute("aria-busy", "true");
  timer = setTimeout(listCustomers, 120, words, turn);
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
