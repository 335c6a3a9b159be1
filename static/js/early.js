/* Forms that htmx sends wait until it is there: pressed before, the browser would send them itself, to the page's own address. */
{
  const waiting = new Map();
  const hold = (event) => {
    if (!event.target.matches("form[hx-post]:not([action])")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(event.target, event.submitter);
  };
  document.addEventListener("submit", hold, true);
  document.addEventListener("htmx:load", () => {
    document.removeEventListener("submit", hold, true);
    for (const [form, pressed] of waiting) if (form.isConnected) form.requestSubmit(pressed);
  }, { once: true });
}
