// A table of links is one stop of the Tab key; the arrow keys, Home and End walk its cells.
// Without this file every cell is a stop: slower, but nothing is out of reach.

const rowsOf = (grid) =>
  [...grid.rows].map((row) => [...row.querySelectorAll("a[href]")]).filter((row) => row.length);

function stopAt(link) {
  for (const other of link.closest("[data-grid]").querySelectorAll("a[href]")) other.tabIndex = -1;
  link.tabIndex = 0;
}

function prepare(root) {
  for (const grid of root.querySelectorAll("[data-grid]")) {
    const link = grid.querySelector("a[href]:focus") ?? grid.querySelector("a[href]");
    if (link) stopAt(link);
  }
}

function beside(link, key) {
  const rows = rowsOf(link.closest("[data-grid]"));
  const at = rows.findIndex((row) => row.includes(link));
  const place = rows[at].indexOf(link);
  const inRow = (row) => row && row[Math.min(place, row.length - 1)];
  return {
    ArrowLeft: () => rows[at][place - 1],
    ArrowRight: () => rows[at][place + 1],
    ArrowUp: () => inRow(rows[at - 1]),
    ArrowDown: () => inRow(rows[at + 1]),
    Home: () => rows[at][0],
    End: () => rows[at].at(-1),
  }[key]?.();
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-grid] a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const next = beside(link, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.("[data-grid] a[href]");
  if (link) stopAt(link);
});
document.addEventListener("htmx:afterSettle", (event) => prepare(event.target.parentNode ?? document));
prepare(document);
