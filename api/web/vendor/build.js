// Makes ../static/vendor/codemirror.js out of the packages of package-lock.json, their licences, and a checksum.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { build } from "esbuild";

const FOLDER = "../static/vendor";
const BUNDLE = `${FOLDER}/codemirror.js`;

const result = await build({
  entryPoints: ["entry.js"],
  outfile: BUNDLE,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});
const packages = new Set(
  Object.keys(result.metafile.inputs)
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
);
const licences = [...packages].sort().map((name) => {
  const folder = dirname(`node_modules/${name}/package.json`);
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(`${FOLDER}/LICENCES.txt`, licences.join(`\n${"-".repeat(80)}\n\n`));
const sums = ["codemirror.js", "LICENCES.txt"].map((name) => {
  const digest = createHash("sha256").update(readFileSync(`${FOLDER}/${name}`)).digest("hex");
  return `${digest}  ${name}\n`;
});
writeFileSync(`${FOLDER}/SHA256SUMS`, sums.join(""));
