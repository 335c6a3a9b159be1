/* What a call opens on the desk by itself: its contact when it begins, the wrap-up when it ends. */
import { go } from "../shell.js";
import { isTypingIn } from "../typing.js";

const view = () => document.getElementById("desk-view");
let opened = "", contact = "";

/* Whoever types is not interrupted: it opens as soon as they leave the field. */
function open(address) {
  if (isTypingIn(view()) && view().contains(document.activeElement)) {
    view().addEventListener("focusout", () => setTimeout(open, 0, address), { once: true });
  } else go(address);
}

export function follow(shown, isPhone) {
  const { phoneState, leg, contact: now = "" } = shown.dataset;
  if (isPhone && phoneState === "talking") {
    const known = shown.querySelector("[data-phone-known]");
    if (known && opened !== leg) (opened = leg), known.click();
    else if (now && now !== contact && !location.pathname.startsWith(now)) open(now);
    contact = now;
  }
  if (phoneState !== "silent" || !contact) return;
  if (isPhone) open(`${contact}?ended`);
  contact = "";
}
