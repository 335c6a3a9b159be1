/* What can be done on this page (data-command), as rows of the command bar; `before` runs before one is done. */
export function actionsOf(words, before) {
  const acting = document.body.classList.contains("looks-only") ? "a[data-command]" : "[data-command]";
  const shown = [...document.querySelectorAll(acting)].filter((element) => !element.disabled && element.dataset.command.toLowerCase().includes(words));
  return shown.slice(0, words ? 6 : 12).map((element, place) => {
    const option = document.createElement("button");
    Object.assign(option, { type: "button", id: `command-${place}`, className: "menu-item", textContent: element.dataset.command });
    option.setAttribute("role", "option");
    option.addEventListener("click", () => { before(); element.focus(); element.click(); });
    if (element.dataset.key) option.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key.toUpperCase() }));
    return option;
  });
}
