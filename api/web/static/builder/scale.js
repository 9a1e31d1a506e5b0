// Where a day lies on the drawing of a window: far days are drawn closer together than near ones.

const DAYS = { day: 1, week: 7, month: 30.44, year: 365.25 };
const ROOM = 136;
/** In days: what is further away is drawn at the edge, and reached as a number. */
export const FURTHEST = 20 * 365;
/** Up to how many days a dragged end is counted in which unit: one such is then about a pixel. */
const STEPS = [
  [30, "day"],
  [182, "week"],
  [730, "month"],
  [Infinity, "year"],
];

export const WIDTH = 320;
export const INDEX = { start: 150, end: 174 };
export const OBSERVATION = { start: 8, end: WIDTH - 8 };

/** How many days before (negative) or after its anchor a bound lies. */
export const daysOf = ({ offset: { count, unit = "day" } }) => Math.round(count * DAYS[unit]);

const originOf = ({ anchor = "start" }) =>
  ({
    start: INDEX.start,
    end: INDEX.end,
    "observation start": OBSERVATION.start,
    "observation end": OBSERVATION.end,
  })[anchor];

/** Where a bound is drawn; an open one at the end of its `side`, which is -1 or 1. */
export function placeOf(bound, side) {
  if (!bound) return side < 0 ? 0 : WIDTH;
  const days = daysOf(bound);
  const shift = Math.sign(days) * ROOM * (Math.log1p(Math.abs(days)) / Math.log1p(FURTHEST));
  return Math.max(2, Math.min(WIDTH - 2, originOf(bound) + shift));
}

/** The offset from its anchor that a bound has at `x`, in the unit that fits how far away it is. */
export function offsetAt(x, bound) {
  const shift = Math.max(-ROOM, Math.min(ROOM, x - originOf(bound)));
  const days = Math.expm1((Math.abs(shift) / ROOM) * Math.log1p(FURTHEST));
  const [, unit] = STEPS.find(([most]) => days <= most);
  return offset(Math.sign(shift) * Math.round(days / DAYS[unit]), unit);
}

export const offset = (count, unit = "day") => (count ? { count, unit } : { count: 0 });
