// What a problem or a lint means, in the reader's language: the server words them in English, and each has a stable code.
// Its own sentences are told too, where the language has words for them.

import { teller } from "./sayings.js";
import { language } from "./words.js";

const NONE = { problems: {}, lints: {}, tell: () => null };
let reading = null;

/** The sentences of the page's language by code. A page that cannot get them shows the server's words alone. */
function sentences() {
  reading ??= language === "en" ? Promise.resolve(NONE) : fetched().catch(none);
  return reading;
}

/** Asked for again with the next problem. */
function none() {
  reading = null;
  return NONE;
}

async function fetched() {
  const response = await fetch(`/static/problems.${language}.json`);
  if (!response.ok) return none();
  const read = await response.json();
  return { ...read, tell: teller(read.sayings, read.parts) };
}

/** A problem, and those within it, with `explained`: what its code means and what to do. None on English pages. */
export async function explained(problem) {
  const { problems: known, tell } = await sentences();
  const meant = (each) => ({ ...told(each, tell), explained: known[each.code] ?? known["*"] });
  return problem.problems ? { ...meant(problem), problems: problem.problems.map(meant) } : meant(problem);
}

/** Lints with the same; `hint` is what to write instead. */
export async function explainedLints(lints) {
  const { lints: known, tell } = await sentences();
  return lints.map((lint) => ({ ...told({ ...lint, hint: lint.fix }, tell), explained: known[lint.code] }));
}

/** Names that the release does not have, notes of an import and alarms, with their sentences in the reader's language. */
export async function explainedNames(names) {
  const { tell } = await sentences();
  return names.map((name) => told(name, tell));
}

/** The same with its sentences in the reader's language; `told` are those for which the language has words. */
function told(said, tell) {
  const found = ["message", "detail", "hint"].map((part) => [part, said[part] ? tell(said[part]) : null]);
  const known = Object.fromEntries(found.filter(([, text]) => text));
  return { ...said, ...known, told: Object.keys(known) };
}

/** The language that a sentence is in, where it is not the page's. */
export const languageOf = (said, part) => (said.told?.includes(part) ? {} : { lang: "en" });

/** What a problem or a lint says, both sentences in one. */
export const wholeMessage = (said) => [said.explained, said.message ?? said.detail].filter(Boolean).join(" ");
