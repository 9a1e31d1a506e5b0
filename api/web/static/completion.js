// Completion: what the grammar allows next, and names of concepts, questions, genes, variants, panels and scores.

import { quoted, search } from "./names.js";
import { points, unitsIn } from "./positions.js";
import { get, post } from "./session.js";

const WORD = /[\p{L}_][\p{L}\p{N}_.-]*/u;
const HANGUL = /\p{Script=Hangul}/u;
const IN_ANSWERS = /survey\s+("?)([\w.]+)\1\s+(?:is|in)\s*\(?[^()\n]*$/;
const LEAST = 2;
const MOST = 12;

/** Where names may stand: the word the grammar offers there, what to search, and how a find is written. */
const PLACES = [
  { offered: "concept", kind: "concepts", write: (row) => `${row.insert} with descendants` },
  { offered: "survey question", kind: "questions", write: (row) => row.item.question_id },
  { offered: "survey", kind: "questions", write: (row) => `survey ${row.item.question_id}` },
  { offered: "gene symbol", kind: "genes", write: (row) => row.item.gene },
  { offered: "rsID", kind: "variants", write: (row) => row.words.replace(/^variant /, "") },
  { offered: "variant", kind: "variants", write: (row) => row.words },
  { offered: "panel", kind: "panels", write: (row) => quoted(row.item.panel) },
  { offered: "score", kind: "scores", write: (row) => row.item.score },
];

let last = { key: null, items: [] };

/** What may stand from `start` on; asked once a place. */
async function offered(text, start) {
  const key = text.slice(0, start);
  if (last.key !== key) {
    const answer = await post("/v1/cohorts/complete", { text, position: points(text, start) }).catch(() => null);
    if (!answer) return [];
    const at = unitsIn(text);
    last = { key, items: answer.items.filter((item) => at(item.start) === start) };
  }
  return last.items;
}

function wordAt(context) {
  const found = context.matchBefore(WORD);
  if (!found && !context.explicit) return null;
  return found ?? { from: context.pos, to: context.pos, text: "" };
}

/** The grammar's own words. Values, such as a number, are shown but cannot be taken. */
async function words(context) {
  const word = wordAt(context);
  if (!word) return null;
  const items = await offered(context.state.doc.toString(), word.from);
  const options = items
    .filter((item) => item.kind !== "value" || (context.explicit && !word.text))
    .map((item) =>
      item.kind === "value"
        ? { label: item.insert, type: "value", apply: () => {} }
        : { label: item.insert, type: item.kind, apply: `${item.insert} `, boost: 1 },
    );
  return options.length ? { from: word.from, options, validFor: WORD } : null;
}

/** Names that match what is being typed, in any language the dictionaries have. */
async function names(context) {
  const word = wordAt(context);
  if (!word || word.text.length < (HANGUL.test(word.text) ? 1 : LEAST)) return null;
  const items = await offered(context.state.doc.toString(), word.from);
  const places = PLACES.filter((place) => items.some((item) => item.insert === place.offered));
  if (context.aborted || !places.length) return null;
  const found = await Promise.all(places.map((place) => finds(place, word.text)));
  const options = found.flat();
  return options.length && !context.aborted ? { from: word.from, options, filter: false } : null;
}

async function finds(place, text) {
  const { rows } = await search(place.kind, text).catch(() => ({ rows: [] }));
  return rows
    .filter((row) => row.item)
    .slice(0, MOST)
    .map((row) => ({ label: row.name, detail: row.more, type: place.kind, apply: `${place.write(row)} ` }));
}

/** The answers a survey question has, inside its brackets. */
async function answers(context) {
  const before = context.state.doc.sliceString(Math.max(0, context.pos - 300), context.pos);
  const question = IN_ANSWERS.exec(before)?.[2];
  if (!question) return null;
  const word = context.matchBefore(/"?[\w-]*/);
  if (!context.explicit && !word.text) return null;
  const answer = await get("/v1/survey/questions", { search: question }).catch(() => ({ questions: [] }));
  const options = answer.questions.find((item) => item.question_id === question)?.options ?? [];
  return {
    from: word.from,
    options: options.map((item) => ({ label: quoted(item.answer), detail: item.label_ko ?? item.label, type: "name" })),
  };
}

export const SOURCES = [words, names, answers];
