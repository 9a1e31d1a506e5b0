// Adding a criterion: what kind, and where it needs a name, which one.

import { make } from "../dom.js";
import { say } from "../words.js";
import { questionOf } from "./answers.js";
import { NEW_EVENTS } from "./events.js";
import { searchNames } from "./search.js";
import { partAt, setAt } from "./tree.js";

const AGE = { is: "person test", field: "age at index", test: { is: "compare", operator: ">=", value: 18 } };

/** What a new criterion of each kind says; null where nothing was chosen. */
const KINDS = {
  event: async () => ({ is: "occurrence", events: NEW_EVENTS, windows: [{ upper: { offset: { count: -1 } } }] }),
  age: async () => AGE,
  sex: async () => ({ is: "person in", field: "sex", values: ["female"] }),
  answer: async () => {
    const item = await searchNames("questions");
    if (!item) return null;
    const question = (await questionOf(item.question_id)) ?? item;
    const test = question.options.length
      ? { is: "answer in", values: [question.options[0].answer] }
      : { is: "compare", operator: ">=", value: 1 };
    return { is: "survey", question: item.question_id, test };
  },
  variant: async () => {
    const item = await searchNames("variants");
    const name = item && (item.rsid ?? item.variant ?? item.words?.replace(/^variant "?|"$/g, ""));
    return name ? { is: "carries", variants: { is: "variant by id", kind: name.startsWith("rs") ? "rsid" : "allele", name } } : null;
  },
  gene: async () => {
    const item = await searchNames("genes");
    return item && { is: "carries", variants: { is: "variants where", genes: [item.gene] } };
  },
  score: async () => {
    const item = await searchNames("scores");
    return item && { is: "score test", score: item.score, scale: "percentile", test: { is: "compare", operator: ">=", value: 95 } };
  },
  group: async () => ({ is: "group", kind: "any of", parts: [AGE] }),
};

/** A menu that adds to the list at `path`; `wrap(criterion)` makes a list's item of it. */
export function addCriterion(builder, path, { name = say("add_criterion"), wrap = (criterion) => criterion } = {}) {
  const control = make(
    "select",
    { class: "add", "data-key": `${path.join("/")}:add`, "aria-label": name },
    make("option", { value: "" }, name),
    ...Object.keys(KINDS).map((kind) => make("option", { value: kind }, say(`new_${kind}`))),
  );
  control.addEventListener("change", async () => {
    const kind = control.value;
    control.value = "";
    const made = kind && (await KINDS[kind]());
    if (made) await builder.edit(control, (cohort) => setAt(cohort, path, [...(partAt(cohort, path) ?? []), wrap(made, kind)]));
  });
  return control;
}
