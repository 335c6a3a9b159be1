/* Is somebody in the middle of something here? What is typed or chosen and not yet sent must stay. */
const changed = (field) => {
  if (field.type === "hidden" || field.closest("[hx-preserve]")) return false;
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.type === "select-one" && ![...field.options].some((option) => option.defaultSelected)) return field.selectedIndex > 0;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.value);
  return field.value !== field.defaultValue;
};

const fields = "textarea, input, select";

export const isTypingIn = (panel) =>
  (panel.contains(document.activeElement) && document.activeElement.matches(fields)) ||
  [...panel.querySelectorAll(fields)].some(changed);
