// What the cohort is counted by, as chips, and a menu of more.

import { make } from "../dom.js";
import { say } from "../words.js";
import { label, menu, numberField, remove } from "./controls.js";
import { groupAt } from "./places.js";
import { searchNames } from "./search.js";
import { addAt } from "./tree.js";
import { pickVariant } from "./variants.js";

const KINDS = {
  sex: async () => ({ kind: "sex" }),
  age: async () => ({ kind: "age", width: 10 }),
  region: async () => ({ kind: "region" }),
  race: async () => ({ kind: "race" }),
  "index year": async () => ({ kind: "index year" }),
  survey: async () => {
    const item = await searchNames("questions");
    return item && { kind: "survey", question: item.question_id };
  },
  genotype: async () => {
    const variant = await pickVariant();
    return variant && { kind: "genotype", variant };
  },
};

export function countBy(builder) {
  const dimensions = builder.cohort.count_by ?? [];
  return make(
    "section",
    { class: "card-of count", ...groupAt(["count_by"]) },
    make("h3", {}, say("count_card")),
    make(
      "div",
      { class: "chips" },
      ...dimensions.map((each, number) => chip(builder, each, number)),
      adding(builder),
    ),
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
    ...(dimension.kind === "age"
      ? [numberField(builder, [...path, "width"], { name: say("years_wide"), least: 1, most: 150 })]
      : []),
    remove(builder, path, label("DimensionKind", dimension.kind)),
  );
}

function adding(builder) {
  const options = Object.keys(KINDS).map((kind) => [kind, label("DimensionKind", kind)]);
  return menu(builder, ["count_by"], say("add_dimension"), options, async (cohort, kind) => {
    const made = await KINDS[kind]();
    return made ? addAt(cohort, ["count_by"], made) : false;
  });
}
