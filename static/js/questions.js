/* After an answer by key or click the focus goes on: to the words after a no, else to the next question. */
let isArrow = false;
const isAnswered = (question) => question.querySelector(":checked") || question.querySelector("input[type=number]")?.value;

function goOn(form) {
  const open = [...form.querySelectorAll("[data-question]")].find((one) => !isAnswered(one));
  (open?.querySelector("input[type=radio], input[type=number]") ?? form.querySelector("[data-last]")).focus();
}

document.addEventListener("keydown", (event) => {
  isArrow = event.key.startsWith("Arrow");
  const question = event.target.closest?.("[data-question]");
  if (!question) return;
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    goOn(event.target.form);
  } else if (event.key === "Escape") event.target.blur();
}, { capture: true });
document.addEventListener("pointerdown", () => { isArrow = false; }, { capture: true });

document.addEventListener("change", ({ target }) => {
  const question = target.closest("[data-question]");
  if (!question || target.type !== "radio" || isArrow) return;
  if (target.value === "no") return question.querySelector(".words").focus();
  goOn(target.form);
});

/* One key leads to the first question that is open. */
document.addEventListener("click", ({ target }) => {
  const leads = target.closest("[data-to-questions]");
  if (leads) goOn(leads.closest("form"));
});
