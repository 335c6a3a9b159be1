/* What the answers will do is told while they are chosen, before anything is saved. */
const DELAY = 120;
const token = () => document.querySelector("meta[name=csrf-token]").content;
let turn = 0, timer;

async function foretell(form) {
  const box = form.querySelector("[data-foretold]"), mine = ++turn;
  const sent = { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-CSRFToken": token() }, redirect: "error" };
  const answer = await fetch(box.dataset.foretold, sent).catch(() => null);
  if (mine !== turn || !box.isConnected) return;
  if (answer?.ok) box.innerHTML = await answer.text();
  else box.textContent = "What this will do cannot be told just now. Saving still says it.";
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.querySelector("[data-foretold]")) return;
  clearTimeout(timer);
  timer = setTimeout(foretell, target.type === "radio" ? 0 : DELAY, form);
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
