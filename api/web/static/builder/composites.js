// Events made of others: eras, gaps between them, and sequences, with a small drawing of the order.

import { draw, make } from "../dom.js";
import { say } from "../words.js";
import { action, choose, durationField, label, remove } from "./controls.js";
import { queryCard } from "./events.js";
import { groupAt } from "./places.js";
import { addAt, partAt, setAt } from "./tree.js";

const IN_DAYS = ["day", "week"];
const A_MONTH = { count: 30 };
const STEP = 90;
const HEIGHT = 40;

/** Events that are joined where they are close. */
export function erasCard(builder, path) {
  return [
    durationField(builder, [...path, "gap"], say("era_gap"), { units: IN_DAYS }),
    inner(builder, [...path, "events"], say("era_of")),
  ];
}

/** The days between events, where there are enough. */
export function gapsCard(builder, path) {
  const length = durationField(builder, [...path, "at_least"], say("gap_length"), { units: IN_DAYS, least: 1 });
  return [length, inner(builder, [...path, "events"], say("gap_in"))];
}

const inner = (builder, path, name) =>
  make("fieldset", { class: "clause" }, make("legend", {}, name), ...queryCard(builder, path));

/** Events that follow one another. */
export function sequenceCard(builder, path) {
  const { first, steps } = partAt(builder.cohort, path);
  const at = [...path, "steps"];
  const add = (cohort) =>
    addAt(cohort, at, { events: { domain: partAt(cohort, at).at(-1).events.domain }, within: A_MONTH });
  return make(
    "div",
    {},
    drawing(first, steps),
    make(
      "ol",
      { class: "parts" },
      make("li", { class: "part" }, make("div", groupAt([...path, "first"]), ...queryCard(builder, [...path, "first"]))),
      ...steps.map((_, number) => step(builder, [...at, number], { isOnly: steps.length === 1, number })),
    ),
    action(builder, at, say("add_step"), add),
  );
}

function step(builder, path, { isOnly, number }) {
  const within = [...path, "within"];
  const current = partAt(builder.cohort, within);
  const times = make(
    "div",
    { class: "row" },
    choose(builder, within, {
      name: say("then"),
      options: ["any", "within"].map((value) => [value, say(`step_${value}`)]),
      current: current ? "within" : "any",
      change: (cohort, value) => setAt(cohort, within, value === "within" ? A_MONTH : null),
    }),
    current ? durationField(builder, within, say("length"), { least: 1 }) : null,
    isOnly ? null : remove(builder, path, say("step", { number: number + 2 })),
  );
  return make(
    "li",
    { class: "part" },
    make("div", groupAt(path), times, ...queryCard(builder, [...path, "events"])),
  );
}

/** The events in a row, and what lies between each and the next; a dashed line is any time. */
function drawing(first, steps) {
  const width = STEP * (steps.length + 1);
  const names = [first, ...steps.map((each) => each.events)].map((query) => label("Domain", query.domain));
  const times = steps.map(({ within }) =>
    within ? say("at_most_time", { count: within.count, unit: label("Unit", within.unit ?? "day") }) : say("any_time"),
  );
  const meaning = names.map((name, number) => (number ? `${times[number - 1]} → ${name}` : name)).join(" → ");
  const centre = (number) => STEP * (number + 0.5);
  return draw(
    "svg",
    {
      class: "timeline sequence",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: "img",
      "aria-label": meaning,
    },
    ...steps.flatMap(({ within }, number) => [
      draw("line", { class: within ? "end" : "observed", x1: centre(number), x2: centre(number + 1), y1: 20, y2: 20 }),
      draw("text", { class: "name", x: centre(number + 0.5), y: 12, "text-anchor": "middle" }, times[number]),
    ]),
    ...names.flatMap((name, number) => [
      draw("circle", { class: "index", cx: centre(number), cy: 20, r: 5 }),
      draw("text", { class: "name", x: centre(number), y: 37, "text-anchor": "middle" }, name),
    ]),
  );
}
