// Variants: named, or chosen by genes, panels, a region and what is known of them.

import { make } from "../dom.js";
import { fields } from "../language_data.js";
import { say } from "../words.js";
import { optionalCondition } from "./boolean.js";
import { wordChips } from "./chips.js";
import { action, choose, label, remove, textField } from "./controls.js";
import { groupAt } from "./places.js";
import { rangeFields } from "./ranges.js";
import { searchButton, searchNames } from "./search.js";
import { partAt, setAt } from "./tree.js";

const RARE = { is: "compare", operator: "<", value: 0.01 };
const LOSS_OF_FUNCTION = { is: "variant in", field: "lof", values: ["HC"] };
const REGION = /^\s*(?:chr)?([\w.]+):([\d,]+)-([\d,]+)\s*$/i;

/** Words that are often meant; any other may be typed. */
const KNOWN = {
  consequence: [
    "stop_gained",
    "frameshift_variant",
    "splice_acceptor_variant",
    "splice_donor_variant",
    "missense_variant",
    "synonymous_variant",
  ],
  lof: ["HC", "LC"],
  clinvar: ["pathogenic", "likely_pathogenic", "uncertain_significance", "likely_benign", "benign"],
  filter: ["PASS"],
};

const VARIANT_WHERE = {
  all: "variant all",
  any: "variant any",
  not: "variant not",
  fresh: () => LOSS_OF_FUNCTION,
  card: conditionCard,
};

const nameOf = (item) => item.rsid ?? item.variant ?? /^variant (?:hgvs )?"?(.*?)"?$/.exec(item.words)?.[1];

/** A variant's name as somebody chose it in the dictionary, or null; the server knows its kind. */
export async function pickVariant() {
  const item = await searchNames("variants");
  const name = item && nameOf(item);
  return name ? { kind: "rsid", name } : null;
}

/** The variants that are named one by one; none where they are chosen by what is known of them. */
export function namesOf(variants) {
  if (variants.is === "variant by id") return [{ kind: variants.kind, name: variants.name }];
  return variants.variants ?? [];
}

/** Which variants a criterion is about. */
export function variantsCard(builder, path) {
  const variants = partAt(builder.cohort, path);
  const isNamed = variants.is !== "variants where";
  return make(
    "div",
    { class: "variants" },
    choose(builder, path, {
      name: say("variants"),
      options: [
        ["named", say("variants_named")],
        ["where", say("variants_where")],
      ],
      current: isNamed ? "named" : "where",
      change: (cohort, value) => turn(cohort, path, value),
    }),
    isNamed ? names(builder, path, variants) : chosen(builder, path),
  );
}

async function turn(cohort, path, value) {
  if (value === "where") return setAt(cohort, path, { is: "variants where", where: LOSS_OF_FUNCTION });
  const name = await pickVariant();
  return name ? setAt(cohort, path, { is: "variant by id", ...name }) : false;
}

/** One name, or a list of them. */
function names(builder, path, variants) {
  const isOne = variants.is === "variant by id";
  const listed = namesOf(variants);
  const add = async (cohort) => {
    const name = await pickVariant();
    const before = namesOf(partAt(cohort, path));
    return name ? setAt(cohort, path, { is: "variant list", variants: [...before, name] }) : false;
  };
  const field = ({ name }, number) => {
    const at = isOne ? path : [...path, "variants", number];
    return make(
      "span",
      { class: "named", ...groupAt(at) },
      ...variantName(builder, at),
      listed.length > 1 ? remove(builder, at, name) : null,
    );
  };
  return make("div", { class: "row" }, ...listed.map(field), action(builder, path, say("add_variant"), add));
}

/** The name of a variant in any spelling, or found; the server gives it the language's own. */
export function variantName(builder, path, name = say("variant")) {
  const at = [...path, "name"];
  const put = (cohort, item) => (nameOf(item) ? setAt(cohort, at, nameOf(item)) : false);
  return [textField(builder, at, name), searchButton(builder, at, "variants", put)];
}

function chosen(builder, path) {
  return make(
    "div",
    {},
    wordChips(builder, [...path, "genes"], { name: say("genes"), find: "genes", nameOf: (item) => item.gene }),
    wordChips(builder, [...path, "panels"], { name: say("panels"), find: "panels", nameOf: (item) => item.panel }),
    make("div", { class: "row" }, regionField(builder, [...path, "region"])),
    optionalCondition(builder, [...path, "where"], VARIANT_WHERE, {
      name: say("variant_conditions"),
      add: say("add_variant_condition"),
    }),
  );
}

/** `19:11089463-11133820`; empty is anywhere. */
function regionField(builder, path) {
  const region = partAt(builder.cohort, path);
  return textField(builder, path, say("region"), {
    shown: region ? `${region.contig}:${region.start}-${region.end}` : "",
    read: (typed) => (typed.trim() ? regionOf(typed) : null),
    wrong: "needs_region",
  });
}

function regionOf(typed) {
  const [, contig, ...ends] = REGION.exec(typed) ?? [];
  if (!contig) return undefined;
  const [start, end] = ends.map((each) => Number(each.replaceAll(",", "")));
  return { contig, start, end };
}

function conditionCard(builder, path) {
  const part = partAt(builder.cohort, path);
  return make(
    "div",
    { class: "row" },
    choose(builder, path, {
      name: say("field"),
      options: Object.keys(fields.kinds.variant).map((field) => [field, label("VariantField", field)]),
      current: part.field,
      change: (cohort, value) => setAt(cohort, path, about(value, partAt(cohort, path))),
    }),
    part.is === "variant test"
      ? rangeFields(builder, [...path, "test"])
      : wordChips(builder, [...path, "values"], { name: say("is_one_of"), least: 1, known: KNOWN[part.field] }),
  );
}

function about(field, part) {
  if (fields.kinds.variant[field] === "number") return { is: "variant test", field, test: part.test ?? RARE };
  return { is: "variant in", field, values: [KNOWN[field][0]] };
}
