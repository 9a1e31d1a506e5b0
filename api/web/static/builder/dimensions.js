// What the cohort is counted by, as chips, and a menu of more.

import { make } from "../dom.js";
import { say } from "../words.js";
import { label, numberField, remove } from "./controls.js";
import { searchNames } from "./search.js";
import { setAt } from "./tree.js";

const KINDS = {
  sex: async () => ({ kind: "sex" }),
  age: async () => ({ kind: "age", width: 10 }),
  region: async () => ({ kind: "region" }),
  "index year": async () => ({ kind: "index year" }),
  survey: async () => {
    const item = await searchNames("questions");
    return item && { kind: "survey", question: item.question_id };
  },
  genotype: async () => {
    const item = await searchNames("variants");
    const name = item && (item.rsid ?? item.variant);
    return name ? { kind: "genotype", variant: { kind: name.startsWith("rs") ? "rsid" : "allele", name } } : null;
  },
};

export function countBy(builder) {
  const dimensions = builder.cohort.count_by ?? [];
  return make(
    "section",
    { class: "card-of count" },
    make("h3", {}, say("count_card")),
    make("div", { class: "chips" }, ...dimensions.map((each, number) => chip(builder, each, number)), adding(builder, dimensions)),
  );
}

function chip(builder, dimension, number) {
  const path = ["count_by", number];
  const more = dimension.question ?? dimension.variant?.name;
  return make(
    "span",
    { class: "chip" },
    label("DimensionKind", dimension.kind),
    ...(more ? [` ${more}`] : []),
    ...(dimension.kind === "age" ? [numberField(builder, [...path, "width"], { name: say("years_wide"), least: 1 })] : []),
    remove(builder, path, label("DimensionKind", dimension.kind)),
  );
}

function adding(builder, dimensions) {
  const control = make(
    "select",
    { class: "add", "data-key": "count_by:add", "aria-label": say("add_dimension") },
    make("option", { value: "" }, say("add_dimension")),
    ...Object.keys(KINDS).map((kind) => make("option", { value: kind }, label("DimensionKind", kind))),
  );
  control.addEventListener("change", async () => {
    const kind = control.value;
    control.value = "";
    const made = kind && (await KINDS[kind]());
    if (made) await builder.edit(control, (cohort) => setAt(cohort, ["count_by"], [...dimensions, made]));
  });
  return control;
}
