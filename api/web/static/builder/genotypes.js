// Criteria on a person's genotypes: what is carried, how many, on which copies; and scores.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { choose, numberField, select, textField } from "./controls.js";
import { rangeFields } from "./ranges.js";
import { searchButton } from "./search.js";
import { partAt, setAt } from "./tree.js";
import { namesOf, pickVariant, variantName, variantsCard } from "./variants.js";

const MOST_BURDEN = 16;

/** What may be asked of variants: the fields that say so, beside the variants themselves. */
const ASKED = {
  carries: { is: "carries" },
  no_call: { is: "no call" },
  ...Object.fromEntries(choices.BurdenUnit.map((unit) => [`burden_${unit}`, { is: "burden", number: 2, unit }])),
  ...Object.fromEntries(choices.PairKind.map((kind) => [`pair_${kind}`, { is: "paired variants", kind }])),
  ...Object.fromEntries(choices.Phase.map((phase) => [`phase_${phase}`, { is: "phased variants", phase }])),
};

const askedOf = (criterion) =>
  Object.keys(ASKED).find((name) => isAsked(ASKED[name], { unit: "variants", ...criterion }));

const isAsked = ({ number, ...asked }, criterion) =>
  Object.entries(asked).every(([field, value]) => criterion[field] === value);

export function genotypeCard(builder, path) {
  const criterion = partAt(builder.cohort, path);
  return make(
    "div",
    {},
    make(
      "div",
      { class: "row" },
      choose(builder, [...path, "is"], {
        name: say("asked_of_variants"),
        options: Object.keys(ASKED).map((name) => [name, say(`asked_${name}`)]),
        current: askedOf(criterion),
        change: (cohort, value) => turn(cohort, path, value),
      }),
      criterion.is === "carries"
        ? select(builder, [...path, "zygosity"], { name: say("zygosity"), kind: "Zygosity", absent: "any" })
        : null,
      criterion.is === "burden"
        ? numberField(builder, [...path, "number"], { name: say("number_n"), least: 1, most: MOST_BURDEN })
        : null,
    ),
    criterion.is === "phased variants" ? pair(builder, path) : variantsCard(builder, [...path, "variants"]),
  );
}

const pair = (builder, path) =>
  make(
    "div",
    { class: "row" },
    ...variantName(builder, [...path, "first"], say("first_variant")),
    ...variantName(builder, [...path, "second"], say("second_variant")),
  );

/** Ask something else of the same variants; of two copies two names are needed, and searched where they are missing. */
async function turn(cohort, path, value) {
  const asked = ASKED[value];
  const criterion = partAt(cohort, path);
  if (asked.is !== "phased variants")
    return setAt(cohort, path, { ...asked, ...numberOf(asked, criterion), variants: variantsOf(criterion) });
  if (criterion.is === asked.is) return setAt(cohort, [...path, "phase"], asked.phase);
  const names = namesOf(criterion.variants).slice(0, 2);
  while (names.length < 2) {
    const name = await pickVariant();
    if (!name) return false;
    names.push(name);
  }
  return setAt(cohort, path, { ...asked, first: names[0], second: names[1] });
}

const numberOf = (asked, criterion) => (asked.number && criterion.number ? { number: criterion.number } : {});

const variantsOf = ({ variants, first, second }) => variants ?? { is: "variant list", variants: [first, second] };

export const scoreCard = (builder, path) =>
  make(
    "div",
    { class: "row" },
    textField(builder, [...path, "score"], say("score")),
    searchButton(builder, [...path, "score"], "scores", (cohort, item) =>
      setAt(cohort, [...path, "score"], item.score),
    ),
    select(builder, [...path, "scale"], { name: say("scale"), kind: "ScoreScale", absent: "value" }),
    rangeFields(builder, [...path, "test"]),
  );
