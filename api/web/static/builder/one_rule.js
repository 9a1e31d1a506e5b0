// A change of one rule is written by itself, so that in a long document it costs what a short one costs: the server writes
// a document that has this rule alone, and what it wrote takes the place of the rule in the text. The other rules stay
// as somebody typed them.

import { slice } from "../positions.js";
import { post } from "../session.js";

/** The answer of the server to `cohort`, in which one rule differs from what `before` answered; null where the whole
    has to be asked, or the server refuses: it knows best what to say of the whole. */
export async function withRuleAlone(before, cohort) {
  const number = changedRule(before.cohort.cohort, cohort);
  if (number === null) return null;
  const document = { ...before.cohort, cohort: { ...cohort, rules: [cohort.rules[number]] } };
  const alone = await post("/v1/cohorts/tree", { cohort: document }).catch(() => null);
  return alone && put(before, cohort, number, alone);
}

/** The one rule that differs, where it alone can be wrong: it has no more parts than before, since the size of a document
    is checked over all of it, and its name is not another's. */
function changedRule(before, after) {
  const { rules: old = [], ...rest } = before;
  const { rules = [], ...others } = after;
  if (old.length !== rules.length || !isSame(rest, others)) return null;
  const changed = rules.flatMap((rule, number) => (isSame(rule, old[number]) ? [] : [number]));
  if (changed.length !== 1) return null;
  const [number] = changed;
  const isNamed = rules.every(({ name }, other) => other === number || name !== rules[number].name);
  return isNamed && partsOf(rules[number]) <= partsOf(old[number]) ? number : null;
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** How many objects and lists a value is made of. */
const partsOf = (value) =>
  value && typeof value === "object" ? Object.values(value).reduce((sum, part) => sum + partsOf(part), 1) : 0;

function put(before, cohort, number, alone) {
  const at = `/rules/${number}`;
  const old = before.places[at];
  const found = alone.places["/rules/0"];
  const growth = found.end - found.start - (old.end - old.start);
  const later = (place) => (place >= old.end ? place + growth : place);
  const within = (place, rule) => place === rule || place.startsWith(`${rule}/`);
  const others = Object.entries(before.places)
    .filter(([place]) => !within(place, at))
    .map(([place, { start, end }]) => [place, { start: later(start), end: later(end) }]);
  const own = Object.entries(alone.places)
    .filter(([place]) => within(place, "/rules/0"))
    .map(([place, { start, end }]) => [
      at + place.slice("/rules/0".length),
      { start: start - found.start + old.start, end: end - found.start + old.start },
    ]);
  const all = [...before.text];
  const text = [...all.slice(0, old.start), slice(alone.text, found), ...all.slice(old.end)].join("");
  const rules = cohort.rules.with(number, alone.cohort.cohort.rules[0]);
  return {
    ...before,
    text,
    cohort: { ...before.cohort, cohort: { ...cohort, rules } },
    places: Object.fromEntries([...others, ...own]),
  };
}
