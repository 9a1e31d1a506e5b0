// Several of a few values, to be ticked; one at least stays.

import { make } from "../dom.js";
import { say } from "../words.js";
import { partAt, setAt } from "./tree.js";

/** Ticks for the values at `path`: for `options`, as [value, text], and for what is chosen beside them. */
export function ticks(builder, path, { name, options }) {
  const chosen = partAt(builder.cohort, path) ?? [];
  const others = chosen.filter((value) => !options.some(([known]) => known === value));
  return make(
    "fieldset",
    { class: "answers" },
    make("legend", {}, name),
    ...options.map(([value, text]) => tick(builder, path, value, text)),
    ...[...new Set(others)].map((value) => tick(builder, path, value, value)),
  );
}

/** The values with one ticked or not, in the order in which they were chosen. */
function ticked(values, value, isOn) {
  if (!isOn) return values.filter((each) => each !== value);
  return values.includes(value) ? values : [...values, value];
}

function tick(builder, path, value, name) {
  const chosen = partAt(builder.cohort, path) ?? [];
  const control = make("input", {
    type: "checkbox",
    "data-key": `${path.join("/")}:${value}`,
    ...(chosen.includes(value) ? { checked: "" } : {}),
    onchange: () => {
      const { checked } = control;
      if (control.closest("fieldset").querySelector(":checked")) {
        builder.edit(control, (cohort) => setAt(cohort, path, ticked(partAt(cohort, path) ?? [], value, checked)));
      } else {
        control.checked = true; // as the document still has it
        builder.refuse(control, say("needs_answer"));
      }
    },
  });
  return make("label", { class: "control tick" }, control, make("span", {}, name));
}
