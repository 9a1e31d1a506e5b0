// Criteria: groups of criteria, events, persons, variants, answers.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { addCriterion } from "./add_criterion.js";
import { answersCard } from "./answers.js";
import { action, checkbox, choose, label, numberField, remove, select } from "./controls.js";
import { eventCard } from "./events.js";
import { genotypeCard, scoreCard } from "./genotypes.js";
import { movers, movesOf } from "./moving.js";
import { personCard } from "./persons.js";
import { groupAt } from "./places.js";
import { editButton } from "./text_card.js";
import { partAt, setAt } from "./tree.js";
import { windowCard, windowList } from "./windows.js";

const COUNTED = ["at least", "at most", "exactly"];
const UNANSWERED = { is: "unanswered" };
const A_YEAR_AROUND = { lower: { offset: { count: -1, unit: "year" } }, upper: { offset: { count: 1, unit: "year" } } };

/** How each criterion is drawn. */
const BODIES = {
  group,
  not: (builder, path) => around(builder, path, say("not")),
  unknown: (builder, path) => around(builder, path, say("unknown")),
  occurrence,
  "person test": personCard,
  "person in": personCard,
  "person concepts": personCard,
  "person missing": personCard,
  survey,
  carries: genotypeCard,
  "no call": genotypeCard,
  burden: genotypeCard,
  "paired variants": genotypeCard,
  "phased variants": genotypeCard,
  "score test": scoreCard,
};

/** A criterion with what can be done to any: group it, turn it round, edit it as text; `moves` and `removal` of a part. */
export function criterionCard(builder, path, more = {}) {
  const criterion = partAt(builder.cohort, path);
  const said = [criterion, builder.tree.isPlaced(path), more.moves ?? []];
  return builder.kept.card(path, said, () => drawCriterion(builder, path, criterion, more));
}

function drawCriterion(builder, path, criterion, { moves = [], removal = null }) {
  return make(
    "div",
    { class: `criterion ${criterion.is.replaceAll(" ", "-")}`, ...(isInside(path) ? groupAt(path) : {}) },
    BODIES[criterion.is](builder, path, criterion),
    make(
      "div",
      { class: "row acts" },
      ...acts(builder, path, criterion),
      editButton(builder, path, { brackets: true }),
      ...movers(builder, path, moves),
      removal,
    ),
  );
}

/** Whether a criterion stands in another, rather than being all that a card is about. */
const isInside = (path) => ["part", "parts"].includes(path.findLast((step) => typeof step === "string"));

function acts(builder, path, { is }) {
  const wrap = (name, outer) =>
    action(builder, path, name, (cohort) => setAt(cohort, path, outer(partAt(cohort, path))));
  const unwrap = (name) =>
    action(builder, path, name, (cohort) => setAt(cohort, path, partAt(cohort, [...path, "part"])));
  return [
    is === "group" ? null : wrap(say("put_in_group"), (part) => ({ is: "group", kind: "all of", parts: [part] })),
    is === "not" ? unwrap(say("undo_not")) : wrap(say("turn_round"), (part) => ({ is: "not", part })),
    is === "unknown" ? unwrap(say("undo_unknown")) : wrap(say("ask_unknown"), (part) => ({ is: "unknown", part })),
  ];
}

const around = (builder, path, name) =>
  make("fieldset", { class: "group" }, make("legend", {}, name), criterionCard(builder, [...path, "part"]));

function group(builder, path, { kind, parts }) {
  const begin = (cohort, value) => {
    if (COUNTED.includes(value) && !COUNTED.includes(kind)) setAt(cohort, [...path, "number"], 1);
  };
  const item = (_, number) => {
    const at = [...path, "parts", number];
    return make(
      "li",
      { class: "part" },
      criterionCard(builder, at, {
        moves: movesOf(builder.cohort, at),
        removal: remove(builder, at, say("criterion")),
      }),
    );
  };
  return make(
    "fieldset",
    { class: "group" },
    make("legend", {}, label("GroupKind", kind)),
    make(
      "div",
      { class: "row" },
      select(builder, [...path, "kind"], { name: say("group_kind"), kind: "GroupKind", change: begin }),
      COUNTED.includes(kind) ? numberField(builder, [...path, "number"], { name: say("number"), least: 0 }) : null,
    ),
    make("ul", { class: "parts" }, ...parts.map(item), make("li", {}, addCriterion(builder, [...path, "parts"]))),
  );
}

function occurrence(builder, path, { count }) {
  return make(
    "div",
    {},
    make(
      "div",
      { class: "row" },
      select(builder, [...path, "count", "operator"], {
        name: say("how_often"),
        kind: "CountOperator",
        absent: "at least",
      }),
      numberField(builder, [...path, "count", "number"], { name: say("number"), absent: 1, least: 0 }),
      distinct(builder, [...path, "count", "distinct"], count?.distinct),
    ),
    eventCard(builder, [...path, "events"]),
    windowList(builder, [...path, "windows"]),
    make(
      "div",
      { class: "row" },
      checkbox(builder, [...path, "same_visit"], say("same_visit")),
      checkbox(builder, [...path, "ignoring_observation"], say("ignoring_observation")),
    ),
  );
}

const distinct = (builder, path, current) =>
  choose(builder, path, {
    name: say("counted"),
    options: [
      ["events", say("counted_events")],
      ...choices.Distinct.map((what) => [what, say("distinct", { what: label("Distinct", what) })]),
    ],
    current: current ?? "events",
    change: (cohort, value) => setAt(cohort, path, value === "events" ? null : value),
  });

function survey(builder, path, { window }) {
  const at = [...path, "window"];
  return make(
    "div",
    {},
    answersCard(builder, path, { unanswered: UNANSWERED }),
    window
      ? windowCard(builder, at)
      : action(builder, at, say("add_window"), (cohort) => setAt(cohort, at, A_YEAR_AROUND), { place: path }),
  );
}
