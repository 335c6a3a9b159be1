/* Notes are saved as they are typed; see saving.js. */
import { keep } from "./saving.js";

const join = (mine, theirs) => (mine.startsWith(theirs) ? mine : `${mine}\n\n[from another window]\n${theirs}`);

function watch(field) {
  field.dataset.watched = "";
  const kept = keep(field, {
    url: field.dataset.autosave,
    read: () => field.value,
    show: (text) => { field.value = text; },
    body: (text) => [[field.name, text]],
    theirs: ({ notes }) => notes,
    join,
  });
  /* The field outlives its panel; what a colleague wrote meanwhile comes with the panel's version. */
  document.addEventListener("htmx:load", () => {
    const panel = field.isConnected && field.closest("[data-notes-version]");
    if (panel && Number(panel.dataset.notesVersion) > Number(field.dataset.version)) kept.look();
  });
}

const watchAll = () => document.querySelectorAll("[data-autosave]:not([data-watched])").forEach(watch);
watchAll();
document.addEventListener("htmx:load", watchAll);
