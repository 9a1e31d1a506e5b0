// What to ask of the cohort besides its count: the form beside Run, as the parts of a run.

import { byId, make } from "../dom.js";
import { explained, wholeMessage } from "../problems.js";
import { get } from "../session.js";
import { say } from "../words.js";

const CHOICES = "kohort-asked";
const AGE_AND_SEX = ["sex", "age(10)"];
const MOST_INTERVALS = 120;
const MOST_DIMENSIONS = 8;
const MOST_VARIANTS = 100;
const LONGEST_NAME = 256;
/** The fields of each question, beside which is said what is wrong with it. */
const ASKED_IN = {
  by: ["by"],
  trend: ["first-year", "last-year"],
  variants: ["variants"],
  overlap: ["overlap-1", "overlap-2", "overlap-3"],
  comparison: ["comparison-by"],
};
const UNPROCESSABLE = 422;

/** The parts of a run of this text, or null where the form has something wrong, which is said beside it. */
export async function parts(text) {
  const chosen = await others();
  const by = list(byId("comparison-by").value);
  const wrong = {
    by: listWrong(list(byId("by").value), MOST_DIMENSIONS),
    trend: yearsWrong(),
    variants: listWrong(variantNames(), MOST_VARIANTS),
    overlap: "",
    comparison: comparisonWrong(chosen.compared, by),
  };
  for (const [question, words] of Object.entries(wrong)) sayWrong(question, words);
  if (Object.values(wrong).some(Boolean)) return null;
  return [
    { kind: "count" },
    ...when("with-attrition", { kind: "attrition" }),
    ...tables(text),
    ...when("with-trend", trend()),
    ...(variantNames().length ? [{ kind: "genotypes", variants: variantNames() }] : []),
    ...(chosen.overlapping.length ? [{ kind: "overlap", others: chosen.overlapping }] : []),
    ...(chosen.compared ? [{ kind: "comparison", other: chosen.compared, by }] : []),
  ];
}

const when = (id, part) => (byId(id).checked ? [part] : []);

/** The tables, each once: the document's own, asked for without naming it, may be the one by age and sex. */
function tables(text) {
  const own = byId("with-breakdown").checked ? countBy(text) : [];
  const named = (by) => ({ by, part: { kind: "breakdown", by } });
  const found = [
    ...(byId("with-pyramid").checked ? [named(AGE_AND_SEX)] : []),
    { by: own, part: { kind: "breakdown" } },
    named(list(byId("by").value)),
  ];
  const seen = new Set();
  return found.flatMap(({ by, part }) => {
    const key = [...by].sort().join();
    if (!by.length || seen.has(key)) return [];
    seen.add(key);
    return [part];
  });
}

/** The dimensions of the document's `count by`, none where it has none; to tell tables apart, so texts are left out. */
function countBy(text) {
  const words = text.replace(/"(?:[^"\\\n]|\\.)*"/g, "").replace(/#.*$/gm, "");
  const found = /\bcount\s+by\b([^\n]*(?:,\s*\n[^\n]*)*)/.exec(words);
  return found ? list(found[1]) : [];
}

