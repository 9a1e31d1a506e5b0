// Windows of time: fields for both bounds, and a small timeline of what they mean around the index event.

import { make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { action, choose, durationField, label, remove, select } from "./controls.js";
import { groupAt } from "./places.js";
import { FURTHEST, daysOf } from "./scale.js";
import { limits, slide } from "./sliding.js";
import { grip, timeline } from "./timeline.js";
import { addAt, partAt, setAt } from "./tree.js";

const A_DAY_BEFORE = { upper: { offset: { count: -1 } } };
const SIGNS = { before: -1, on: 0, after: 1 };
const ENDS = [
  ["lower", -1],
  ["upper", 1],
];

/** All windows of an occurrence, `path` being the list's. */
export function windowList(builder, path) {
  const windows = partAt(builder.cohort, path) ?? [];
  return make(
    "div",
    { class: "windows" },
    ...windows.map((_, number) => windowCard(builder, [...path, number])),
    action(builder, path, say("add_window"), (cohort) => addAt(cohort, path, A_DAY_BEFORE)),
  );
}

/** One window; a survey has at most one, which `path` names. */
export function windowCard(builder, path) {
  const row = make("div", { class: "row" }, ...fields(builder, path));
  return make(
    "fieldset",
    { class: "window", ...groupAt(path) },
    make("legend", {}, say("window")),
    slidingTimeline(builder, path, row),
    row,
    remove(builder, path, say("window")),
  );
}

const fields = (builder, path) => [
  select(builder, [...path, "edge"], { name: say("window_edge"), kind: "Edge", absent: "start" }),
  bound(builder, [...path, "lower"], say("window_from"), -1),
  bound(builder, [...path, "upper"], say("window_to"), 1),
];

/** The drawing of the window; while an end of it is moved, the fields in `row` tell what it will say. */
function slidingTimeline(builder, path, row) {
  let window = partAt(builder.cohort, path);
  const grips = ENDS.map(([end, side]) =>
    grip(side, { "aria-label": say(`window_${end}`), "data-key": `${[...path, end].join("/")}:grip` }),
  );
  const { drawing, show } = timeline(grips, say(path.includes("having") ? "that_event" : "index_event"));
  const follow = () => {
    show(window, meaningOf(window, path));
    ENDS.forEach(([end, side], number) => tell(grips[number], window, end, boundText(window[end], side, path), side));
  };
  const put = (end, bound) => {
    window = { ...window, [end]: bound };
    row.replaceChildren(...fields(withPart(builder, path, window), path));
    follow();
  };
  ENDS.forEach(([end], number) =>
    slide(builder, grips[number], {
      end,
      window: () => window,
      show: put,
      change: (cohort, bound) => setAt(cohort, [...path, end], bound),
    }),
  );
  follow();
  return drawing;
}

/** What fields need of the builder, with another part at `path`. */
function withPart(builder, path, part) {
  const cohort = structuredClone(builder.cohort);
  setAt(cohort, path, part);
  return { cohort, edit: (...more) => builder.edit(...more), refuse: (...more) => builder.refuse(...more) };
}

/** Say where an end is, to who hears the page too. */
function tell(element, window, end, text, side) {
  const { least, most } = limits(window, end);
  const now = window[end] ? daysOf(window[end]) : side * FURTHEST;
  const said = { "aria-valuemin": least, "aria-valuemax": most, "aria-valuenow": now, "aria-valuetext": text };
  Object.entries(said).forEach(([name, value]) => element.setAttribute(name, value));
  element.classList.toggle("is-open", !window[end]);
}

const meaningOf = (window, path) =>
  say("window_meaning", {
    edge: label("Edge", window.edge ?? "start"),
    from: boundText(window.lower, -1, path),
    to: boundText(window.upper, 1, path),
  });

const ANCHOR = { field: "anchor", kind: "Anchor", name: say("anchor") };

/** One end of a window: open, or a day counted from its anchor. */
const bound = (builder, path, name, side) =>
  offsetFields(builder, path, { name, from: ANCHOR, open: say(`bound_open_${side}`) });

/** A day: so long before or after another, or on it. `from` is the field of the tree that says which other; `absent` is
    what a day that is not there means, unless it may be `open`; one that is there and says no other day is from a start. */
export function offsetFields(builder, path, { name, from, absent, open }) {
  const said = partAt(builder.cohort, path);
  const current = said ?? absent;
  const { count = 0 } = current?.offset ?? {};
  const shape = !current ? "open" : count < 0 ? "before" : count > 0 ? "after" : "on";
  const shapes = [
    ...(open ? [["open", open]] : []),
    ...Object.keys(SIGNS).map((value) => [value, say(`bound_${value}`)]),
  ];
  return make(
    "span",
    { class: "bound", role: "group", "aria-label": name },
    choose(builder, path, {
      name,
      options: shapes,
      current: shape,
      change: (cohort, value) => {
        const now = partAt(cohort, path) ?? absent;
        setAt(cohort, path, value === "open" ? undefined : { ...now, offset: moved(now?.offset, SIGNS[value]) });
      },
    }),
    count ? durationField(builder, [...path, "offset"], say("length")) : null,
    current
      ? select(builder, [...path, from.field], {
          name: from.name,
          kind: from.kind,
          absent: said ? "start" : current[from.field],
        })
      : null,
  );
}

/** The same length of time to another side, or none. */
const moved = ({ count, unit = "day" } = {}, sign) =>
  sign ? { count: sign * Math.abs(count || 1), unit } : { count: 0 };

function boundText(bound, side, path) {
  if (!bound) return say(`bound_open_${side}`);
  const anchor = label("Anchor", bound.anchor ?? choices.Anchor[0], path);
  const { count, unit = "day" } = bound.offset;
  if (count === 0) return say("bound_text_on", { anchor });
  const values = { count: Math.abs(count), unit: label("Unit", unit), anchor };
  return say(count < 0 ? "bound_text_before" : "bound_text_after", values);
}
