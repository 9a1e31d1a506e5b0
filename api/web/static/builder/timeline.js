// The drawing of a window of time around the index event. Its two ends are grips.

import { draw } from "../dom.js";
import { say } from "../words.js";
import { INDEX, OBSERVATION, WIDTH, placeOf } from "./scale.js";

const MARGIN = 14;
const HEIGHT = 46;
const GRIP = 28;

/** The drawing, in which `grips` are those of the lower and the upper bound; `show(window, meaning)` draws a window. */
export function timeline(grips, centre) {
  const reach = draw("rect", { class: "reach", y: 8, height: 18, rx: 2 });
  const drawing = draw(
    "svg",
    { class: "timeline", viewBox: `${-MARGIN} 0 ${WIDTH + 2 * MARGIN} ${HEIGHT}`, role: "group" },
    reach,
    draw("line", { class: "time", x1: 0, x2: WIDTH, y1: 26, y2: 26 }),
    ...[OBSERVATION.start, OBSERVATION.end].map((x) =>
      draw("line", { class: "observed", x1: x, x2: x, y1: 20, y2: 32 }),
    ),
    draw("rect", { class: "index", x: INDEX.start, y: 21, width: INDEX.end - INDEX.start, height: 10, rx: 2 }),
    name(centre, (INDEX.start + INDEX.end) / 2, "middle"),
    name(say("before"), 2, "start"),
    name(say("after"), WIDTH - 2, "end"),
    ...grips,
  );
  const show = (window, meaning) => {
    const places = [placeOf(window.lower, -1), placeOf(window.upper, 1)];
    const [left, right] = [Math.min(...places), Math.max(...places)];
    set(reach, { x: left, width: Math.max(3, right - left) });
    set(drawing, { "aria-label": meaning });
    grips.forEach((grip, number) => put(grip, places[number], number ? 1 : -1));
  };
  return { drawing, show };
}

const name = (text, x, anchor) => draw("text", { class: "name", x, y: 43, "text-anchor": anchor }, text);

const set = (element, attributes) =>
  Object.entries(attributes).forEach(([attribute, value]) => element.setAttribute(attribute, value));

/** What an end is taken by: a line with a tab that points away from the window, so that two at one day lie apart. */
export function grip(side, attributes) {
  const tab = `M0 9 h${side * 7} a3 3 0 0 ${side < 0 ? 0 : 1} ${side * 3} 3 v10 a3 3 0 0 ${side < 0 ? 0 : 1} ${-side * 3} 3 h${-side * 7} z`;
  return draw(
    "g",
    { class: "grip", role: "slider", tabindex: 0, ...attributes },
    draw("rect", { class: "around", y: 0, width: GRIP, height: 40 }),
    draw("path", { class: "tab", d: tab }),
    draw("line", { class: "end", x1: 0, x2: 0, y1: 5, y2: 29 }),
    draw("path", { class: "open", d: `M${side * 3} 13 L${side * 7} 17 L${side * 3} 21` }),
  );
}

/** A grip at `x`; what of it can be taken stays within the drawing. */
function put(element, x, side) {
  const [from, to] = [-MARGIN - x, WIDTH + MARGIN - GRIP - x];
  const around = side < 0 ? Math.max(from, 4 - GRIP) : Math.min(to, -4);
  element.setAttribute("transform", `translate(${x})`);
  element.querySelector(".around").setAttribute("x", around);
}

/** Where on the drawing a pointer is. */
export function placeUnder(event, drawing) {
  const { left, width } = drawing.getBoundingClientRect();
  return ((event.clientX - left) / width) * (WIDTH + 2 * MARGIN) - MARGIN;
}
