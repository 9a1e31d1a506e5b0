// Concept sets as chips: each concept, code or name of a set, whether its descendants belong to it, and a way to add.

import { make } from "../dom.js";
import { say } from "../words.js";
import { action, remove } from "./controls.js";
import { searchNames } from "./search.js";
import { partAt, setAt } from "./tree.js";

/** `path` is the concept set's; `mayBeAbsent` sets go away with their last chip. */
export function conceptChips(builder, path, { mayBeAbsent = true } = {}) {
  const concepts = partAt(builder.cohort, path) ?? { included: [] };
  const chips = (side) => (concepts[side] ?? []).map((item, number) => chip(builder, path, side, number, item, mayBeAbsent));
  const isNone = mayBeAbsent && partAt(builder.cohort, path) && !concepts.included.length;
  return make(
    "div",
    { class: "chips" },
    ...chips("included"),
    ...(isNone ? [make("span", { class: "chip" }, say("none"), remove(builder, path, say("none")))] : []),
    ...(concepts.excluded?.length ? [make("span", { class: "but" }, say("but_not")), ...chips("excluded")] : []),
    addButton(builder, path),
  );
}

function chip(builder, path, side, number, item, mayBeAbsent) {
  const at = [...path, side, number];
  const name = nameOf(item);
  const isLast = mayBeAbsent && partAt(builder.cohort, [...path, side]).length === 1 && side === "included";
  return make(
    "span",
    { class: "chip" },
    name,
    ...(item.is === "concept set name" ? [] : [flag(builder, [...at, "descendants"], say("with_descendants"), name)]),
    ...(item.mapped ? [make("small", {}, say("mapped"))] : []),
    remove(builder, isLast ? path : at, name),
  );
}

function flag(builder, path, name, of) {
  const isOn = Boolean(partAt(builder.cohort, path));
  const control = action(builder, path, name, (cohort) => setAt(cohort, path, !isOn), { what: `${name}: ${of}` });
  control.setAttribute("aria-pressed", isOn);
  control.classList.add("flag");
  return control;
}

export function nameOf(item) {
  if (item.is === "concept set name") return item.name;
  if (item.is === "concept by code") return `${item.vocabulary} ${item.code}`;
  return item.label ? `${item.label} (${item.concept_id})` : String(item.concept_id);
}

function addButton(builder, path) {
  const control = make(
    "button",
    { type: "button", class: "quiet", "data-key": `${path.join("/")}:add`, onclick: () => pick(builder, control, path) },
    say("add_concept"),
  );
  return control;
}

async function pick(builder, control, path) {
  const item = await searchNames("concepts", namedSets(builder, path));
  if (!item) return;
  await builder.edit(control, (cohort) => {
    const present = partAt(cohort, path) ?? { included: [] };
    setAt(cohort, path, { ...present, included: [...present.included, written(item)] });
  });
}

/** The sets that `let` has named before this place, which can be taken as they are. */
function namedSets(builder, path) {
  const lets = builder.cohort.lets ?? [];
  const before = path[0] === "lets" ? lets.slice(0, path[1]) : lets;
  return before.map((each) => ({ name: each.name, more: say("named_set"), item: { set: each.name } }));
}

function written(item) {
  if (item.set) return { is: "concept set name", name: item.set };
  if (!item.standard) return { is: "concept by code", vocabulary: item.vocabulary, code: item.code, descendants: true };
  return { is: "concept by id", concept_id: item.concept_id, label: item.name, descendants: true };
}
