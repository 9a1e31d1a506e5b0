// What running will take: the size of the question against the tier's limits, when the answer comes, and its price.

import { untilThere } from "./away.js";
import { byId, make } from "./dom.js";
import { get } from "./session.js";
import { number, say } from "./words.js";

let rules = null;
let prices = null;
let budget = null;
let found = null;

/** Learn the rules of the caller's tier; prices follow from the policy alone. */
export async function learnRules(answer) {
  budget = answer;
  const learn = () => Promise.all([get("/v1/policy"), get("/v1/precision", { size: 100 })]);
  const [policy, expected] = await untilThere(learn, () => {});
  rules = policy.tiers.find((each) => each.tier === budget.tier);
  prices = expected.tiers.find((each) => each.tier === budget.tier);
  draw();
}

byId("precision").addEventListener("change", draw);

export function showCost(judgement) {
  found = judgement;
  draw();
}

/** The budget as it is after an answer. */
export function showBudgetLeft(answer) {
  budget = answer;
  draw();
}

function draw() {
  const rows = found && rules ? [sizeRow(), deadlineRow(), ...(rules.exact ? [] : [priceRow(), leftRow()])] : [];
  byId("cost").replaceChildren(...rows.filter(Boolean).map(([name, value, wrong]) =>
    make("div", { class: wrong ? "over" : null }, make("dt", {}, say(name)), make("dd", {}, value)),
  ));
}

function sizeRow() {
  const isOver = found.leaves > rules.max_leaves || found.depth > rules.max_depth;
  const values = { leaves: found.leaves, most: rules.max_leaves, depth: found.depth, deepest: rules.max_depth };
  return ["cost_size", say("cost_size_value", values), isOver];
}

function deadlineRow() {
  const kind = say(`cost_${found.cost_class}`);
  const seconds = rules.deadlines[found.cost_class];
  if (seconds === undefined) return ["cost_deadline", say("cost_not_open", { kind }), true];
  return ["cost_deadline", seconds ? say("cost_after", { kind, seconds: number(seconds) }) : kind];
}

function priceRow() {
  const share = (kind) => {
    const answer = prices?.answers.find((each) => each.kind === kind && each.precision === byId("precision").value);
    return answer && prices.project_budget ? `${number(Number(((100 * answer.price) / prices.project_budget).toPrecision(3)))} %` : "–";
  };
  return ["cost_price", say("cost_price_value", { count: share("count"), table: share("table") })];
}

function leftRow() {
  const limited = budget.remaining_budget.filter((balance) => balance.cap > 0);
  if (!limited.length) return null;
  const least = limited.reduce((a, b) => (a.remaining / a.cap <= b.remaining / b.cap ? a : b));
  const values = {
    share: number(Number(((100 * least.remaining) / least.cap).toFixed(1))),
    account: say(`account_${least.account}`),
    counts: number(least.counts_left ?? 0),
  };
  return ["cost_left", say("cost_left_value", values), least.counts_left === 0];
}
