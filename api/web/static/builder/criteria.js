// Criteria: groups of criteria, events, persons, variants, answers. One without a picture is its text.

import { make } from "../dom.js";
import { say } from "../words.js";
import { addCriterion } from "./add_criterion.js";
import { answersField } from "./answers.js";
import { action, checkbox, choose, dateField, label, numberField, remove, select, textField } from "./controls.js";
import { eventCard } from "./events.js";
import { editButton, textCard } from "./text_card.js";
import { partAt, setAt } from "./tree.js";
import { windowCard, windowList } from "./windows.js";

const COUNTED = ["at least", "at most", "exactly"];
const SEXES = ["female", "male"];

/** A criterion with what can be done to any: group it, turn it round, edit it as text, and `removal` where it may go. */
export function criterionCard(builder, path, { removal = [] } = {}) {
  const criterion = partAt(builder.cohort, path);
  return make(
    "div",
    { class: `criterion ${criterion.is.replaceAll(" ", "-")}` },
    body(builder, path, criterion),
    make(
      "div",
      { class: "row acts" },
      ...(criterion.is === "group" ? [] : [wrap(builder, path, say("put_in_group"), (part) => ({ is: "group", kind: "all of", parts: [part] }))]),
      ...(criterion.is === "not" ? [unwrap(builder, path, say("undo_not"))] : [wrap(builder, path, say("turn_round"), (part) => ({ is: "not", part }))]),
      ...(isDrawn(criterion) ? [editButton(builder, path, { brackets: true })] : []),
      ...removal,
    ),
  );
}

const isDrawn = (criterion) => body_of[criterion.is] !== undefined;

function body(builder, path, criterion) {
  const drawn = body_of[criterion.is];
  return drawn ? drawn(builder, path, criterion) : textCard(builder, path, { brackets: true });
}

const body_of = {
  group: (builder, path, group) =>
    make(
      "fieldset",
      { class: "group" },
      make("legend", {}, label("GroupKind", group.kind)),
      make(
        "div",
        { class: "row" },
        select(builder, [...path, "kind"], { name: say("group_kind"), kind: "GroupKind" }),
        ...(COUNTED.includes(group.kind) ? [numberField(builder, [...path, "number"], { name: say("number"), least: 0 })] : []),
      ),
      make(
        "ul",
        { class: "parts" },
        ...group.parts.map((_, number) => {
          const at = [...path, "parts", number];
          return make("li", { class: "part" }, criterionCard(builder, at, { removal: [remove(builder, at, say("criterion"))] }));
        }),
        make("li", {}, addCriterion(builder, [...path, "parts"])),
      ),
    ),
  not: (builder, path) => make("fieldset", { class: "group" }, make("legend", {}, say("not")), criterionCard(builder, [...path, "part"])),
  unknown: (builder, path) => make("fieldset", { class: "group" }, make("legend", {}, say("unknown")), criterionCard(builder, [...path, "part"])),
  occurrence: (builder, path, occurrence) =>
    make(
      "div",
      {},
      make(
        "div",
        { class: "row" },
        select(builder, [...path, "count", "operator"], { name: say("how_often"), kind: "CountOperator", absent: "at least" }),
        numberField(builder, [...path, "count", "number"], { name: say("number"), absent: 1, least: 0 }),
        ...(occurrence.count?.distinct ? [make("span", { class: "chip" }, say("distinct", { what: label("Distinct", occurrence.count.distinct) }))] : []),
      ),
      eventCard(builder, [...path, "events"]),
      windowList(builder, [...path, "windows"]),
      make(
        "div",
        { class: "row" },
        checkbox(builder, [...path, "same_visit"], say("same_visit")),
        checkbox(builder, [...path, "ignoring_observation"], say("ignoring_observation")),
      ),
    ),
  "person test": (builder, path, { field }) =>
    make("div", { class: "row" }, make("span", { class: "lead" }, label("PersonField", field)), rangeFields(builder, [...path, "test"])),
  "person in": (builder, path, { field, values }) =>
    make(
      "div",
      { class: "row" },
      make("span", { class: "lead" }, label("PersonField", field)),
      ...(field === "sex" && values.length === 1
        ? [select(builder, [...path, "values", 0], { name: say("is"), kind: "sex", values: SEXES })]
        : values.map((value, number) => make("span", { class: "chip" }, value, ...(values.length > 1 ? [remove(builder, [...path, "values", number], value)] : [])))),
    ),
  survey: (builder, path, survey) =>
    make(
      "div",
      {},
      ...(survey.test.is === "answer in"
        ? [answersField(builder, [...path, "test", "values"], survey.question)]
        : [
            make("div", { class: "row" }, make("span", { class: "chip" }, survey.question), ...(survey.test.is === "unanswered" ? [say("unanswered")] : [rangeFields(builder, [...path, "test"])])),
          ]),
      ...(survey.window ? [windowCard(builder, [...path, "window"])] : []),
    ),
  carries: (builder, path, carries) => (carries.variants.is === "variant by id" ? variant(builder, path) : textCard(builder, path, { brackets: true })),
  "score test": (builder, path) =>
    make(
      "div",
      { class: "row" },
      textField(builder, [...path, "score"], say("score")),
      select(builder, [...path, "scale"], { name: say("scale"), kind: "ScoreScale", absent: "value" }),
      rangeFields(builder, [...path, "test"]),
    ),
};

const variant = (builder, path) =>
  make(
    "div",
    { class: "row" },
    select(builder, [...path, "zygosity"], { name: say("zygosity"), kind: "Zygosity", absent: "any" }),
    textField(builder, [...path, "variants", "name"], say("variant")),
  );

/** A comparison or a range, of numbers or of dates. */
function rangeFields(builder, path) {
  const test = partAt(builder.cohort, path);
  const ends = test.is === "compare" ? ["value"] : ["low", "high"];
  const isDate = ends.some((end) => typeof test[end] === "string");
  const field = (end, name) =>
    isDate
      ? dateField(builder, [...path, end], name, (cohort, at, value) => setAt(cohort, at, value ?? null))
      : numberField(builder, [...path, end], { name, step: "any", mayBeOpen: end !== "value" });
  const values = [test.value, test.low, test.high].filter((value) => value !== undefined && value !== null);
  const between = () => (test.is === "between" ? test : { is: "between", low: values[0] ?? null, high: values[0] ?? null });
  const change = (cohort, value) =>
    setAt(cohort, path, value === "between" ? between() : { is: "compare", operator: value, value: values[0] });
  return make(
    "span",
    { class: "row" },
    choose(builder, path, {
      name: say("compared"),
      options: [...["<", "<=", "=", "!=", ">=", ">"].map((sign) => [sign, label("Comparator", sign)]), ["between", say("between")]],
      current: test.is === "compare" ? test.operator : "between",
      change,
    }),
    ...ends.map((end) => field(end, say(`end_${end}`))),
  );
}

const wrap = (builder, path, name, around) =>
  action(builder, path, name, (cohort) => setAt(cohort, path, around(partAt(cohort, path))), { what: name });

const unwrap = (builder, path, name) =>
  action(builder, path, name, (cohort) => setAt(cohort, path, partAt(cohort, [...path, "part"])), { what: name });
