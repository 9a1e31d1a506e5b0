// The document's cards, in the order the language writes them.

import { make } from "../dom.js";
import { say } from "../words.js";
import { addCriterion } from "./add_criterion.js";
import { conceptChips } from "./concepts.js";
import { action, choose, dateField, durationField, lead, numberField, remove, select, textField } from "./controls.js";
import { criterionCard } from "./criteria.js";
import { countBy } from "./dimensions.js";
import { NEW_EVENTS, eventCard, eventList } from "./events.js";
import { newPerson } from "./persons.js";
import { placeOf } from "./places.js";
import { addAt, renameSet, setAt } from "./tree.js";

/** The cards in order; those that say what they said in the last drawing are its elements. */
export function documentCards(builder) {
  const { name, mode, lets, index: first, qualify: second, exit, keep, join_within, study_period } = builder.cohort;
  const kept = (path, said, draw) => builder.kept.card([path], said ?? null, () => draw(builder));
  return [
    kept("name", [name, mode], head),
    kept("lets", lets, sets),
    kept("index", first, index),
    kept("qualify", second, qualify),
    ...rules(builder),
    kept("rules", null, addRule),
    kept("exit", [exit, keep, join_within, study_period], ends),
    kept("count_by", builder.cohort.count_by, countBy),
    kept("incidence", builder.cohort.incidence, incidence),
  ];
}

const card = (kind, title, ...parts) => namedCard(kind, title, title, ...parts);

/** A card that who hears the page knows by more than its title. */
const namedCard = (kind, title, name, ...parts) =>
  make("section", { class: `card-of ${kind}`, role: "group", "aria-label": name }, make("h3", {}, title), ...parts);

const head = (builder) =>
  card(
    "head",
    say("document_card"),
    make(
      "div",
      { class: "row" },
      textField(builder, ["name"], say("name")),
      select(builder, ["mode"], { name: say("mode"), kind: "Mode", absent: "corrected" }),
    ),
  );

function sets(builder) {
  const lets = builder.cohort.lets ?? [];
  const add = (cohort) => addAt(cohort, ["lets"], { name: freeSet(cohort.lets ?? []), concepts: { included: [] } });
  return card(
    "sets",
    say("concept_sets"),
    ...lets.map((each, number) => builder.kept.card(["lets", number], each, () => setRow(builder, each, number))),
    action(builder, ["lets"], say("add_set"), add, { then: `lets/${lets.length}` }),
  );
}

/** `set_3` and so on: a name that no set has yet. */
function freeSet(lets) {
  const taken = lets.map(({ name }) => name);
  let number = lets.length + 1;
  while (taken.includes(`set_${number}`)) number += 1;
  return `set_${number}`;
}

const setRow = (builder, { name }, number) =>
  make(
    "div",
    { class: "set", role: "group", "aria-label": `${placeOf(["lets", number])}, ${name}` },
    textField(builder, ["lets", number, "name"], say("set_name"), {
      change: (cohort, _, wanted) => renameSet(cohort, number, wanted),
    }),
    conceptChips(builder, ["lets", number, "concepts"], { mayBeAbsent: false }),
    remove(builder, ["lets", number], name),
  );

function index(builder) {
  const { events } = builder.cohort.index;
  const isEveryone = !Array.isArray(events);
  const change = (cohort) => {
    setAt(cohort, ["index", "events"], isEveryone ? [NEW_EVENTS] : { is: "everyone" });
    delete cohort.index.pick; // there is but one of everyone
  };
  return card(
    "index",
    say("index_card"),
    make(
      "div",
      { class: "row" },
      choose(builder, ["index", "events"], {
        name: say("starts_with"),
        options: ["events", "everyone"].map((value) => [value, say(`index_${value}`)]),
        current: isEveryone ? "everyone" : "events",
        change,
      }),
      ...(isEveryone
        ? [dateField(builder, ["index", "events", "on"], say("on_day"))]
        : [select(builder, ["index", "pick"], { name: say("pick"), kind: "Pick", absent: "all" })]),
    ),
    ...(isEveryone ? [] : [eventList(builder, ["index", "events"], { least: 1 })]),
    make(
      "div",
      { class: "row" },
      durationField(builder, ["index", "observed_before"], say("observed_before")),
      durationField(builder, ["index", "observed_after"], say("observed_after")),
    ),
  );
}

function qualify(builder) {
  const path = ["qualify"];
  const fresh = () => ({ criterion: newPerson("age at index") });
  if (!builder.cohort.qualify)
    return action(builder, path, say("add_qualify"), (cohort) => setAt(cohort, path, fresh()), { place: [] });
  return card(
    "qualify",
    say("qualify_card"),
    make(
      "div",
      { class: "row" },
      select(builder, ["qualify", "pick"], { name: say("pick"), kind: "Pick", absent: "all" }),
      remove(builder, path, say("qualify_card")),
    ),
    criterionCard(builder, ["qualify", "criterion"]),
  );
}

function rules(builder) {
  const all = builder.cohort.rules ?? [];
  return all.map((rule, number) => {
    const isLast = number === all.length - 1;
    return builder.kept.card(["rules", number], [rule, isLast], () => ruleCard(builder, rule, number));
  });
}

