// What a place in the document is called, for who hears the page: of ten buttons that remove something each says from
// where. The groups around a field say it step by step; a button is also met alone, in a list of buttons, and says it all.

import { say } from "../words.js";

const NUMBERED = { lets: "set", rules: "rule", events: "event", censors: "event", windows: "window", variants: "variant" };

/** Steps that are called as the card or clause of theirs is. */
const CALLED = {
  index: "index_card",
  qualify: "qualify_card",
  exit: "end_card",
  exposure: "exposure",
  count_by: "count_card",
  incidence: "incidence_card",
  window: "window",
  ...Object.fromEntries(
    ["source", "spanning", "where", "covering", "having", "trend"].map((clause) => [clause, `clause_${clause}`]),
  ),
};

/** The steps of a path that have a name, from without to within: `rule 2`, `criterion 1`, `window 1`. */
function steps(path) {
  return path.flatMap((step, at) => {
    const within = path[at + 1];
    if (typeof within === "number") return numbered(path, at, step, within + 1);
    if (step === "part") return [say(`place_inner_${kindOf(path, at)}`)];
    if (step === "first" && within !== "name") return sequenced(path, at);
    if (["first", "second"].includes(step) && within === "name") return [say(`${step}_variant`)];
    if (step === "events" && path[at - 1] !== "index") return [say("place_events")];
    return step in CALLED ? [say(CALLED[step])] : [];
  });
}

function numbered(path, at, step, number) {
  if (step === "parts") return [say(`place_${kindOf(path, at)}`, { number })];
  if (step === "steps") return [say("step", { number: number + 1 })];
  if (step === "count_by") return [say(CALLED[step])];
  return step in NUMBERED ? [say(`place_${NUMBERED[step]}`, { number })] : [];
}

/** The first of a sequence; the first day that a clause covers is a field of it. */
const sequenced = (path, at) => (path[at - 1] === "covering" ? [] : [say("step", { number: 1 })]);

/** Parts of a `where` are conditions, other parts criteria. */
function kindOf(path, at) {
  const around = path.slice(0, at);
  return around.lastIndexOf("where") > around.lastIndexOf("having") ? "condition" : "criterion";
}

/** What the group around the controls of a part is called, inside the groups around it; null of the whole. */
export const placeOf = (path) => steps(path).at(-1) ?? null;

/** What a button does, and where. */
export const nameAt = (name, path) => [name, steps(path).join(", ")].filter(Boolean).join(": ");

/** Attributes of the group around the controls of a part. */
export const groupAt = (path) => ({ role: "group", "aria-label": placeOf(path) });