/** Words apart by commas, those inside quotes aside. */
function list(words) {
  return (words.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((word) => word.trim()).filter(Boolean);
}

/** Names apart by a comma and a blank, or a semicolon: `chr1:55,039,974 G>T` is one. */
function variantNames() {
  return byId("variants").value.split(/;|,\s/).map((name) => name.trim()).filter(Boolean);
}

function trend() {
  const by = byId("trend-by").value;
  return {
    kind: "prevalence",
    first_day: `${byId("first-year").value.padStart(4, "0")}-01-01`,
    last_day: `${byId("last-year").value.padStart(4, "0")}-12-31`,
    per: "year",
    ...(by ? { by: [by] } : {}),
  };
}

function yearsWrong() {
  if (!byId("with-trend").checked) return "";
  const [first, last] = ["first-year", "last-year"].map((id) => byId(id).valueAsNumber);
  const isRight = first >= 1900 && last <= 2100 && first <= last && last - first < MOST_INTERVALS;
  return isRight ? "" : say("wrong_years");
}

/** What is wrong with a list of names as it is; what each means the server judges. */
const listWrong = (names, most) =>
  names.length > most || names.some((name) => name.length > LONGEST_NAME) ? say("wrong_list", { most, longest: LONGEST_NAME }) : "";

function comparisonWrong(compared, by) {
  if (!compared) return "";
  return by.length ? listWrong(by, MOST_DIMENSIONS) : say("wrong_by");
}

/** Say beside the fields of a question what is wrong with them; no words where nothing is. */
function sayWrong(question, words) {
  byId(`${question}-wrong`).textContent = words;
  for (const id of ASKED_IN[question]) byId(id).setAttribute("aria-invalid", String(Boolean(words)));
  if (words) byId("more").open = true;
}

/** Say beside the field of a question why it was refused; what was wrong may be what was typed there. */
export async function sayRefused({ kind, asked, state, problem }) {
  const question = state === "refused" && problem.status === UNPROCESSABLE ? questionOf(kind, asked) : null;
  if (!question) return;
  const said = await explained(problem);
  const first = said.problems?.[0] ?? said;
  const words = first.told?.includes("message") ? first.message : wholeMessage(first);
  sayWrong(question, [words, first.hint].filter(Boolean).join(" – "));
}

function questionOf(kind, { by }) {
  if (kind === "breakdown") return by && by.join() === list(byId("by").value).join() ? "by" : null;
  return { genotypes: "variants", prevalence: "trend", overlap: "overlap", comparison: "comparison" }[kind] ?? null;
}

/** Documents of the runs chosen for overlap and comparison. */
async function others() {
  const ids = [1, 2, 3].map((place) => byId(`overlap-${place}`).value).filter(Boolean);
  const documents = [...new Set(ids)].map(documentOf);
  const compared = byId("comparison").value;
  return { overlapping: await Promise.all(documents), compared: compared ? await documentOf(compared) : null };
}

const documentOf = async (id) => (await get(`/v1/runs/${id}`)).document;

/** Offer these runs for overlap and comparison; what was chosen stays chosen. */
export function offerRuns(runs) {
  const kept = keptChoices();
  for (const choose of runChoices()) {
    const chosen = choose.value || kept[choose.id];
    const options = runs.map((run) => make("option", { value: run.id }, `${run.number} · ${run.title}`));
    choose.replaceChildren(make("option", { value: "" }, say("choose_run")), ...options);
    choose.value = runs.some((run) => run.id === chosen) ? chosen : "";
  }
  showChosen();
}

const FIELDS = ["with-attrition", "with-pyramid", "with-breakdown", "by", "with-trend", "first-year", "last-year", "trend-by", "variants", "comparison-by"];
const value = (field) => (field.type === "checkbox" ? field.checked : field.value);

const runChoices = () => [...document.querySelectorAll("select[data-run]")];
const keptChoices = () => JSON.parse(sessionStorage.getItem(CHOICES) ?? "{}");

/** Keep what is chosen in this tab, so that a reload loses nothing. */
export function rememberChoices() {
  const kept = keptChoices();
  for (const id of FIELDS) {
    const field = byId(id);
    if (id in kept) field[field.type === "checkbox" ? "checked" : "value"] = kept[id];
    field.addEventListener("input", chosen);
  }
  for (const choose of runChoices()) choose.addEventListener("change", chosen);
  showChosen();
}

/** What was wrong with a question is no longer said once somebody changes it. */
function chosen({ target }) {
  const said = target.closest("#more .bar")?.querySelector(".wrong");
  if (said?.textContent) sayWrong(said.id.replace("-wrong", ""), "");
  keepChoices();
}

function keepChoices() {
  sessionStorage.setItem(CHOICES, JSON.stringify(Object.fromEntries([...FIELDS.map(byId), ...runChoices()].map((field) => [field.id, value(field)]))));
  showChosen();
}

/** How many questions are chosen where they are not seen. */
function showChosen() {
  const chosen = [byId("by").value.trim(), byId("with-trend").checked, byId("variants").value.trim(), byId("comparison").value];
  const count = [...chosen, [1, 2, 3].some((place) => byId(`overlap-${place}`).value)].filter(Boolean).length;
  byId("more-count").textContent = count ? say("more_chosen", { count }) : "";
}
