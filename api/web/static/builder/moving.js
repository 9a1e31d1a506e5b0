// Moving a part of a group up and down, as in an outline: past what stands beside it, into a group that stands beside it,
// and out of its own group where that stands in another. A group that is left empty is taken away.

import { say } from "../words.js";
import { action } from "./controls.js";
import { partAt } from "./tree.js";

const SIGNS = { up: "↑", down: "↓" };
const STEPS = { up: -1, down: 1 };

/** Where the part of a group at `path` would land, by the way to go: what `movers` makes buttons of. */
export const movesOf = (cohort, path) =>
  Object.keys(STEPS).flatMap((way) => {
    const to = placeBeside(cohort, path, way);
    return to ? [[way, to.landed]] : [];
  });

export function movers(builder, path, moves) {
  return moves.map(([way, landed]) => {
    const what = say(`move_${way}`, { what: say("criterion") });
    const then = `${landed.join("/")}:${what}`;
    return action(builder, path, SIGNS[way], (cohort) => move(cohort, path, way), { what, then });
  });
}

/** Where a part goes: the list that takes it, the place in that, and the path it has afterwards; null at an end. */
function placeBeside(cohort, path, way) {
  const list = path.slice(0, -1);
  const number = path.at(-1);
  const parts = partAt(cohort, list);
  const beside = number + STEPS[way];
  const other = parts[beside];
  if (other?.is === "group") return intoGroup(list, number, beside, other, way);
  if (other) return { list, at: beside, landed: [...list, beside] };
  return outOf(list, parts.length === 1, way);
}

function intoGroup(list, number, beside, { parts }, way) {
  const at = way === "up" ? parts.length : 0;
  const after = beside > number ? beside - 1 : beside; // what stood before it has gone
  return { list: [...list, beside, "parts"], at, landed: [...list, after, "parts", at] };
}

/** Out of the group whose parts are `list`, where that is itself a part of a group. */
function outOf(list, isLast, way) {
  const [holder, group] = [list.slice(0, -2), list.at(-2)];
  if (holder.at(-1) !== "parts") return null;
  const at = way === "up" ? group : group + 1;
  const gone = isLast && way === "down" ? 1 : 0;
  return { list: holder, at, landed: [...holder, at - gone] };
}

/** Take the part out and put it into the other list; both are found before either changes. False where it is at an end. */
function move(cohort, path, way) {
  const place = placeBeside(cohort, path, way);
  if (!place) return false;
  const { list, at } = place;
  const [from, to] = [path.slice(0, -1), list].map((each) => partAt(cohort, each));
  to.splice(at, 0, ...from.splice(path.at(-1), 1));
  if (!from.length) to.splice(to.findIndex(({ parts }) => parts === from), 1);
  return true;
}
