// What a problem or a lint means, in the reader's language: the server words them in English, and each has a stable code.

import { language } from "./words.js";

const NONE = { problems: {}, lints: {} };
let reading = null;

/** The sentences of the page's language by code. A page that cannot get them shows the server's words alone. */
function sentences() {
  reading ??= language === "en" ? Promise.resolve(NONE) : fetched().catch(() => NONE);
  return reading;
}

async function fetched() {
  const response = await fetch(`/static/problems.${language}.json`);
  return response.ok ? response.json() : NONE;
}

/** A problem, and those within it, with `explained`: what its code means and what to do. None on English pages. */
export async function explained(problem) {
  const known = (await sentences()).problems;
  const told = (each) => ({ ...each, explained: known[each.code] ?? known["*"] });
  return problem.problems ? { ...told(problem), problems: problem.problems.map(told) } : told(problem);
}

/** Lints with the same. */
export async function explainedLints(lints) {
  const known = (await sentences()).lints;
  return lints.map((lint) => ({ ...lint, explained: known[lint.code] }));
}

/** What a problem or a lint says, both sentences in one. */
export const wholeMessage = (said) => [said.explained, said.message ?? said.detail].filter(Boolean).join(" ");
