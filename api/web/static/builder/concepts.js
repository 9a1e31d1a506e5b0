// Concept sets as chips: each concept, code or name of a set, whether its descendants belong to it, and a way to add.

import { make } from "../dom.js";
import { say } from "../words.js";
import { action, remove } from "./controls.js";
import { nameAt } from "./places.js";
import { searchNames } from "./search.js";
import { partAt, setAt } from "./tree.js";

/** `path` is the concept set's; `mayBeAbsent` sets go away with their last chip. */
export function conceptChips(builder, path, { mayBeAbsent = true } = {}) {
  const concepts = partAt(builder.cohort, path) ?? { included: [] };
  const chips = (side) =>
    (concepts[side] ?? []).map((item, number) => chip(builder, path, side, number, item, mayBeAbsent));
  const isNone = partAt(builder.cohort, path) && !concepts.included.length;
  return make(
    "div",
    { class: "chips" },
    ...chips("included"),
    isNone
      ? make("span", { class: "chip" }, say("none"), mayBeAbsent ? remove(builder, path, say("none")) : null)
      : null,
    addButton(builder, path, "included", say("add_concept")),
    concepts.excluded?.length ? make("span", { class: "but" }, say("but_not")) : null,
    ...chips("excluded"),
    partAt(builder.cohort, path) ? addButton(builder, path, "excluded", say("add_excluded")) : null,
  );
}

function chip(builder, path, side, number, item, mayBeAbsent) {
  const at = [...path, side, number];
  const name = nameOf(item);
  const isNamed = item.is === "concept set name";
  return make(
    "span",
    { class: "chip" },
    name,
    isNamed ? null : flag(builder, [...at, "descendants"], say("with_descendants"), name),
    isNamed ? null : flag(builder, [...at, "mapped"], say("mapped"), name),
    removal(builder, path, at, name, mayBeAbsent && side === "included"),
  );
}

/** Takes a concept away, and where it is the last by then and `goes`, its set. */
function removal(builder, path, at, name, goes) {
  const change = (cohort) => {
    const isLast = goes && partAt(cohort, at.slice(0, -1)).length === 1;
    setAt(cohort, isLast ? path : at, undefined);
  };
  return action(builder, at, "×", change, { what: say("remove_what", { what: name }) });
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

function addButton(builder, path, side, name) {
  const control = make(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-key": `${path.join("/")}:${side === "included" ? "add" : side}`,
      "aria-label": nameAt(name, path),
      onclick: () => pick(builder, control, path, side),
    },
    name,
  );
  return control;
}

async function pick(builder, control, path, side) {
  const item = await searchNames("concepts", namedSets(builder, path));
  if (!item) return;
  await builder.edit(control, (cohort) => {
    const present = partAt(cohort, path) ?? { included: [] };
    setAt(cohort, path, { ...present, [side]: [...(present[side] ?? []), written(item)] });
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
