// Events of every kind: of one domain, made of others, answers of a survey, entries of another cohort.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { answersCard, pickQuestion } from "./answers.js";
import { clauses } from "./clauses.js";
import { erasCard, gapsCard, sequenceCard } from "./composites.js";
import { conceptChips } from "./concepts.js";
import { action, checkbox, choose, lead, numberField, remove, select, textField } from "./controls.js";
import { groupAt } from "./places.js";
import { editButton } from "./text_card.js";
import { addAt, partAt, setAt } from "./tree.js";

const ORDINALS = {
  every: undefined,
  first: {},
  last: { from_end: true },
  first_ever: { ever: true },
  last_ever: { from_end: true, ever: true },
};

export const NEW_EVENTS = { is: "event query", domain: "condition" };

/** Every kind of events: what it makes of a query, and how it is drawn. */
const KINDS = {
  "event query": { of: (query) => query, draw: queryCard },
  eras: { of: (events) => ({ events, gap: { count: 30 } }), draw: erasCard },
  gaps: { of: (events) => ({ events, at_least: { count: 60 } }), draw: gapsCard },
  sequence: {
    of: (first) => ({ first, steps: [{ events: { domain: "drug" }, within: { count: 30 } }] }),
    draw: sequenceCard,
  },
  answers: { of: pickQuestion, draw: (builder, path) => answersCard(builder, path, { any: undefined }) },
  "cohort events": {
    of: () => ({ name: say("some_cohort") }),
    draw: (builder, path) => textField(builder, [...path, "name"], say("cohort_name")),
  },
};

/** `path` names events of any kind. */
export function eventCard(builder, path) {
  const events = partAt(builder.cohort, path);
  return make(
    "div",
    { class: "events", ...groupAt(path) },
    make(
      "div",
      { class: "row" },
      ...ordinal(builder, path),
      choose(builder, [...path, "is"], {
        name: say("events_kind"),
        options: Object.keys(KINDS).map((kind) => [kind, say(`events_${kind}`)]),
        current: events.is,
        change: (cohort, kind) => turn(cohort, path, kind),
      }),
      editButton(builder, path),
    ),
    ...[KINDS[events.is].draw(builder, path)].flat(),
  );
}

/** The same query as another kind of events; false where a question was wanted and none chosen. */
async function turn(cohort, path, kind) {
  const events = partAt(cohort, path);
  const made = await KINDS[kind].of(queryOf(events));
  const order = events.ordinal ? { ordinal: events.ordinal } : {};
  return made ? setAt(cohort, path, { is: kind, ...made, ...order }) : false;
}

/** The events of one domain that events are, or are first made of. */
function queryOf({ is, ordinal: _, ...events }) {
  return is === "event query" ? events : (events.events ?? events.first ?? { domain: NEW_EVENTS.domain });
}

/** A list of events, such as those that start an entry. */
export function eventList(builder, path, { least = 0 } = {}) {
  const list = partAt(builder.cohort, path) ?? [];
  return make(
    "ul",
    { class: "parts" },
    ...list.map((_, number) => {
      const at = [...path, number];
      return make(
        "li",
        { class: "part" },
        eventCard(builder, at),
        list.length > least ? remove(builder, at, say("event")) : null,
      );
    }),
    make(
      "li",
      {},
      action(builder, path, say("add_event"), (cohort) => addAt(cohort, path, NEW_EVENTS), {
        then: [...path, list.length].join("/"),
      }),
    ),
  );
}

/** The parts of events of one domain, which also stand inside eras, gaps and sequences. */
export function queryCard(builder, path) {
  return [
    make(
      "div",
      { class: "row" },
      select(builder, [...path, "domain"], { name: say("domain"), kind: "Domain", values: choices.Domain }),
      lead(say("in_concepts")),
      conceptChips(builder, [...path, "concepts"]),
    ),
    ...clauses(builder, path),
  ];
}

/** Which of a person's events; for those without a name, its number, and from where and before what it is counted. */
function ordinal(builder, path) {
  const at = [...path, "ordinal"];
  const current = partAt(builder.cohort, at);
  const same = (other) => JSON.stringify([other.position ?? 1, Boolean(other.from_end), Boolean(other.ever)]);
  const found = current
    ? Object.keys(ORDINALS).find((name) => ORDINALS[name] && same(ORDINALS[name]) === same(current))
    : "every";
  const menu = choose(builder, at, {
    name: say("which"),
    options: [...Object.keys(ORDINALS), "other"].map((name) => [name, say(`ordinal_${name}`)]),
    current: found ?? "other",
    change: (cohort, value) =>
      setAt(cohort, at, value === "other" ? { ...partAt(cohort, at), position: 2 } : ORDINALS[value]),
  });
  if (found) return [menu];
  return [
    menu,
    numberField(builder, [...at, "position"], { name: say("position"), absent: 1, least: 1 }),
    checkbox(builder, [...at, "from_end"], say("from_end")),
    checkbox(builder, [...at, "ever"], say("counted_ever")),
  ];
}
