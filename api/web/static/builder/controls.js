// The small controls of cards. Each is bound to one field of the tree, by its path, and its key keeps the focus when the
// cards are drawn anew. `builder.edit(element, change)` makes the change, or says beside the element why it may not be.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say, words } from "../words.js";
import { partAt, setAt } from "./tree.js";

/** What a choice of the language is called here; the language's own word where the page has none. */
export const label = (kind, value) => words[`${kind}_${value}`] ?? value;

const keyOf = (path) => path.join("/");

const named = (name, control) => make("label", { class: "control" }, make("span", {}, name), control);

/** A closed choice; `absent` is what a missing field means. */
export function select(builder, path, { name, kind, values = choices[kind], absent, change }) {
  const current = partAt(builder.cohort, path) ?? absent;
  const control = make(
    "select",
    {
      "data-key": keyOf(path),
      onchange: () => builder.edit(control, change ? (cohort) => change(cohort, control.value) : (cohort) => setAt(cohort, path, control.value)),
    },
    ...values.map((value) => make("option", { value, ...(value === current ? { selected: "" } : {}) }, label(kind, value))),
  );
  return named(name, control);
}

/** A choice that stands for more than one field: `current` is its value, `change(cohort, value)` what it does. */
export function choose(builder, path, { name, options, current, change }) {
  const control = make(
    "select",
    { "data-key": `${keyOf(path)}:choose`, onchange: () => builder.edit(control, (cohort) => change(cohort, control.value)) },
    ...options.map(([value, text]) => make("option", { value, ...(value === current ? { selected: "" } : {}) }, text)),
  );
  return named(name, control);
}

export function checkbox(builder, path, name) {
  const control = make("input", {
    type: "checkbox",
    "data-key": keyOf(path),
    ...(partAt(builder.cohort, path) ? { checked: "" } : {}),
    onchange: () => builder.edit(control, (cohort) => setAt(cohort, path, control.checked)),
  });
  return make("label", { class: "control tick" }, control, make("span", {}, name));
}

/** A number; where it may be open, an empty field is null. */
export function numberField(builder, path, { name, absent = 0, least, step = 1, mayBeOpen = false }) {
  const control = make("input", {
    type: "number",
    inputmode: "numeric",
    step,
    min: least,
    "data-key": keyOf(path),
    value: partAt(builder.cohort, path) ?? (mayBeOpen ? null : absent),
    onchange: () => {
      const value = control.valueAsNumber;
      if (Number.isNaN(value) && !mayBeOpen) builder.refuse(control, say("needs_number"));
      else builder.edit(control, (cohort) => setAt(cohort, path, Number.isNaN(value) ? null : value));
    },
  });
  return named(name, control);
}

export function dateField(builder, path, name, change) {
  const control = make("input", {
    type: "date",
    "data-key": keyOf(path),
    value: partAt(builder.cohort, path) ?? null,
    onchange: () => builder.edit(control, (cohort) => (change ?? setAt)(cohort, path, control.value || undefined)),
  });
  return named(name, control);
}

export function textField(builder, path, name) {
  const control = make("input", {
    type: "text",
    "data-key": keyOf(path),
    value: partAt(builder.cohort, path) ?? "",
    onchange: () => builder.edit(control, (cohort) => setAt(cohort, path, control.value)),
  });
  return named(name, control);
}

/** A length of time: a number that is not negative, and its unit. `sign` is what it is multiplied with. */
export function durationField(builder, path, name, sign = 1) {
  const current = partAt(builder.cohort, path) ?? { count: 0 };
  const count = make("input", {
    type: "number",
    inputmode: "numeric",
    min: 0,
    "data-key": `${keyOf(path)}/count`,
    value: Math.abs(current.count),
    onchange: () => put(count),
  });
  const unit = make(
    "select",
    { "data-key": `${keyOf(path)}/unit`, "aria-label": say("unit_of", { name }), onchange: () => put(unit) },
    ...choices.Unit.map((value) =>
      make("option", { value, ...(value === (current.unit ?? "day") ? { selected: "" } : {}) }, label("Unit", value)),
    ),
  );
  const put = (control) => {
    const value = count.valueAsNumber;
    if (!Number.isInteger(value) || value < 0) builder.refuse(count, say("needs_number"));
    else builder.edit(control, (cohort) => setAt(cohort, path, { count: sign * value, unit: unit.value }));
  };
  return make("span", { class: "duration" }, named(name, count), unit);
}

/** A small button that changes the tree. */
export function action(builder, path, name, change, { what = name, quiet = true } = {}) {
  const control = make(
    "button",
    {
      type: "button",
      class: quiet ? "quiet" : null,
      "data-key": `${keyOf(path)}:${what}`,
      "aria-label": what === name ? null : what,
      onclick: () => builder.edit(control, change),
    },
    name,
  );
  return control;
}

/** Takes a part of a list away. */
export const remove = (builder, path, what) =>
  action(builder, path, "×", (cohort) => setAt(cohort, path, undefined), { what: say("remove_what", { what }) });
