/* One key, one action: presses what carries data-key; `?` shows the sheet of all that this page has. */
const isTyping = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function find(key, from) {
  const selector = `[data-key="${CSS.escape(key.toLowerCase())}"]`;
  for (let scope = from?.closest("[data-keys]"); scope; scope = scope.parentElement?.closest("[data-keys]")) {
    const near = [...scope.querySelectorAll(selector)].find(isShown);
    if (near) return near;
  }
  return [...document.querySelectorAll(selector)].find((element) => isShown(element) && !element.closest("[data-keys-inside]"));
}

function press(element) {
  if (element.disabled) return;
  element.scrollIntoView({ block: "nearest" });
  element.focus();
  if (!isTyping(element)) element.click();
  else if (element.type === "text" || element.type === "textarea") element.setSelectionRange(-1, -1);
}

function nameOf(element) {
  const { keyName, command } = element.dataset;
  if (keyName ?? command) return keyName ?? command;
  const words = [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent);
  return words.join(" ").replace(/\s+/g, " ").trim().slice(0, 48);
}

function showSheet(sheet) {
  const list = sheet.querySelector("[data-shortcut-list]");
  const seen = new Set();
  list.replaceChildren(...[...document.querySelectorAll("[data-key]")].flatMap((element) => {
    const name = nameOf(element);
    const entry = `${element.dataset.key} ${name}`;
    if (seen.has(entry) || !isShown(element)) return [];
    seen.add(entry);
    const item = document.createElement("li"), key = document.createElement("kbd");
    key.textContent = element.dataset.key.toUpperCase();
    item.append(name, key);
    return [item];
  }));
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const sheet = document.getElementById("shortcuts");
  const element = event.key === "?" ? null : find(event.key, event.target);
  if (event.key === "?" && sheet) showSheet(sheet);
  else if (element) press(element);
  else return;
  event.preventDefault();
});
