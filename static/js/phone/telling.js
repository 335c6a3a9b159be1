/* A call of ours that was not made: why, over the page, and two low tones; once in a window. */
import { refuse } from "./ringing.js";
import { isPhone } from "./windows.js";

function follow() {
  const { notMade, why } = document.getElementById("panel-phone")?.dataset ?? {};
  if (!notMade || sessionStorage.phoneToldOf === notMade) return;
  sessionStorage.phoneToldOf = notMade;
  document.dispatchEvent(new CustomEvent("toasts:tell", { detail: why }));
  if (isPhone()) refuse();
}

document.addEventListener("htmx:load", follow);
