// The small controls of cards. Each is bound to one field of the tree, by its path, and its key keeps the focus when
// the cards are drawn anew. `builder.edit(element, change)` makes the change, or says beside the element why not.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say, words } from "../words.js";
import { nameAt } from "./places.js";
import { partAt, setAt } from "./tree.js";

/** What a choice of the language is called here, in a `having` of the event and not of the index; the language's own
    word where the page has none. */
export const label = (kind, value, path = []) =>
  (path.includes("having") && words[`it_${kind}_${value}`]) || (words[`${kind}_${value}`] ?? value);

const keyOf = (path) => path.join("/");

export const named = (name, control) => make("label", { class: "control" }, make("span", {}, name), control);

/** What is read before a field, or says what a row is about. */
export const lead = (text) => make("span", { class: "lead" }, text);

/** A closed choice; `absent` is what a missing field means, and `change(cohort, value)` what a choice does beside. */
export function select(builder, path, { name, kind, values = choices[kind], absent, change = () => {} }) {
  const current = partAt(builder.cohort, path) ?? absent;
  const control = make(
    "select",
    {
      "data-key": keyOf(path),
      onchange: () =>
        builder.edit(control, (cohort) => {
          setAt(cohort, path, control.value);
          change(cohort, control.value);
        }),
    },
    ...values.map((value) =>
      make("option", { value, ...(value === current ? { selected: "" } : {}) }, label(kind, value, path)),
    ),
  );
  return named(name, control);
}

/** A choice that stands for more than one field: `current` is its value, `change(cohort, value)` what another does.
    Where that has to ask first it gives a promise, of `false` where nothing is to be changed. `options` are
    [value, text]. */
export function choose(builder, path, { name, options, current, change }) {
  const control = make(
    "select",
    {
      "data-key": `${keyOf(path)}:choose`,
      onchange: () => builder.edit(control, (cohort) => control.value !== current && change(cohort, control.value)),
    },
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

/** A number, whole unless `step` is `any`; where it may be open, an empty field is null. */
export function numberField(builder, path, { name, absent = 0, least, most, step = 1, mayBeOpen = false }) {
  const control = make("input", {
    type: "number",
    inputmode: step === "any" ? "decimal" : "numeric",
    step,
    min: least,
    max: most,
    "data-key": keyOf(path),
    value: partAt(builder.cohort, path) ?? (mayBeOpen ? null : absent),
    onchange: () => {
      const { valueAsNumber: value, validity } = control;
      const isOpen = Number.isNaN(value) && mayBeOpen && !validity.badInput;
      if (isOpen) builder.edit(control, (cohort) => setAt(cohort, path, null));
      else if (!isNumber(value, { least, most, step })) builder.refuse(control, wanted({ least, most, step }));
      else builder.edit(control, (cohort) => setAt(cohort, path, value));
    },
  });
  return named(name, control);
}

const isNumber = (value, { least = -Infinity, most = Infinity, step }) =>
  (step === "any" ? Number.isFinite(value) : Number.isInteger(value)) && value >= least && value <= most;

function wanted({ least, most, step }) {
  if (most !== undefined) return say("needs_whole_between", { least, most });
  if (least !== undefined) return say("needs_whole", { least });
  return say(step === "any" ? "needs_number" : "needs_any_whole");
}

/** A day; half a date is refused, and none is what `change(cohort, path, undefined)` makes of it. */
export function dateField(builder, path, name, change = setAt) {
  const control = make("input", {
    type: "date",
    "data-key": keyOf(path),
    value: partAt(builder.cohort, path) ?? null,
    onchange: () => {
      if (control.validity.badInput) builder.refuse(control, say("needs_date"));
      else builder.edit(control, (cohort) => change(cohort, path, control.value || undefined));
    },
  });
  return named(name, control);
}

/** A text; `read(typed)` makes the value of it, or undefined, which is refused as `wrong` says. What was not changed is
    never refused. */
export function textField(
  builder,
  path,
  name,
  {
    shown = partAt(builder.cohort, path) ?? "",
    read = (typed) => typed || undefined,
    wrong = "needs_text",
    change,
  } = {},
) {
  const control = make("input", {
    type: "text",
    "data-key": keyOf(path),
    value: shown,
    onchange: () => {
      const value = read(control.value);
      if (control.value === shown) builder.edit(control, () => {});
      else if (value === undefined) builder.refuse(control, say(wrong));
      else builder.edit(control, (cohort) => (change ?? setAt)(cohort, path, value));
    },
  });
  return named(name, control);
}

/** A length of time: a number of at least `least`, and its unit. One that goes back in time stays so. */
export function durationField(builder, path, name, { units = choices.Unit, least = 0 } = {}) {
  const current = partAt(builder.cohort, path) ?? { count: 0 };
  const count = make("input", {
    type: "number",
    inputmode: "numeric",
    min: least,
    "data-key": `${keyOf(path)}/count`,
    value: Math.abs(current.count),
    onchange: () => put(count),
  });
  const unit = make(
    "select",
    { "data-key": `${keyOf(path)}/unit`, "aria-label": say("unit_of", { name }), onchange: () => put(unit) },
    ...units.map((value) =>
      make("option", { value, ...(value === (current.unit ?? "day") ? { selected: "" } : {}) }, label("Unit", value)),
    ),
  );
  const put = (control) => {
    const [value, chosen] = [count.valueAsNumber, unit.value];
    if (!isNumber(value, { least, step: 1 })) builder.refuse(count, wanted({ least, step: 1 }));
    else builder.edit(control, (cohort) => setAt(cohort, path, { count: signAt(cohort, path) * value, unit: chosen }));
  };
  return make("span", { class: "duration" }, named(name, count), unit);
}

/** Whether a length of time goes back, by then: its sign. */
const signAt = (cohort, path) => (partAt(cohort, path)?.count < 0 ? -1 : 1);

/** A small button that changes the tree; `then` is the key of what has the focus afterwards, where that is another. It
    says `what` it does and at which place; one that adds an optional part says what that is to be a part of. */
export function action(builder, path, name, change, { what = name, then, place = path } = {}) {
  const control = make(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-key": `${keyOf(path)}:${what}`,
      "aria-label": nameAt(what, place),
      onclick: () => builder.edit(control, change, { then }),
    },
    name,
  );
  return control;
}

/** Takes a part of a list, or an optional field, away. */
export const remove = (builder, path, what) =>
  action(builder, path, "×", (cohort) => setAt(cohort, path, undefined), { what: say("remove_what", { what }) });

/** A menu that adds something at `path`: `options` are [value, text], `add(cohort, value)` as in `choose`, `then(value)` is the
    key of what has the focus afterwards. */
export function menu(builder, path, name, options, add, then) {
  const control = make(
    "select",
    { class: "add", "data-key": `${keyOf(path)}:add`, "aria-label": nameAt(name, path) },
    make("option", { value: "" }, name),
    ...options.map(([value, text]) => make("option", { value }, text)),
  );
  control.addEventListener("keydown", openFirst);
  control.addEventListener("change", () => {
    const { value } = control;
    control.value = "";
    if (value) builder.edit(control, (cohort) => add(cohort, value), { then: then?.(value) });
  });
  return control;
}

/** An arrow opens a menu that acts on what is chosen; else it would choose the first of it. */
function openFirst(event) {
  if (event.altKey || !["ArrowDown", "ArrowUp"].includes(event.key) || !event.target.showPicker) return;
  event.preventDefault();
  event.target.showPicker();
}
