// Comparisons and ranges, of numbers or of dates.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { choose, dateField, label, numberField } from "./controls.js";
import { partAt, setAt } from "./tree.js";

/** What a new condition of a kind of value says. */
export const NEW_TESTS = {
  number: { is: "compare", operator: ">=", value: 1 },
  duration: { is: "compare", operator: ">=", value: 30 },
  date: { is: "compare", operator: ">=", value: "2015-01-01" },
};

/** The comparison at `path`. `more` are other things that may be said in its place, as [value, text], and
    `turn(cohort, value)` says them. `unit` stands behind the values. */
export function rangeFields(builder, path, { more = [], turn, unit } = {}) {
  const test = partAt(builder.cohort, path);
  const ends = test.is === "compare" ? ["value"] : ["low", "high"];
  const isDate = ends.some((end) => typeof test[end] === "string");
  const field = (end, name) =>
    isDate
      ? dateField(builder, [...path, end], name, (cohort, at, value) => setAt(cohort, at, value ?? null))
      : numberField(builder, [...path, end], { name, step: "any", mayBeOpen: end !== "value" });
  const change = (cohort, value) => {
    if (more.some(([other]) => other === value)) return turn(cohort, value);
    const now = partAt(cohort, path);
    return setAt(cohort, path, value === "between" ? between(now) : compared(now, value));
  };
  return make(
    "span",
    { class: "row" },
    choose(builder, path, {
      name: say("compared"),
      options: [
        ...choices.Comparator.map((sign) => [sign, label("Comparator", sign)]),
        ["between", say("between")],
        ...more,
      ],
      current: test.is === "compare" ? test.operator : "between",
      change,
    }),
    ...ends.map((end) => field(end, say(`end_${end}`))),
    unit ?? null,
  );
}

const between = ({ value, low = value, high = value }) => ({ is: "between", low, high });

const compared = (test, operator) => ({ is: "compare", operator, value: test.value ?? test.low ?? test.high });
