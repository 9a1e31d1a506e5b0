// Windows of time: fields for both bounds, and a small timeline of what they mean around the index event.

import { draw, make } from "../dom.js";
import { choices } from "../language_data.js";
import { say } from "../words.js";
import { action, choose, durationField, label, remove, select } from "./controls.js";
import { partAt, setAt } from "./tree.js";

const DAYS = { day: 1, week: 7, month: 30.44, year: 365.25 };
const WIDTH = 320;
const INDEX = { start: 150, end: 174 };
const OBSERVATION = { start: 8, end: WIDTH - 8 };
const FURTHEST = 20 * 365;
const A_DAY_BEFORE = { upper: { offset: { count: -1 } } };

/** All windows of an occurrence, `path` being the list's. */
export function windowList(builder, path) {
  const windows = partAt(builder.cohort, path) ?? [];
  return make(
    "div",
    { class: "windows" },
    ...windows.map((_, number) => windowCard(builder, [...path, number])),
    action(builder, path, say("add_window"), (cohort) => setAt(cohort, path, [...windows, A_DAY_BEFORE])),
  );
}

/** One window; a survey has at most one, which `path` names. */
export function windowCard(builder, path) {
  const window = partAt(builder.cohort, path);
  return make(
    "fieldset",
    { class: "window" },
    make("legend", {}, say("window")),
    timeline(window, path),
    make(
      "div",
      { class: "row" },
      select(builder, [...path, "edge"], { name: say("window_edge"), kind: "Edge", absent: "start" }),
      bound(builder, [...path, "lower"], say("window_from"), -1),
      bound(builder, [...path, "upper"], say("window_to"), 1),
    ),
    remove(builder, path, say("window")),
  );
}

const ANCHOR = { field: "anchor", kind: "Anchor", name: say("anchor") };

/** One end of a window: open, or a day counted from its anchor. */
const bound = (builder, path, name, side) =>
  offsetFields(builder, path, { name, from: ANCHOR, open: say(`bound_open_${side}`) });

/** A day: so long before or after another, or on it. `from` is the field of the tree that says which other; `absent` is
    what a day that is not there means, unless it may be `open`. */
export function offsetFields(builder, path, { name, from, absent, open }) {
  const current = partAt(builder.cohort, path) ?? absent;
  const { count = 0, unit = "day" } = current?.offset ?? {};
  const shape = !current ? "open" : count < 0 ? "before" : count > 0 ? "after" : "on";
  const moved = (sign) => ({ count: sign * Math.abs(count || 1), unit });
  const offsets = { before: moved(-1), on: { count: 0 }, after: moved(1) };
  const shapes = [
    ...(open ? [["open", open]] : []),
    ...Object.keys(offsets).map((value) => [value, say(`bound_${value}`)]),
  ];
  return make(
    "span",
    { class: "bound" },
    choose(builder, path, {
      name,
      options: shapes,
      current: shape,
      change: (cohort, value) =>
        setAt(cohort, path, value === "open" ? undefined : { ...current, offset: offsets[value] }),
    }),
    count ? durationField(builder, [...path, "offset"], say("length"), { sign: Math.sign(count) }) : null,
    current
      ? select(builder, [...path, from.field], {
          name: from.name,
          kind: from.kind,
          absent: absent?.[from.field] ?? "start",
        })
      : null,
  );
}

/** Where a bound lies on the drawing; far days are drawn closer together than near ones. */
function place(bound) {
  const days = bound.offset.count * DAYS[bound.offset.unit ?? "day"];
  const anchor = bound.anchor ?? "start";
  const origin = {
    start: INDEX.start,
    end: INDEX.end,
    "observation start": OBSERVATION.start,
    "observation end": OBSERVATION.end,
  }[anchor];
  const room = INDEX.start - OBSERVATION.start - 6;
  const shift = Math.sign(days) * room * (Math.log1p(Math.abs(days)) / Math.log1p(FURTHEST));
  return Math.max(2, Math.min(WIDTH - 2, origin + shift));
}

function timeline(window, path) {
  const left = window.lower ? place(window.lower) : 0;
  const right = window.upper ? place(window.upper) : WIDTH;
  const meaning = say("window_meaning", {
    edge: label("Edge", window.edge ?? "start"),
    from: boundText(window.lower, -1, path),
    to: boundText(window.upper, 1, path),
  });
  const bar = [Math.min(left, right), Math.max(left, right)];
  return draw(
    "svg",
    { class: "timeline", viewBox: `0 0 ${WIDTH} 46`, role: "img", "aria-label": meaning },
    draw("rect", { class: "reach", x: bar[0], y: 8, width: Math.max(3, bar[1] - bar[0]), height: 18, rx: 2 }),
    draw("line", { class: "time", x1: 0, x2: WIDTH, y1: 26, y2: 26 }),
    ...[OBSERVATION.start, OBSERVATION.end].map((x) =>
      draw("line", { class: "observed", x1: x, x2: x, y1: 20, y2: 32 }),
    ),
    draw("rect", { class: "index", x: INDEX.start, y: 21, width: INDEX.end - INDEX.start, height: 10, rx: 2 }),
    ...(window.lower
      ? [draw("line", { class: "end", x1: left, x2: left, y1: 5, y2: 29 })]
      : [draw("path", { class: "open", d: "M8 12 L2 17 L8 22" })]),
    ...(window.upper
      ? [draw("line", { class: "end", x1: right, x2: right, y1: 5, y2: 29 })]
      : [draw("path", { class: "open", d: `M${WIDTH - 8} 12 L${WIDTH - 2} 17 L${WIDTH - 8} 22` })]),
    draw(
      "text",
      { class: "name", x: (INDEX.start + INDEX.end) / 2, y: 43, "text-anchor": "middle" },
      say(path.includes("having") ? "that_event" : "index_event"),
    ),
    draw("text", { class: "name", x: 2, y: 43 }, say("before")),
    draw("text", { class: "name", x: WIDTH - 2, y: 43, "text-anchor": "end" }, say("after")),
  );
}

function boundText(bound, side, path) {
  if (!bound) return say(`bound_open_${side}`);
  const anchor = label("Anchor", bound.anchor ?? choices.Anchor[0], path);
  const { count, unit = "day" } = bound.offset;
  if (count === 0) return say("bound_text_on", { anchor });
  const values = { count: Math.abs(count), unit: label("Unit", unit), anchor };
  return say(count < 0 ? "bound_text_before" : "bound_text_after", values);
}
