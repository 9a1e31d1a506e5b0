// The workbench put together: a document as text and as cards, what is wrong with it, what it will cost, and Run.
// Answers are `answers.js`'s, words `in_words.js`'s: they speak by events on the document.
//   kohort:changed {text}   kohort:judged {text}, after a pause   kohort:run {text, title, precision}
//   kohort:signed-in (the budget)   kohort:open {text}

import { Builder } from "./builder/builder.js";
import { Check } from "./check.js";
import { SOURCES } from "./completion.js";
import { learnRules, showBudgetLeft, showCost } from "./cost.js";
import { byId, make } from "./dom.js";
import { openEditor } from "./editor.js";
import { startExchange } from "./exchange.js";
import { startLibrary } from "./library.js";
import { startLookup } from "./lookup.js";
import { Refusal, get, post } from "./session.js";
import { whenSignedIn } from "./signin.js";
import { startView } from "./view.js";
import { say } from "./words.js";

const PAUSE = 350;
const DRAFT = "kohort-draft";

let timer = 0;
let editor, check, builder;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`kohort:${name}`, { detail }));

function changed() {
  sessionStorage.setItem(DRAFT, editor.text);
  byId("verdict").className = "";
  tell("changed", { text: editor.text });
  clearTimeout(timer);
  timer = setTimeout(judge, PAUSE);
}

async function judge() {
  clearTimeout(timer);
  const text = editor.text;
  const [found] = await Promise.all([check.judge(), builder.follow()]);
  if (text === editor.text) tell("judged", { text });
  return found;
}

function open(text, notes = []) {
  editor.text = text;
  byId("notes").replaceChildren(...notes.map((note) => make("li", {}, [note.place, note.message].filter(Boolean).join(": "))));
  byId("notes").hidden = !notes.length;
  changed();
  judge();
}

async function run() {
  if (byId("run").disabled) return;
  if (await judge()) tell("run", { text: editor.text, title: titleOf(editor.text), precision: byId("precision").value });
}

/** The cohort's name, for lists; the server reads it properly. */
const titleOf = (text) => /^\s*cohort\s+"((?:[^"\\]|\\.)*)"/m.exec(text)?.[1].replace(/\\(.)/g, "$1") ?? "";

async function format() {
  const text = editor.text;
  try {
    const answer = await post("/v1/cohorts/format", { text });
    if (answer.text !== text) editor.replace(0, text.length, answer.text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const verdict = byId("verdict");
    await judge();
    verdict.className = "bad";
    verdict.textContent = [error.message, error.problem.hint].filter(Boolean).join(" – ");
  }
}

function fillPrecisions(budget) {
  const choices = budget.precisions.map((name) => make("option", { value: name }, say(`precision_${name}`)));
  byId("precision").replaceChildren(...(choices.length ? choices : [make("option", { value: "" }, say("exact"))]));
  if (budget.default_precision) byId("precision").value = budget.default_precision;
}

async function start(budget) {
  fillPrecisions(budget);
  editor ??= await openEditor({ changed, run }, SOURCES);
  check ??= new Check(editor, (found) => {
    byId("run").disabled = !found;
    showCost(found);
  });
  if (!builder) {
    builder = new Builder(editor);
    startLookup(editor);
    startExchange(editor, open);
    startView(() => builder.follow());
    byId("run").addEventListener("click", run);
    byId("format").addEventListener("click", format);
    document.addEventListener("kohort:open", (event) => open(event.detail.text));
    document.addEventListener("kohort:answered", async () => showBudgetLeft(await get("/v1/budget")));
  }
  const [examples] = await Promise.all([startLibrary(open), learnRules(budget)]);
  open(sessionStorage.getItem(DRAFT) || editor.text || examples[0]?.text || "");
  tell("signed-in", budget);
}

whenSignedIn(start);
