// An end of a window is moved by pointer, by touch, or by keys. The drawing and the fields follow at once, the document
// a moment later, and as long as an end is held its card is not made anew. One drag is undone at once, and so are keys
// that follow each other.

import { FURTHEST, daysOf, offset, offsetAt, placeOf } from "./scale.js";
import { placeUnder } from "./timeline.js";

const MOMENT = 150;
/** Milliseconds without a key after which the next one begins another step of the history. */
const REST = 1000;
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30 };
const OUTSIDE = 4;
const SIDES = { lower: -1, upper: 1 };

/** Let an end be moved. `window()` is what is shown, `show(end, bound)` shows another bound, and `change(cohort, bound)`
    puts it into the document. */
export function slide(builder, element, { end, window, show, change }) {
  const sending = new Sending(builder, element, change);
  let gesture = null;
  const to = (bound) => {
    if (JSON.stringify(bound) === JSON.stringify(window()[end])) return;
    show(end, bound);
    sending.later(bound, gesture);
  };
  let grabbed = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.focus();
    element.setPointerCapture(event.pointerId);
    grabbed = placeUnder(event, element.ownerSVGElement) - placeOf(window()[end], SIDES[end]);
    gesture = { began: Date.now() };
    builder.keyed = null;
    sending.isHeld = true;
  });
  element.addEventListener("pointermove", (event) => {
    if (grabbed !== null) to(dragged(window(), end, placeUnder(event, element.ownerSVGElement) - grabbed));
  });
  element.addEventListener("lostpointercapture", () => {
    grabbed = null;
    sending.isHeld = false;
    sending.finish();
  });
  element.addEventListener("keydown", (event) => {
    const bound = stepped(window(), end, event.key);
    if (bound === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    gesture = ofKeys(builder, element.dataset.key, event);
    to(bound);
  });
}

/** The gesture of a key: that of the keys before it at the same end, where it is held or came without a rest. It
    outlives the drawing. */
function ofKeys(builder, key, { timeStamp: now, repeat }) {
  const before = builder.keyed;
  const goesOn = before?.key === key && (repeat || now - before.now < REST);
  builder.keyed = { key, now, gesture: goesOn ? before.gesture : { began: Date.now() } };
  return builder.keyed.gesture;
}

/** Tells the document of a bound at most once a moment, and of the last one always. */
class Sending {
  constructor(builder, element, change) {
    Object.assign(this, { builder, element, change, isHeld: false, timer: 0, underWay: 0 });
  }

  later(bound, gesture) {
    Object.assign(this, { bound, gesture });
    this.builder.isHeld = true;
    this.timer ||= setTimeout(() => this.send(), MOMENT);
  }

  async send() {
    this.timer = 0;
    const { bound, gesture } = this;
    this.underWay += 1;
    this.isDone = await this.builder.edit(this.element, (cohort) => this.change(cohort, bound), { gesture });
    this.underWay -= 1;
    this.finish();
  }

  /** Where nothing is held nor waits any more, the cards follow; a refusal stays beside the drawing. */
  finish() {
    if (this.isHeld || this.timer || this.underWay || !this.builder.isHeld) return;
    this.builder.isHeld = false;
    if (this.isDone) this.builder.draw(this.element);
  }
}

/** The bound of an end dragged to `x`; past the edge of the drawing it is open. */
function dragged(window, end, x) {
  const side = SIDES[end];
  if (side * (x - placeOf(undefined, side)) > OUTSIDE) return undefined;
  const bound = window[end] ?? {};
  return within(window, end, { ...bound, offset: offsetAt(x, bound) });
}

/** The bound that a key moves an end to; null for other keys. */
function stepped(window, end, key) {
  const { least, most } = limits(window, end);
  const side = SIDES[end];
  const bound = window[end] ?? {};
  const days = window[end] ? daysOf(bound) : side * FURTHEST;
  const wanted = { Home: least, End: most }[key] ?? (key in KEYS ? days + KEYS[key] : null);
  if (wanted === null) return null;
  if (side < 0 ? wanted <= least : wanted >= most) return undefined;
  return within(window, end, { ...bound, offset: offset(wanted) });
}

/** The least and most days of an end; the outer one of them stands for open. */
export function limits(window, end) {
  const days = window[end] ? daysOf(window[end]) : 0;
  return { least: Math.min(-FURTHEST, days - 1), most: Math.max(FURTHEST, days + 1) };
}

/** Where both ends are counted from the same day, the first does not pass the last. */
function within(window, end, bound) {
  const other = window[end === "lower" ? "upper" : "lower"];
  const isSame = other && (other.anchor ?? "start") === (bound.anchor ?? "start");
  const isPast = isSame && SIDES[end] * (daysOf(bound) - daysOf(other)) < 0;
  return isPast ? { ...bound, offset: other.offset } : bound;
}
