// Events: of which domain, which concepts, which of a person's. What is rarer than that is shown as its text.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { answersField } from "./answers.js";
import { conceptChips } from "./concepts.js";
import { action, choose, remove, select } from "./controls.js";
import { editButton, textCard } from "./text_card.js";
import { partAt, setAt } from "./tree.js";

const ORDINALS = { every: undefined, first: {}, last: { from_end: true }, first_ever: { ever: true }, last_ever: { from_end: true, ever: true } };

export const NEW_EVENTS = { is: "event query", domain: "condition" };

/** `path` names events of any kind. */
export function eventCard(builder, path) {
  const events = partAt(builder.cohort, path);
  switch (events.is) {
    case "event query":
      return eventQuery(builder, path, events);
    case "answers":
      return make(
        "div",
        { class: "events" },
        ordinal(builder, path),
        make("span", { class: "chip" }, say("answer_to", { question: events.question })),
        ...(events.test?.is === "answer in" ? [answersField(builder, [...path, "test", "values"], events.question)] : []),
        editButton(builder, path),
      );
    default:
      return textCard(builder, path);
  }
}

/** A list of events, such as those that start an entry. */
export function eventList(builder, path, { least = 0 } = {}) {
  const list = partAt(builder.cohort, path) ?? [];
  return make(
    "ul",
    { class: "parts" },
    ...list.map((_, number) => {
      const at = [...path, number];
      return make("li", { class: "part" }, eventCard(builder, at), ...(list.length > least ? [remove(builder, at, say("event"))] : []));
    }),
    make("li", {}, action(builder, path, say("add_event"), (cohort) => setAt(cohort, path, [...list, NEW_EVENTS]))),
  );
}

function eventQuery(builder, path, events) {
  const rest = ["spanning", "covering", "having", "trend", "source"].filter((field) => field in events);
  return make(
    "div",
    { class: "events" },
    make(
      "div",
      { class: "row" },
      ordinal(builder, path),
      select(builder, [...path, "domain"], { name: say("domain"), kind: "Domain", values: choices.Domain }),
      ...(rest.length ? [] : [editButton(builder, path)]),
    ),
    make("div", { class: "row" }, make("span", { class: "lead" }, say("in_concepts")), conceptChips(builder, [...path, "concepts"])),
    where(builder, path, events),
    ...(rest.length ? [make("div", { class: "row" }, make("span", { class: "lead" }, say("and_more")), textCard(builder, path))] : []),
  );
}

/** The conditions on the event itself, as text: they are short, and the editor of the text has their words. */
function where(builder, path, events) {
  const at = [...path, "where"];
  if (!events.where)
    return action(builder, at, say("add_where"), (cohort) =>
      setAt(cohort, at, { is: "field test", field: "age", test: { is: "compare", operator: ">=", value: 18 } }),
    );
  return make(
    "div",
    { class: "row" },
    make("span", { class: "lead" }, say("where")),
    textCard(builder, at, { brackets: true }),
    remove(builder, at, say("where")),
  );
}

function ordinal(builder, path) {
  const at = [...path, "ordinal"];
  const current = partAt(builder.cohort, at);
  const same = (other) => JSON.stringify([other?.position ?? 1, Boolean(other?.from_end), Boolean(other?.ever)]);
  const found = Object.entries(ORDINALS).find(([name, each]) => (name === "every" ? !current : current && each && same(each) === same(current)));
  const names = Object.keys(ORDINALS).filter((name) => name !== "first_ever" && name !== "last_ever" || partAt(builder.cohort, path).is === "event query");
  const options = names.map((name) => [name, say(`ordinal_${name}`)]);
  if (!found) options.push(["other", say("ordinal_other", { position: current.position ?? 1 })]);
  return choose(builder, at, {
    name: say("which"),
    options,
    current: found?.[0] ?? "other",
    change: (cohort, value) => value !== "other" && setAt(cohort, at, ORDINALS[value]),
  });
}
