// Makes static/dist from npm's packages: one sheet with the icons of icons.txt.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = path.join(here, "..", "node_modules");
const built = path.join(here, "dist");

/** The drawing of one icon as a symbol of the sheet; `star-filled` names the filled form. */
async function symbol(name) {
  const filled = name.endsWith("-filled");
  const file = path.join(
    packages, "@tabler/icons/icons", filled ? "filled" : "outline", `${name.replace(/-filled$/, "")}.svg`,
  );
  const drawing = (await readFile(file, "utf8"))
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace("</svg>", "")
    .replace(/\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .trim();
  const look = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${look}>${drawing}</symbol>`;
}

await mkdir(built, { recursive: true });
const names = (await readFile(path.join(here, "icons.txt"), "utf8"))
  .split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
const symbols = await Promise.all(names.map(symbol));
await writeFile(
  path.join(built, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
console.log(`${names.length} icons are in static/dist`);
