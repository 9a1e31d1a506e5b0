// Adding a criterion: what kind, and where it needs a name, which one.

import { say } from "../words.js";
import { pickQuestion } from "./answers.js";
import { menu } from "./controls.js";
import { NEW_EVENTS } from "./events.js";
import { newPerson } from "./persons.js";
import { searchNames } from "./search.js";
import { addAt, partAt } from "./tree.js";
import { pickVariant } from "./variants.js";

const BEFORE_INDEX = [{ upper: { offset: { count: -1 } } }];
const LOSS_OF_FUNCTION = { is: "variant in", field: "lof", values: ["HC"] };

/** The criterion that `about(item)` makes of what somebody chose in a dictionary; null where nothing was. */
const found = (kind, about) => async () => {
  const item = await searchNames(kind);
  return item && about(item);
};

const inGene = (more) =>
  found("genes", ({ gene }) => ({
    ...more,
    variants: { is: "variants where", genes: [gene], where: LOSS_OF_FUNCTION },
  }));

/** What a new criterion of each kind says; null where nothing was chosen. */
const KINDS = {
  event: async () => ({ is: "occurrence", events: NEW_EVENTS, windows: BEFORE_INDEX }),
  age: async () => newPerson("age at index"),
  sex: async () => newPerson("sex"),
  answer: async () => {
    const asked = await pickQuestion();
    return asked && { is: "survey", ...asked };
  },
  variant: async () => {
    const name = await pickVariant();
    return name && { is: "carries", variants: { is: "variant by id", ...name } };
  },
  gene: found("genes", ({ gene }) => ({ is: "carries", variants: { is: "variants where", genes: [gene] } })),
  panel: found("panels", ({ panel }) => ({
    is: "carries",
    variants: { is: "variants where", panels: [panel], where: LOSS_OF_FUNCTION },
  })),
  burden: inGene({ is: "burden", number: 2 }),
  biallelic: inGene({ is: "paired variants", kind: "biallelic" }),
  score: found("scores", ({ score }) => ({
    is: "score test",
    score,
    scale: "percentile",
    test: { is: "compare", operator: ">=", value: 95 },
  })),
  group: async () => ({ is: "group", kind: "any of", parts: [newPerson("age at index")] }),
};

/** A menu that adds to the list at `path`, and goes there; `wrap(criterion, kind)` makes a list's item of it. */
export function addCriterion(builder, path, { name = say("add_criterion"), wrap = (criterion) => criterion } = {}) {
  const options = Object.keys(KINDS).map((kind) => [kind, say(`new_${kind}`)]);
  const add = async (cohort, kind) => {
    const made = await KINDS[kind]();
    return made ? addAt(cohort, path, wrap(made, kind)) : false;
  };
  const place = () => [...path, (partAt(builder.cohort, path) ?? []).length].join("/");
  return menu(builder, path, name, options, add, place);
}
