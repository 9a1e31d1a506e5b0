// What an answer cost and what is left, in words and as bars.

import { byId, draw, make } from "../dom.js";
import { number, say } from "../words.js";

const rounded = (value, digits) => number(Number(value.toPrecision(digits)));

/** What all answers of a run cost together, and what to cite. */
export function receiptOf(run, balances) {
  const cap = balances?.find((balance) => balance.account === "project")?.cap;
  const price = run.charged && cap ? say("price_share", { share: rounded((100 * run.charged) / cap, 3) }) : say("price_free");
  return say("receipt", {
    precision: run.precision ? say(`precision_${run.precision}`) : "",
    price,
    release: run.release,
    policy: run.policy_version,
    query: run.query.slice(0, 12),
  });
}

/** What is left of each account's budget. */
export function showBudget(balances) {
  const limited = balances.filter((balance) => balance.cap > 0);
  if (!limited.length) {
    byId("budget").replaceChildren();
    return;
  }
  byId("budget").replaceChildren(
    make("div", { class: "meter" }, make("h3", {}, say("budget_left")), make("table", {}, make("tbody", {}, ...limited.map(row)))),
  );
}

function row(balance) {
  const share = (100 * balance.remaining) / balance.cap;
  const counts = balance.counts_left === null ? "" : say("budget_counts", { counts: number(balance.counts_left) });
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, say(`account_${balance.account}`)),
    make(
      "td",
      { class: "picture" },
      draw(
        "svg",
        { class: "barline", "aria-hidden": "true" },
        draw("rect", { class: "track", x: 0, y: 4, width: "100%", height: 7, rx: 3 }),
        draw("rect", { class: "rest", x: 0, y: 4, width: `${share}%`, height: 7, rx: 3 }),
      ),
    ),
    make("td", { class: "number" }, `${number(Number(share.toFixed(1)))} %${counts}`),
  );
}
