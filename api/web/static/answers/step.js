// One question of a run as it stands: waiting, refused, or its numbers, drawn and as a table, to take along.

import { make } from "../dom.js";
import { explained, explainedNames, languageOf } from "../problems.js";
import { ask, get } from "../session.js";
import { language, number, say } from "../words.js";
import { takeAlong } from "./take.js";

/** Characters that stand on one line of a table, as `10-19` does. */
const SHORT = 12;
const NARROWEST = 300;
const WIDEST = 760;
const SIDE_BY_SIDE = "(min-width: 62.01rem)";
const SHARE_OF_PICTURE = 0.54;
const DRAWN = { attrition: true, breakdown: true, prevalence: true, genotypes: true, overlap: true, comparison: true };

/** Show a step of a run in `place`, a section of its own. */
export async function showStep(place, run, step) {
  place.dataset.state = step.state;
  place.dataset.kind = step.kind;
  const heading = make("h3", {}, headingOf(step));
  switch (step.state) {
    case "answered":
      await showAnswer(place, heading, run, { ...step, answer: await withHints(step.answer) });
      return;
    case "refused":
      place.replaceChildren(heading, refusal(await explained(step.problem)));
      return;
    case "cancelled":
    case "interrupted":
      place.replaceChildren(heading, make("p", { class: "notice" }, say(`${step.state}_${step.begun ? "begun" : "step"}`)));
      return;
    default:
      place.replaceChildren(heading, make("p", { class: `hint ${step.state}` }, say(`${step.state}_step`)));
  }
}

function headingOf(step) {
  const asked = step.asked;
  const of = asked.by ?? asked.variants;
  return of ? `${say(`kind_${step.kind}`)}: ${of.join(", ")}` : say(`kind_${step.kind}`);
}

/** Why there is no answer: what it means in the reader's language, the server's words, and its hint. */
export function refusal(problem) {
  const first = problem.problems?.[0];
  const hinted = first?.hint ? first : problem;
  return make(
    "div",
    { class: "failed" },
    problem.explained ? make("p", {}, problem.explained) : null,
    make("p", problem.explained ? { class: "hint", ...languageOf(problem, "detail") } : {}, problem.detail),
    hinted.hint ? make("p", { class: "hint", ...languageOf(hinted, "hint") }, hinted.hint) : null,
    problem.incident ? make("p", { class: "hint" }, problem.incident) : null,
  );
}

async function showAnswer(place, heading, run, step) {
  if (step.kind === "count") {
    place.replaceChildren(heading, ...countOf(step.answer), takeAlong(run, step, heading.textContent, null));
    return;
  }
  const path = `/v1/runs/${run.id}/answers/${step.number}`;
  const width = widthOf(place);
  const [shown, svg] = await Promise.all([
    get(`${path}.json`, { language }),
    DRAWN[step.kind] ? ask(`${path}.svg?${new URLSearchParams({ language, width })}`).then((found) => found.text()) : null,
  ]);
  heading.textContent = shown.title;
  heading.className = "unseen"; // the picture has it as its title
  place.replaceChildren(
    heading,
    make("div", { class: "beside" }, pictureOf(svg), tableOf(shown)),
    ...shown.notes.map((note) => make("p", { class: "hint" }, note)),
    ...absent(step.answer),
    takeAlong(run, step, shown.title, svg),
  );
}

/** Pixels a picture is laid out for: its own, so that its letters are as large as those around it. */
function widthOf(place) {
  const room = place.clientWidth || WIDEST;
  const own = matchMedia(SIDE_BY_SIDE).matches ? SHARE_OF_PICTURE * room : room;
  return Math.max(NARROWEST, Math.min(WIDEST, Math.floor(own)));
}

function countOf(answer) {
  const value = answer.count;
  const isHidden = "less_than" in value;
  const margin = !isHidden && value.margin ? make("small", {}, ` ± ${number(value.margin)}`) : null;
  const words = isHidden
    ? say("meaning_hidden", { threshold: number(value.less_than) })
    : say("meaning_interval", { low: number(Math.max(0, value.value - value.margin)), high: number(value.value + value.margin) });
  return [
    make("p", { id: "count", class: isHidden ? "hidden-value" : null }, isHidden ? `< ${number(value.less_than)}` : number(value.value), margin, make("small", {}, ` ${say("persons_unit")}`)),
    make("p", { id: "meaning", class: "hint" }, words),
    ...absent(answer),
  ];
}

const withHints = async (answer) => ({ ...answer, unmatched: await explainedNames(answer.unmatched ?? []) });

/** Names of the document that this release does not have. */
function absent(answer) {
  return answer.unmatched.map((item) => make("p", { class: "notice" }, say("absent", { ...item, hint: item.hint ?? "" })));
}

/** The picture as elements of the page, so that it follows light and dark; it is markup of this server. */
function pictureOf(svg) {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  return make("div", { class: "picture" }, document.importNode(drawn, true));
}

function tableOf(shown) {
  const kind = (place, words) => (shown.columns[place].is_number ? "number" : words.length <= SHORT ? "short" : null);
  const head = shown.columns.map(({ name }, place) => make("th", { scope: "col", class: kind(place, name) }, name));
  const rows = shown.rows.map((row) =>
    make("tr", {}, ...row.map((cell, place) => make(place ? "td" : "th", { scope: place ? null : "row", class: kind(place, cell) }, cell))),
  );
  const table = make("table", {}, make("caption", { class: "unseen" }, shown.title), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${say("table")}: ${shown.title}` }, table);
}
