// The state of the service, for the committee and operators: loaded with the token of who opened the page.

import { byId, make } from "./dom.js";
import { explainedNames } from "./problems.js";
import { Refusal, get, takeToken } from "./session.js";
import { language, number, say, words } from "./words.js";

const NANO = 1e9;
const notice = byId("notice");
const shown = byId("state");
const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

byId("reload").addEventListener("click", load);
load();

async function load() {
  if (!takeToken()) return tell(say("sign_in_first"));
  tell(say("loading"));
  try {
    const state = await get("/v1/operations");
    draw({ ...state, alarms: await explainedNames(state.alarms) });
    tell("");
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    shown.hidden = true;
    const isSignIn = fault.problem.status === 401;
    tell(isSignIn ? say("sign_in_first") : fault.problem.code === "operations-role" ? say("refused") : fault.message);
  }
}

function tell(message) {
  notice.textContent = message;
  notice.hidden = !message;
}

function draw(state) {
  shown.replaceChildren(
    make("p", { class: "hint" }, say("as_of", { at: time.format(new Date(state.at)), period: state.period })),
    card("alarms", alarms(state.alarms)),
    card("budgets", budgets(state.projects)),
    card("audit", ...audit(state.audit)),
    card("rules", facts([["version", state.policy_version], ["sha256", state.policy_sha256]]), make("h3", {}, say("phases")), ...phases(state.phases)),
    card("releases", releases(state.releases)),
  );
  shown.hidden = false;
}

const card = (name, ...children) => make("section", { class: "card", id: name }, make("h2", {}, say(name)), ...children);

function alarms(found) {
  if (!found.length) return make("p", { class: "good" }, say("no_alarms"));
  return make("ul", {}, ...found.map((alarm) =>
    make("li", { "data-severity": alarm.severity },
      make("strong", {}, `${say(`kind_${alarm.kind}`)} (${say(`severity_${alarm.severity}`)})`),
      make("div", {}, `${alarm.about}: ${alarm.message}`))));
}

function budgets(projects) {
  if (!projects.length) return make("p", {}, say("no_projects"));
  return table(["project", "tier", "spent", "remaining", "answered", "refused_count", "failed", "last"], projects.map((each) => [
    each.project,
    tier(each.tier),
    each.cap ? say("rho", { spent: rho(each.spent), cap: rho(each.cap), share: percent.format(each.spent / each.cap) }) : say("exact"),
    each.cap ? percent.format(Math.max(0, 1 - each.spent / each.cap)) : "",
    each.answered, each.refused, each.failed,
    time.format(new Date(each.last)),
  ]));
}

function audit(state) {
  const entries = ["entries", number(state.entries)];
  if (!state.whole) return [make("p", {}, say("audit_first")), facts([entries])];
  const isWhole = !state.findings.length;
  const whole = { at: time.format(new Date(state.whole)), entries: number(state.whole_entries), seconds: number(state.whole_seconds) };
  return [
    make("p", { class: isWhole ? "good" : "bad" }, say(isWhole ? "audit_good" : "audit_bad")),
    ...(isWhole ? [] : [make("ul", {}, ...state.findings.map((finding) => make("li", { "data-severity": "critical" }, finding)))]),
    facts([["examined", time.format(new Date(state.examined))], ["whole", say("whole_at", whole)], entries, ["checkpoints", number(state.checkpoints)]]),
  ];
}

function phases(found) {
  const inOrder = [...Map.groupBy(found, (each) => each.phase)].sort(([one], [other]) => one - other);
  const groups = inOrder.map(([number, openings]) => [
    `${number}. ${(language === "ko" && openings[0].title_ko) || openings[0].title}`,
    openings.map((each) => [tier(each.tier), each.start ?? say("always"), kinds(each.domains), say(each.in_force ? "in_force" : each.open ? "open" : "ahead")]),
  ]);
  return [make("p", { class: "hint" }, say("states_explained")), tableOf(["tier", "start", "domains", "state"], groups)];
}

function kinds(domains) {
  const every = Object.keys(words).filter((name) => name.startsWith("domain_"));
  return domains.length === every.length ? say("everything") : domains.map((name) => words[`domain_${name}`] ?? name).join(", ");
}

const releases = (found) => table(["release_name", "created", "phase", "people", "state"], found.map((each) => [
  each.release, each.created?.slice(0, 10) ?? say("unreadable_release"), each.phase ?? "", each.persons ?? "",
  each.in_service ? say("in_service") : "",
]));

const facts = (pairs) => make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, say(name)), make("dd", {}, String(value))]));

const table = (columns, rows) => tableOf(columns, [[null, rows]]);

// Rows in groups, each under its title where it has one. On a phone a row is a list of its cells.
function tableOf(columns, groups) {
  const isNumber = (place) => groups.some(([, rows]) => rows.some((row) => typeof row[place] === "number"));
  const label = (name, place) => make("th", { scope: "col", class: isNumber(place) ? "number" : null }, say(name));
  const cell = (value, place) => typeof value === "number"
    ? make("td", { class: "number", "data-label": say(columns[place + 1]) }, number(value))
    : make("td", { "data-label": say(columns[place + 1]) }, value);
  const line = ([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, String(first)), ...rest.map(cell));
  const head = (title) => make("tr", { class: "group" }, make("th", { scope: "rowgroup", colspan: columns.length }, title));
  return make("div", { class: "scroll", tabindex: 0 }, make("table", { class: "stacked" },
    make("thead", {}, make("tr", {}, ...columns.map(label))),
    ...groups.map(([title, rows]) => make("tbody", {}, ...(title === null ? [] : [head(title)]), ...rows.map(line)))));
}

const rho = (nano) => number(nano / NANO);
const tier = (name) => name === null ? "" : say(`tier_of_${name}`);