function ruleCard(builder, rule, number) {
  const path = ["rules", number];
  const last = builder.cohort.rules.length - 1;
  const title = say(`${rule.kind}_card`, { number: number + 1 });
  return namedCard(
    rule.kind,
    title,
    `${title}, ${rule.name}`,
    make(
      "div",
      { class: "row" },
      select(builder, [...path, "kind"], { name: say("rule_kind"), kind: "RuleKind" }),
      textField(builder, [...path, "name"], say("name")),
      ...(number > 0 ? [move(builder, number, number - 1, "↑", say("move_up", { what: rule.name }))] : []),
      ...(number < last ? [move(builder, number, number + 1, "↓", say("move_down", { what: rule.name }))] : []),
      remove(builder, path, rule.name),
    ),
    criterionCard(builder, [...path, "criterion"]),
  );
}

const move = (builder, from, to, sign, what) =>
  action(builder, ["rules", from], sign, (cohort) => cohort.rules.splice(to, 0, ...cohort.rules.splice(from, 1)), {
    what,
    then: `rules/${to}:${what}`,
  });

const addRule = (builder) =>
  make(
    "div",
    { class: "row add-rule" },
    ...["include", "exclude"].map((kind) =>
      addCriterion(builder, ["rules"], {
        name: say(`add_${kind}`),
        wrap: (criterion, what) => ({ kind, name: freeName(builder, say(`new_${what}`)), criterion }),
      }),
    ),
  );

/** A name that no rule has yet: two of one name are refused. */
function freeName(builder, wanted) {
  const taken = new Set((builder.cohort.rules ?? []).map((rule) => rule.name));
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted} ${number}`;
  return name;
}

function ends(builder) {
  const exit = builder.cohort.exit ?? {};
  const shape = !exit.offset ? "open" : exit.offset.count < 0 ? "before" : "after";
  return card(
    "end",
    say("end_card"),
    make("div", { class: "row" }, select(builder, ["keep"], { name: say("keep"), kind: "Keep", absent: "all" })),
    make(
      "div",
      { class: "row" },
      choose(builder, ["exit", "offset"], {
        name: say("entry_ends"),
        options: ["open", "after", "before"].map((value) => [value, say(`end_${value}`)]),
        current: shape,
        change: turnEnd,
      }),
      ...(exit.offset
        ? [
            durationField(builder, ["exit", "offset"], say("length")),
            select(builder, ["exit", "anchor"], { name: say("after_what"), kind: "Edge", absent: "start" }),
          ]
        : []),
    ),
    exposure(builder),
    lead(say("or_at")),
    eventList(builder, ["exit", "censors"]),
    make(
      "div",
      { class: "row" },
      numberField(builder, ["join_within"], { name: say("join_within"), least: 0 }),
      period(builder, "first", say("study_from")),
      period(builder, "last", say("study_to")),
    ),
  );
}

/** Let an entry end so long after its own day or before it, or with the observation. */
function turnEnd(cohort, value) {
  const { count, unit = "day" } = cohort.exit?.offset ?? { count: 1, unit: "year" };
  const offset = { count: (value === "before" ? -1 : 1) * Math.abs(count), unit };
  setAt(cohort, ["exit", "offset"], value === "open" ? undefined : offset);
}

/** The end of an exposure to some drugs, in days. */
function exposure(builder) {
  const path = ["exit", "exposure"];
  const { exposure: present } = builder.cohort.exit ?? {};
  if (!present)
    return action(
      builder,
      path,
      say("add_exposure"),
      (cohort) => setAt(cohort, path, { concepts: { included: [] }, gap: 30 }),
      { place: ["exit"] },
    );
  return make(
    "fieldset",
    { class: "clause" },
    make("legend", {}, say("exposure")),
    conceptChips(builder, [...path, "concepts"], { mayBeAbsent: false }),
    make(
      "div",
      { class: "row" },
      numberField(builder, [...path, "gap"], { name: say("exposure_gap"), least: 0 }),
      numberField(builder, [...path, "offset"], { name: say("exposure_offset"), least: 0 }),
      numberField(builder, [...path, "supply"], { name: say("exposure_supply"), least: 0, mayBeOpen: true }),
    ),
    remove(builder, path, say("exposure")),
  );
}

/** A study period without either day is none. */
function period(builder, end, name) {
  return dateField(builder, ["study_period", end], name, (cohort, path, value) => {
    setAt(cohort, path, value);
    if (!cohort.study_period.first && !cohort.study_period.last) delete cohort.study_period;
  });
}

function incidence(builder) {
  const path = ["incidence"];
  const first = { outcome: { ...NEW_EVENTS, ordinal: {} }, per: "year" };
  if (!builder.cohort.incidence)
    return action(builder, path, say("add_incidence"), (cohort) => setAt(cohort, path, first), { place: [] });
  return card(
    "incidence",
    say("incidence_card"),
    make(
      "div",
      { class: "row" },
      select(builder, [...path, "per"], { name: say("incidence_per"), kind: "Per", values: ["year", "month"] }),
      remove(builder, path, say("incidence_card")),
    ),
    eventCard(builder, [...path, "outcome"]),
  );
}
