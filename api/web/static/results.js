// Answers as tables whose rows hold a picture: the table is what a screen reader reads.

import { byId, draw, make } from "./dom.js";

const number = new Intl.NumberFormat("en");

export function words(value) {
  if ("less_than" in value) return `fewer than ${number.format(value.less_than)}`;
  return value.margin ? `${number.format(value.value)} ± ${number.format(value.margin)}` : number.format(value.value);
}

export function showCount(answer) {
  const value = answer.count;
  const precision = answer.precision;
  byId("count").replaceChildren(
    ...("less_than" in value
      ? [make("span", { class: "hidden-value" }, `< ${number.format(value.less_than)}`)]
      : [number.format(value.value), ...(value.margin ? [make("small", {}, ` ± ${number.format(value.margin)}`)] : [])]),
    make("small", {}, " persons"),
  );
  byId("meaning").textContent = precision.exact
    ? "Exact; for use inside the trusted environment only."
    : "less_than" in value
      ? "Too few to show, or none at all: below this threshold no answer says which."
      : `The true number lies within ± ${number.format(value.margin)} in 95 of 100 answers.`;
}

/** What the answers of one run cost together, and what to cite. */
export function showReceipt(answers) {
  const answer = answers.find(Boolean);
  if (!answer) return;
  const charged = answers.reduce((sum, each) => sum + (each?.charged || 0), 0);
  const cap = answer.remaining_budget.find((balance) => balance.account === "project")?.cap;
  const paid = charged && cap ? `${((100 * charged) / cap).toFixed(2)} % of the project's budget` : "free, asked before";
  const cost = answer.precision.exact ? "exact" : `${answer.precision.name} precision, ${paid}`;
  byId("receipt").textContent =
    `${cost} · release ${answer.release} · policy ${answer.policy_version} · query ${answer.query.slice(0, 12)}`;
}

export function showUnmatched(unmatched) {
  byId("unmatched").replaceChildren(
    ...unmatched.map((item) =>
      make("p", {}, `Not in this release, so it matches nobody: ${item.kind} ${item.name}. ${item.hint || ""}`),
    ),
  );
}

export function showAttrition(answer) {
  const rows = [
    { name: "everyone in the release", left: { value: answer.population, margin: 0 } },
    ...answer.steps,
  ];
  const table = make(
    "table",
    {},
    make("caption", {}, "Who is left after each step"),
    headings("step", "persons left"),
    make("tbody", {}, ...rows.map((row) => line(row.name, row.left, answer.population))),
  );
  byId("attrition").replaceChildren(table);
}

const largestOf = (cells) =>
  Math.max(1, ...cells.map((cell) => ("value" in cell.count ? cell.count.value + cell.count.margin : 0)));

export function showBreakdown(answer) {
  const largest = largestOf(answer.cells);
  const body = make("tbody");
  for (const [group, cells] of groups(answer.cells)) {
    if (group !== null) body.append(make("tr", { class: "group" }, make("th", { colspan: 3, scope: "rowgroup" }, group)));
    body.append(...runs(cells).map((run) => line(runLabel(run), run[0].count, largest, run.length > 1)));
  }
  body.append(
    make("tr", { class: "total" }, make("th", { scope: "row" }, "all"), make("td"), valueCell(answer.total)),
  );
  const hidden = answer.cells.filter((cell) => "less_than" in cell.count).length;
  byId("breakdown").replaceChildren(
    make("table", {}, make("caption", {}, `By ${answer.dimensions.join(", ")}`), headings(answer.dimensions.join(", "), "persons"), body),
    ...(hidden ? [make("p", { class: "hint" }, `Dashed: ${hidden} of ${answer.cells.length} groups are too small to show.`)] : []),
  );
}

/** One table a variant, with what follows from its cells. */
export function showGenotypes(answer) {
  byId("genotypes").replaceChildren(...answer.variants.flatMap((variant) => genotypeTable(variant, answer.total)));
}

function genotypeTable(variant, total) {
  const cells = variant.genotypes.map((cell) => ({ ...cell, word: cell.label[0] }));
  const body = make(
    "tbody",
    {},
    ...runs(cells).map((run) => line(runLabel(run), run[0].count, largestOf(cells), run.length > 1)),
    make("tr", { class: "total" }, make("th", { scope: "row" }, "all"), make("td"), valueCell(total)),
  );
  const said = [
    `Allele frequency ${shareWords(variant.frequency)}`,
    variant.missing ? `missing calls ${shareWords(variant.missing)}` : "missing calls count as reference",
    ...(variant.exact ? exactWords(variant.exact) : []),
  ];
  return [
    make("table", {}, make("caption", {}, `Genotypes at ${variant.variant}`), headings("genotype", "persons"), body),
    make("p", { class: "hint" }, `${said.join("; ")}.`),
  ];
}

