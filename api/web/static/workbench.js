// The workbench put together: a document as text and as cards, what is wrong with it, what it will cost, and Run.
// Answers are `answers.js`'s, words `in_words.js`'s: they speak by events on the document.
//   kohort:changed {text}   kohort:judged {text}, after a pause   kohort:run {text, title, precision}
//   kohort:signed-in (the budget)   kohort:budget (what is left of it)   kohort:open {text}

import { Builder } from "./builder/builder.js";
import { Check } from "./check.js";
import { SOURCES } from "./completion.js";
import { learnRules, showBudgetLeft, showCost } from "./cost.js";
import { byId, make } from "./dom.js";
import { openEditor } from "./editor.js";
import { startExchange } from "./exchange.js";
import { startLibrary } from "./library.js";
import { startLookup } from "./lookup.js";
import { Refusal, post } from "./session.js";
import { whenSignedIn } from "./signin.js";
import { startView } from "./view.js";
import { say } from "./words.js";

const PAUSE = 350;
const DRAFT = "kohort-draft";
const PRECISION = "kohort-precision";

let timer = 0;
let begun, editor, check, builder;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`kohort:${name}`, { detail }));

function changed() {
  sessionStorage.setItem(DRAFT, editor.text);
  byId("verdict").className = "";
  byId("undo").setAttribute("aria-disabled", !editor.canUndo);
  byId("redo").setAttribute("aria-disabled", !editor.canRedo);
  tell("changed", { text: editor.text });
  clearTimeout(timer);
  timer = setTimeout(judge, PAUSE);
}

async function judge() {
  clearTimeout(timer);
  const text = editor.text;
  const [found] = await Promise.all([check.judge(), builder.follow()]);
  if (text === editor.text) tell("judged", { text });
  if (check.askAgainIn) timer = setTimeout(judge, check.askAgainIn);
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

/** The precisions of the tier; the one chosen in this tab stays chosen. */
function fillPrecisions(budget) {
  const choices = budget.precisions.map((name) => make("option", { value: name }, say(`precision_${name}`)));
  byId("precision").replaceChildren(...(choices.length ? choices : [make("option", { value: "" }, say("exact"))]));
  const kept = sessionStorage.getItem(PRECISION);
  const wanted = budget.precisions.includes(kept) ? kept : budget.default_precision;
  if (wanted) byId("precision").value = wanted;
}

/** Open what this tab wrote, or the first example, and let it be worked on. */
async function begin() {
  const [first] = await startLibrary(open);
  byId("text").value = sessionStorage.getItem(DRAFT) ?? first?.text ?? "";
  editor = await openEditor({ changed, run }, SOURCES);
  check = new Check(editor, (found) => {
    byId("run").disabled = !found;
    showCost(found);
  });
  builder = new Builder(editor);
  startLookup(editor);
  startExchange(editor, open);
  startView(() => builder.follow());
  byId("run").addEventListener("click", run);
  byId("format").addEventListener("click", format);
  for (const wanted of ["undo", "redo"]) byId(wanted).addEventListener("click", () => builder.step(wanted));
  byId("precision").addEventListener("change", () => sessionStorage.setItem(PRECISION, byId("precision").value));
  document.addEventListener("kohort:open", (event) => open(event.detail.text));
  document.addEventListener("kohort:budget", (event) => showBudgetLeft(event.detail));
}

/** Runs at the beginning, and again in another project, where budget and rules are others and the document stays. */
async function start(budget) {
  fillPrecisions(budget);
  begun ??= begin();
  await Promise.all([begun, learnRules(budget)]);
  changed();
  judge();
  tell("signed-in", budget);
}

whenSignedIn(start);
