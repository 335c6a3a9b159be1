// A swap keeps the focus on the link that leads to the same place, though it is another element.
// (htmx itself does so for elements with an id.)

const leadingTo = (address, root) =>
  [...root.querySelectorAll("a[href]")].filter((link) => link.getAttribute("href") === address);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target } = detail;
  const link = document.activeElement;
  if (!detail.shouldSwap || !target.id || !target.contains(link) || !link.matches("a[href]")) return;
  const address = link.getAttribute("href");
  const place = leadingTo(address, target).indexOf(link);
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.getElementById(target.id);
    if (now) leadingTo(address, now)[place]?.focus({ preventScroll: true });
  }, { once: true });
});
