/* A call of ours that was not made: why, over the page, and two low tones; once on a page. */
import { refuse } from "./ringing.js";
import { isPhone } from "./windows.js";

let told = "";

function follow() {
  const { notMade, why } = document.getElementById("panel-phone")?.dataset ?? {};
  if (!notMade || told === notMade) return;
  told = notMade;
  document.dispatchEvent(new CustomEvent("toasts:tell", { detail: why }));
  if (isPhone()) refuse();
}

document.addEventListener("htmx:load", follow);
