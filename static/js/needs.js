/* What was said is read for needs once the notes are saved: beside the typing, never before it. */
const CALM = 400;
const panel = () => document.querySelector("[data-reads]");
const token = () => document.querySelector("meta[name=csrf-token]").content;
const saidIn = () => `${location.pathname} ${document.querySelectorAll("#panel-conversation .message").length}`;
let timer, isReading = false, isAskedAgain = false, said;

const soon = () => { clearTimeout(timer); timer = setTimeout(read, CALM); };

async function read() {
  const asked = panel();
  if (!asked) return;
  if (isReading) return (isAskedAgain = true);
  isReading = true;
  try {
    const answer = await fetch(asked.dataset.reads, { method: "POST", redirect: "error", headers: { "X-CSRFToken": token(), Accept: "application/json" } });
    if (answer.ok && (await answer.json()).changed) {
      document.dispatchEvent(new CustomEvent("panels:hint", { detail: { panel: "needs.suggestions", customer: asked.dataset.customer } }));
    }
  } catch { /* without a connection nothing is read; the next words ask again */ }
  isReading = false;
  if (isAskedAgain) soon();
  isAskedAgain = false;
}

/* Another contact is on the desk, or a message has come in. */
function look() {
  if (saidIn() === said) return;
  said = saidIn();
  soon();
}

document.addEventListener("saving:saved", soon);
document.addEventListener("htmx:load", look);
look();

/* An answer ends the mode: the digits choose ways to help again. */
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.matches("[data-answers]")) document.getElementById("main").focus({ preventScroll: true });
});
/* Up and down walk what is heard. */
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  const beside = step && event.target.closest(".heard-need")?.[step];
  if (!beside) return;
  event.preventDefault();
  beside.focus();
});
/* A question that is being asked does not stand back, even if its answer is heard meanwhile. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "panel-needs" || !document.activeElement.closest("#panel-needs .question")) return;
  document.addEventListener("htmx:afterSettle", () => document.getElementById("stands-back")?.setAttribute("open", ""), { once: true });
});
