/* After an answer by key or click the focus goes on: to the words after a no, else to the next question. */
let isArrow = false;

document.addEventListener("keydown", (event) => { isArrow = event.key.startsWith("Arrow"); }, { capture: true });
document.addEventListener("pointerdown", () => { isArrow = false; }, { capture: true });

document.addEventListener("change", ({ target }) => {
  const question = target.closest("[data-question]");
  if (!question || target.type !== "radio" || isArrow) return;
  if (target.value === "no") return question.querySelector(".words").focus();
  const open = [...target.form.querySelectorAll("[data-question]")].find((one) => !one.querySelector(":checked"));
  (open?.querySelector("input[type=radio]") ?? target.form.querySelector("[data-last]")).focus();
});
