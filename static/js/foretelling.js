/* What the answers will do is told while they are chosen, before anything is saved. */
import { latest } from "./latest.js";

const token = () => document.querySelector("meta[name=csrf-token]").content;
const ask = latest();

document.addEventListener("input", ({ target }) => {
  const form = target.form, box = form?.querySelector("[data-foretold]");
  if (!box) return;
  ask((told) => {
    if (told === null) box.textContent = "What this will do cannot be told just now. Saving still says it.";
    else box.innerHTML = told;
  }, box.dataset.foretold, {
    method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-CSRFToken": token() }, redirect: "error",
    delay: target.type === "radio" ? 0 : undefined,
  });
});

/* A time that is offered is taken by one press. */
document.addEventListener("click", ({ target }) => {
  const offered = target.closest("[data-sets]");
  const field = offered && document.getElementById(offered.dataset.sets);
  if (!field) return;
  field.value = offered.dataset.value;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
