/* What is chosen and typed in a script is saved before it is sent (saving.js); sending it ends that. */
import { keep } from "./saving.js";

const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
const fieldsOf = (box) => [...box.querySelectorAll("input:not([type=hidden]), textarea, select")].filter(({ name }) => name);
const textOf = (entries) => new URLSearchParams([...entries].sort()).toString();
const entriesOf = (text) => [...new URLSearchParams(text)];

function read(box) {
  const filled = fieldsOf(box).filter((field) => (isChoice(field) ? field.checked : field.value));
  return textOf(filled.map(({ name, value }) => [name, value]));
}
function show(box, text) {
  const values = new URLSearchParams(text);
  for (const field of fieldsOf(box)) {
    if (isChoice(field)) field.checked = values.get(field.name) === field.value;
    else field.value = values.get(field.name) ?? "";
  }
}
/* My choice goes before theirs; of words none is lost. */
function join(box, mine, theirs) {
  const both = new Map(entriesOf(theirs));
  const isWords = (name) => box.querySelector(`input[type=text][name="${name}"], .words[name="${name}"], textarea[name="${name}"]`);
  for (const [name, value] of entriesOf(mine)) {
    const other = both.get(name);
    both.set(name, other && isWords(name) && !value.includes(other) ? `${value} / ${other}` : value);
  }
  return textOf(both);
}

function watch(box) {
  box.dataset.watched = "";
  const kept = keep(box, {
    url: box.dataset.draft,
    read: () => read(box),
    show: (text) => show(box, text),
    body: entriesOf,
    theirs: ({ typed }) => textOf(Object.entries(typed)),
    join: (mine, theirs) => join(box, mine, theirs),
  });
  /* What is being sent is not saved beside it; after a refusal saving goes on. */
  const isMine = ({ requestConfig, elt }) => requestConfig.verb === "post" && box.contains(elt);
  document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (isMine(detail)) kept.pause(true); });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!isMine(detail)) return;
    /* Of an answer that leads to another page htmx does not say that it was successful. */
    const isDone = detail.xhr.status >= 200 && detail.xhr.status < 300;
    if (isDone) kept.end();
    else kept.pause(false);
  });
}

const watchAll = () => document.querySelectorAll("[data-draft]:not([data-watched])").forEach(watch);
watchAll();
document.addEventListener("htmx:load", watchAll);
