// What more may be said of events of one domain: the source's code, other days, days covered, criteria, a trend.

import { make } from "../dom.js";
import { choices, fields } from "../language_data.js";
import { say } from "../words.js";
import { booleanCard } from "./boolean.js";
import { conceptChips } from "./concepts.js";
import { dateField, durationField, menu, numberField, remove, select } from "./controls.js";
import { criterionCard } from "./criteria.js";
import { partAt, setAt } from "./tree.js";
import { WHERE } from "./where.js";
import { offsetFields } from "./windows.js";

const A_YEAR = { count: 1, unit: "year" };

/** Each clause in the order of the text: what a new one says, how it is drawn, and which field events need for it. */
const CLAUSES = {
  source: {
    needs: "source",
    fresh: () => ({ included: [] }),
    draw: (builder, path) => conceptChips(builder, path, { mayBeAbsent: false }),
  },
  spanning: { fresh: () => ({}), draw: spanning },
  where: { fresh: () => WHERE.fresh(), draw: (builder, path) => booleanCard(builder, path, WHERE) },
  covering: { fresh: () => ({ first: "2015-01-01", last: null }), draw: covering },
  having: {
    fresh: () => ({ is: "person test", field: "age at index", test: { is: "compare", operator: ">=", value: 18 } }),
    draw: (builder, path) => criterionCard(builder, path),
  },
  trend: {
    needs: "value",
    fresh: () => ({ direction: choices.TrendDirection[0], by: 1, within: A_YEAR }),
    draw: trend,
  },
};

/** The clauses that events have, and a menu of those they may have. */
export function clauses(builder, path) {
  const query = partAt(builder.cohort, path);
  const has = (name) => query[name] !== undefined;
  const mayHave = ([name, { needs }]) => !has(name) && (!needs || fields.of[query.domain].includes(needs));
  const offered = Object.entries(CLAUSES)
    .filter(mayHave)
    .map(([name]) => [name, say(`add_${name}`)]);
  return [
    ...Object.entries(CLAUSES)
      .filter(([name]) => has(name))
      .map(([name, { draw }]) => clause(builder, [...path, name], say(`clause_${name}`), draw)),
    menu(
      builder,
      [...path, "clause"],
      say("add_clause"),
      offered,
      (cohort, name) => setAt(cohort, [...path, name], CLAUSES[name].fresh()),
      (name) => [...path, name].join("/"),
    ),
  ];
}

const clause = (builder, path, name, draw) =>
  make("fieldset", { class: "clause" }, make("legend", {}, name), draw(builder, path), remove(builder, path, name));

/** Other first and last days of an event, each counted from an end of its own. */
function spanning(builder, path) {
  const day = (end, name) =>
    offsetFields(builder, [...path, end], {
      name,
      absent: { offset: { count: 0 }, edge: end },
      from: { field: "edge", kind: "Edge", name: say("own") },
    });
  return make("div", { class: "row" }, day("start", say("span_from")), day("end", say("span_to")));
}

function covering(builder, path) {
  const day = (end, name) =>
    dateField(builder, [...path, end], name, (cohort, at, value) => setAt(cohort, at, value ?? null));
  return make("div", { class: "row" }, day("first", say("covering_first")), day("last", say("covering_last")));
}

function trend(builder, path) {
  return make(
    "div",
    { class: "row" },
    select(builder, [...path, "direction"], { name: say("direction"), kind: "TrendDirection" }),
    numberField(builder, [...path, "by"], { name: say("by_at_least"), step: "any" }),
    durationField(builder, [...path, "within"], say("within_time"), { least: 1 }),
  );
}