function exactWords(exact) {
  const equilibrium = exact.hardy_weinberg;
  return [
    `${number.format(exact.allele_count)} alternate alleles of ${number.format(exact.allele_number)} called`,
    ...(equilibrium === null ? [] : [`Hardy-Weinberg p ${Number(equilibrium.toPrecision(3))}`]),
    exact.alleles.length ? `the release has ${exact.alleles.join(", ")}` : "the release has no such variant",
  ];
}

/** `0.158 (95 %: 0.156 to 0.161)`, `below 0.005`, `above 0.99`, or that it is not shown. */
function shareWords(share) {
  if ("value" in share) {
    return share.low === share.high ? `${share.value}` : `${share.value} (95 %: ${share.low} to ${share.high})`;
  }
  if (share.at_most < 1) return `below ${share.at_most}`;
  return share.at_least > 0 ? `above ${share.at_least}` : "not shown";
}

/** Cells of a table of several dimensions by their first word; of one dimension, all together. */
function groups(cells) {
  if (!cells.length || cells[0].label.length === 1) return [[null, cells.map((cell) => ({ ...cell, word: cell.label[0] }))]];
  const found = new Map();
  for (const cell of cells) {
    const group = found.get(cell.label[0]) || found.set(cell.label[0], []).get(cell.label[0]);
    group.push({ ...cell, word: cell.label.slice(1).join(" · ") });
  }
  return [...found];
}

/** Neighbouring hidden cells share a row, so that what is shown is not lost among them. */
function runs(cells) {
  const found = [];
  for (const cell of cells) {
    const last = found.at(-1);
    const isHidden = "less_than" in cell.count;
    if (isHidden && last && last[0].count.less_than === cell.count.less_than) last.push(cell);
    else found.push([cell]);
  }
  return found;
}

function runLabel(run) {
  if (run.length === 1) return run[0].word;
  if (run.length === 2) return `${run[0].word}, ${run[1].word}`;
  return `${run[0].word} … ${run.at(-1).word}`;
}

export function showBudget(balances) {
  const place = byId("budget");
  const limited = balances.filter((balance) => balance.cap > 0);
  if (!limited.length) {
    place.replaceChildren();
    return;
  }
  const rows = limited.map((balance) => {
    const share = balance.remaining / balance.cap;
    const left = balance.counts_left === null ? "" : `, about ${number.format(balance.counts_left)} counts`;
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, balance.account),
      make(
        "td",
        { class: "picture" },
        draw(
          "svg",
          { class: "barline", "aria-hidden": "true" },
          draw("rect", { class: "track", x: 0, y: 4, width: "100%", height: 7, rx: 3 }),
          draw("rect", { class: "rest", x: 0, y: 4, width: `${100 * share}%`, height: 7, rx: 3 }),
        ),
      ),
      make("td", { class: "number" }, `${(100 * share).toFixed(1)} %${left}`),
    );
  });
  place.replaceChildren(
    make("div", { class: "meter" }, make("h3", {}, "Budget left this year"), make("table", {}, make("tbody", {}, ...rows))),
  );
}

export function showFailure(place, text) {
  byId(place).replaceChildren(make("p", { class: "failed" }, text));
}

function headings(first, last) {
  return make(
    "thead",
    {},
    make(
      "tr",
      {},
      make("th", { scope: "col" }, first),
      make("th", { scope: "col", "aria-hidden": "true" }),
      make("th", { scope: "col", class: "number" }, last),
    ),
  );
}

function line(label, value, largest, isEach = false) {
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, label),
    make("td", { class: "picture" }, picture(value, largest)),
    valueCell(value, isEach),
  );
}

function valueCell(value, isEach = false) {
  const text = isEach ? `each ${words(value)}` : words(value);
  return make("td", { class: "less_than" in value ? "number hidden-value" : "number" }, text);
}

function picture(value, largest) {
  const svg = draw("svg", { class: "barline", "aria-hidden": "true" });
  const share = (persons) => `${(100 * Math.min(Math.max(persons, 0), largest)) / largest}%`;
  if ("less_than" in value) {
    svg.append(draw("rect", { class: "none", x: 0.5, y: 2.5, width: share(value.less_than), height: 10 }));
    return svg;
  }
  svg.append(draw("rect", { class: "value", x: 0, y: 2, width: share(value.value), height: 11 }));
  if (value.margin) {
    const low = share(value.value - value.margin);
    const high = share(value.value + value.margin);
    svg.append(
      draw("line", { class: "noise", x1: low, x2: high, y1: 7.5, y2: 7.5 }),
      draw("line", { class: "noise", x1: low, x2: low, y1: 4, y2: 11 }),
      draw("line", { class: "noise", x1: high, x2: high, y1: 4, y2: 11 }),
    );
  }
  return svg;
}
