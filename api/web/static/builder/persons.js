// Criteria on persons: their age, sex, region, dates.

import { make } from "../dom.js";
import { fields } from "../language_data.js";
import { say } from "../words.js";
import { wordChips } from "./chips.js";
import { conceptChips } from "./concepts.js";
import { choose, label } from "./controls.js";
import { rangeFields } from "./ranges.js";
import { ticks } from "./ticks.js";
import { partAt, setAt } from "./tree.js";

const SEXES = ["female", "male"];
const MISSING = "missing";
const NEW_VALUES = {
  "age at index": 18,
  "birth year": 1970,
  "index date": "2015-01-01",
  "index end date": "2015-01-01",
};

const kindOf = (field) => fields.kinds.person[field];

/** What a new criterion on a field of a person says. */
export function newPerson(field) {
  switch (kindOf(field)) {
    case "concept":
      return { is: "person concepts", field, concepts: { included: [] } };
    case "text":
      return { is: "person in", field, values: [field === "sex" ? "female" : say("some_text")] };
    default:
      return { is: "person test", field, test: { is: "compare", operator: ">=", value: NEW_VALUES[field] } };
  }
}

export function personCard(builder, path) {
  const criterion = partAt(builder.cohort, path);
  return make(
    "div",
    { class: "row" },
    choose(builder, [...path, "field"], {
      name: say("person"),
      options: Object.keys(fields.kinds.person).map((field) => [field, label("PersonField", field, path)]),
      current: criterion.field,
      change: (cohort, field) => setAt(cohort, path, about(field, partAt(cohort, path))),
    }),
    ...said(builder, path, criterion),
  );
}

/** The same of another field, where both are compared alike. */
function about(field, { is, field: before, test }) {
  const mayBeMissing = ["text", "concept"].includes(kindOf(field));
  if (is === "person missing" && mayBeMissing) return { is, field };
  return test && field.includes("date") && before.includes("date") ? { is, field, test } : newPerson(field);
}

function said(builder, path, criterion) {
  const { field } = criterion;
  if (criterion.is === "person test") return [rangeFields(builder, [...path, "test"])];
  const isMissing = criterion.is === "person missing";
  const relation = choose(builder, [...path, "relation"], {
    name: say("compared"),
    options: [
      ["in", say("is_one_of")],
      [MISSING, say("is_missing")],
    ],
    current: isMissing ? MISSING : "in",
    change: (cohort) => setAt(cohort, path, isMissing ? newPerson(field) : { is: "person missing", field }),
  });
  return isMissing ? [relation] : [relation, values(builder, path, criterion)];
}

function values(builder, path, { is, field }) {
  if (is === "person concepts") return conceptChips(builder, [...path, "concepts"], { mayBeAbsent: false });
  const name = label("PersonField", field, path);
  if (field !== "sex") return wordChips(builder, [...path, "values"], { name, least: 1 });
  return ticks(builder, [...path, "values"], { name, options: SEXES.map((sex) => [sex, label("sex", sex)]) });
}
