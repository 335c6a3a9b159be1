// Unpacks the browser of @sparticuz/chromium into the folder given and prints a script to start it.

import path from "node:path";

const folder = process.argv[2];
process.env.TMPDIR = folder;
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x"; // makes it unpack its libraries, too
const { default: chromium } = await import("@sparticuz/chromium");
const program = await chromium.executablePath();
const libraries = [path.join(folder, "al2023", "lib"), path.join(folder, "al2", "lib"), folder];
// Playwright sets window and headless mode; the rules that pages live by stay on.
const left = /^--(headless|window-size|single-process|disable-web-security|allow-running-insecure-content|disable-site-isolation-trials)/;
const options = chromium.args.filter((one) => !left.test(one));
console.log(`#!/bin/sh
LD_LIBRARY_PATH="${libraries.join(":")}" FONTCONFIG_PATH="${folder}/fonts" \\
  exec "${program}" ${options.map((one) => `'${one}'`).join(" ")} "$@"`);
