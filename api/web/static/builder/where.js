// Where-clauses of events: which field, how it is compared, with what.

import { make } from "../dom.js";
import { choices, fields } from "../language_data.js";
import { say } from "../words.js";
import { conceptChips, nameOf } from "./concepts.js";
import { choose, label, lead, named, remove, textField } from "./controls.js";
import { NEW_TESTS, rangeFields } from "./ranges.js";
import { partAt, setAt } from "./tree.js";

const FRESH = { is: "field test", field: "age", test: { is: "compare", operator: ">=", value: 18 } };
const MISSING = "missing";

/** For `booleanCard`. */
export const WHERE = { all: "predicate all", any: "predicate any", not: "predicate not", fresh: () => FRESH, card };

function card(builder, path) {
  const part = partAt(builder.cohort, path);
  return make("div", { class: "row" }, fieldChoice(builder, path, part), said(builder, path, part));
}

/** The domain of the events that a condition is about. */
const domainOf = (builder, path) => partAt(builder.cohort, [...path.slice(0, path.lastIndexOf("where")), "domain"]);

function fieldChoice(builder, path, part) {
  const domain = domainOf(builder, path);
  const isAbnormal = part.is === "field abnormal";
  const offered = [...fields.of[domain], ...(fields.abnormal.includes(domain) ? ["abnormal"] : [])];
  const current = isAbnormal ? "abnormal" : part.field;
  return choose(builder, path, {
    name: say("field"),
    options: offered.map((field) => [field, field === "abnormal" ? say("abnormal") : label("Field", field)]),
    current,
    change: (cohort, value) => setAt(cohort, path, about(value, partAt(cohort, path))),
  });
}

/** A condition on another field, with what it was compared with where it can be. */
function about(field, part) {
  if (field === "abnormal") return { is: "field abnormal" };
  const kind = fields.kinds.event[field];
  const isAlike = part.field && fields.kinds.event[part.field] === kind;
  if (kind === "record" || part.is === "field missing") return { is: "field missing", field };
  if (kind === "concept") return { is: "field concepts", field, concepts: isAlike ? part.concepts : { included: [] } };
  if (kind === "text")
    return isAlike ? { ...part, field } : { is: "field text", field, operator: "is", text: say("some_text") };
  return { is: "field test", field, test: isAlike ? part.test : NEW_TESTS[kind] };
}

function said(builder, path, part) {
  const missing = [MISSING, say("is_missing")];
  const toMissing = (cohort) => setAt(cohort, path, { is: "field missing", field: partAt(cohort, path).field });
  switch (part.is) {
    case "field test":
      return rangeFields(builder, [...path, "test"], {
        more: [missing],
        turn: toMissing,
        unit: unitOf(builder, path, part),
      });
    case "field concepts":
      return make(
        "span",
        { class: "row" },
        relation(builder, path, "in", [["in", say("is_one_of")], missing], toMissing),
        conceptChips(builder, [...path, "concepts"], { mayBeAbsent: false }),
      );
    case "field text":
      return make(
        "span",
        { class: "row" },
        relation(
          builder,
          path,
          part.operator,
          [...choices.TextOperator.map((each) => [each, label("TextOperator", each)]), missing],
          (cohort, value) => (value === MISSING ? toMissing(cohort) : setAt(cohort, [...path, "operator"], value)),
        ),
        textField(builder, [...path, "text"], say("text"), { read: (typed) => typed }),
      );
    case "field missing":
      return missingOf(builder, path, part);
    default:
      return lead(say("abnormal_meaning"));
  }
}

/** A field that is missing; unless nothing else can be said of it, something else may be. */
function missingOf(builder, path, { field }) {
  const kind = fields.kinds.event[field];
  const others = kind === "record" ? [] : [["other", say("has_value")]];
  return relation(builder, path, MISSING, [[MISSING, say("is_missing")], ...others], (cohort) =>
    setAt(cohort, path, about(field, {})),
  );
}

const relation = (builder, path, current, options, change) =>
  choose(builder, [...path, "relation"], { name: say("compared"), options, current, change });

/** The unit of a limit: days, a UCUM code to be typed, or a concept. */
function unitOf(builder, path, { field, unit }) {
  if (fields.kinds.event[field] === "duration") return lead(label("Unit", "day"));
  const at = [...path, "unit"];
  if (!unit && !fields.with_unit[domainOf(builder, path)].includes(field)) return null;
  const isTyped = !unit || (unit.vocabulary === "UCUM" && !unit.descendants && !unit.mapped);
  if (!isTyped)
    return named(
      say("value_unit"),
      make("span", { class: "chip" }, nameOf(unit), remove(builder, at, say("value_unit"))),
    );
  return textField(builder, at, say("value_unit"), {
    shown: unit?.code ?? "",
    read: (typed) => typed.trim(),
    change: (cohort, _, code) =>
      setAt(cohort, at, code ? { is: "concept by code", vocabulary: "UCUM", code } : undefined),
  });
}
