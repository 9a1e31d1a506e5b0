// The page: a document on the left, its protected numbers on the right.

import { Refusal, dropToken, get, keepToken, post, takeToken } from "./client.js";
import { CompletionList } from "./completion.js";
import { byId, make } from "./dom.js";
import { Editor, units } from "./editor.js";
import { startLookup } from "./lookup.js";
import { showAttrition, showBreakdown, showBudget, showCount, showFailure, showGenotypes, showReceipt, showUnmatched } from "./results.js";

const VALIDATE_AFTER = 350;

let timer = 0;
let checking = null;
let asked = null;
const editor = new Editor(() => {
  markStale();
  clearTimeout(timer);
  timer = setTimeout(check, VALIDATE_AFTER);
});

async function check() {
  checking?.abort();
  checking = new AbortController();
  const text = editor.text;
  try {
    const found = await post("/v1/cohorts/validate", { text }, checking.signal);
    if (text === editor.text) showVerdict(text, [], found);
    return found;
  } catch (error) {
    if (error.name === "AbortError") return null;
    if (!(error instanceof Refusal)) throw error;
    if (isSignedOut(error)) return null;
    if (text === editor.text) showVerdict(text, error.problem.problems || [], null, error);
    return null;
  }
}

function showVerdict(text, problems, found, refusal) {
  const unmatched = found?.unmatched || [];
  const faults = problems.map((problem) => ({ ...problem, ...range(text, problem.span), kind: "problem" }));
  const absent = unmatched.map((item) => ({
    ...item,
    ...range(text, item.span),
    kind: "unmatched",
    message: `${item.kind} ${item.name} is not in this release, so it matches nobody`,
  }));
  const odd = (found?.lints || []).map((item) => ({ ...item, ...range(text, item.span), kind: item.severity, hint: item.fix }));
  const said = [...faults, ...absent, ...odd];
  editor.mark(said.filter((item) => item.span && item.kind !== "info"));
  byId("messages").replaceChildren(...said.map(message));
  const verdict = byId("verdict");
  verdict.className = found ? "good" : "bad";
  verdict.textContent = found
    ? `Can be answered: ${found.leaves} ${found.leaves === 1 ? "criterion" : "criteria"}, ${found.cost_class}.`
    : faults.length
      ? `${faults.length} ${faults.length === 1 ? "problem" : "problems"}`
      : refusal.message;
  byId("run").disabled = !found;
}

const range = (text, span) => (span ? { start: units(text, span.start), end: units(text, span.end) } : {});

function message(item) {
  const where = item.line ? `line ${item.line}, column ${item.column}: ` : "";
  const jump = () => item.span && editor.select(item.start, item.end);
  return make(
    "li",
    { class: item.kind },
    make("button", { type: "button", onclick: jump }, `${where}${item.message}`),
    item.hint ? make("small", {}, item.hint) : null,
  );
}

/** An answer belongs to the text that was asked; once that changes, it says so. */
function markStale() {
  byId("read").classList.toggle("stale", !byId("answer").hidden && editor.text !== asked);
}

async function run() {
  clearTimeout(timer);
  if (!(await check())) return;
  asked = editor.text;
  const body = { text: editor.text };
  if (byId("precision").value) body.precision = byId("precision").value;
  busy(true);
  const questions = [ask("count", body, "count", (answer) => (showCount(answer), showUnmatched(answer.unmatched)))];
  for (const [name, show] of [["attrition", showAttrition], ["breakdown", showBreakdown]]) {
    if (byId(`with-${name}`).checked) questions.push(ask(name, body, name, show));
    else byId(name).replaceChildren();
  }
  const variants = variantNames();
  if (variants.length) questions.push(ask("genotypes", { ...body, variants }, "genotypes", showGenotypes));
  else byId("genotypes").replaceChildren();
  showReceipt(await Promise.all(questions));
  busy(false);
  await refreshBudget();
}

/** Names apart by a comma and a blank, or a semicolon: `chr1:55,039,974 G>T` is one. */
function variantNames() {
  return byId("variants")
    .value.split(/;|,\s/)
    .map((name) => name.trim())
    .filter(Boolean);
}

async function ask(path, body, place, show) {
  try {
    const answer = await post(`/v1/cohorts/${path}`, body);
    show(answer);
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (isSignedOut(error)) return null;
    const hint = error.problem.problems?.[0]?.hint || error.problem.hint;
    if (place === "count") ["meaning", "receipt", "unmatched"].forEach((id) => byId(id).replaceChildren());
    showFailure(place, hint ? `${error.message} (${hint})` : error.message);
    return null;
  }
}

function busy(is) {
  byId("run").disabled = is;
  byId("run").textContent = is ? "Asking…" : "Run";
  byId("read").classList.toggle("busy", is);
  byId("waiting").hidden = true;
  byId("answer").hidden = false;
  markStale();
}

async function format() {
  const text = editor.text;
  try {
    const answer = await post("/v1/cohorts/format", { text });
    if (answer.text !== text) editor.replace(0, text.length, answer.text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await check();
  }
}

async function refreshBudget() {
  const answer = await get("/v1/budget").catch((error) => (isSignedOut(error), null));
  if (answer) showBudget(answer.remaining_budget);
  return answer;
}

function isSignedOut(error) {
  if (error.problem?.status !== 401) return false;
  dropToken();
  signIn("Your token is not, or no longer, accepted. On the machine that serves this page, run");
  return true;
}

function signIn(reason) {
  byId("workbench").hidden = true;
  byId("caller").hidden = true;
  byId("signin").hidden = false;
  if (reason) byId("signin-reason").textContent = reason;
}

async function start() {
  if (!takeToken()) {
    signIn();
    return;
  }
  let budget, examples;
  try {
    [budget, examples] = await Promise.all([get("/v1/budget"), get("/v1/examples")]);
  } catch (error) {
    if (!isSignedOut(error)) signIn(`${error.message}. When it does again, reload this page.`);
    return;
  }
  byId("signin").hidden = true;
  byId("workbench").hidden = false;
  byId("caller").hidden = false;
  byId("caller").replaceChildren(
    `${budget.user} · project ${budget.project} · ${budget.tier} tier `,
    make("button", { type: "button", onclick: () => (dropToken(), location.reload()) }, "Sign out"),
  );
  fillPrecisions(budget);
  fillExamples(examples.examples);
  showBudget(budget.remaining_budget);
}

function fillPrecisions(budget) {
  const choices = budget.precisions.map((name) => make("option", { value: name }, name));
  byId("precision").replaceChildren(...(choices.length ? choices : [make("option", { value: "" }, "exact")]));
  if (budget.default_precision) byId("precision").value = budget.default_precision;
}

function fillExamples(examples) {
  const choose = byId("example");
  choose.replaceChildren(...examples.map((example, number) => make("option", { value: number }, example.title)));
  const load = () => {
    editor.text = examples[Number(choose.value)].text;
    markStale();
    check();
  };
  choose.onchange = load;
  if (examples.length) load();
}

new CompletionList(editor);
startLookup(editor);
byId("run").addEventListener("click", run);
byId("format").addEventListener("click", format);
editor.area.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter" && !byId("run").disabled) run();
});
byId("signin-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(byId("token").value);
  byId("token").value = "";
  start();
});
start();
