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
    card("rules", facts([["rules", state.policy_version], ["sha256", state.policy_sha256]]), make("h3", {}, say("phases")), phases(state.phases)),
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

const phases = (found) => table(["phase", "tier", "start", "domains", "state"], found.map((each) => [
  `${each.phase} ${(language === "ko" && each.title_ko) || each.title}`, tier(each.tier), each.start ?? say("always"), each.domains.join(", "),
  say(each.in_force ? "in_force" : each.open ? "open" : "ahead"),
]));

const releases = (found) => table(["release_name", "created", "phase", "people", "state"], found.map((each) => [
  each.release, each.created?.slice(0, 10) ?? say("unreadable_release"), each.phase ?? "", each.persons ?? "",
  each.in_service ? say("in_service") : "",
]));

const facts = (pairs) => make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, say(name)), make("dd", {}, String(value))]));

function table(columns, rows) {
  const cell = (value) => typeof value === "number" ? make("td", { class: "number" }, number(value)) : make("td", {}, value);
  return make("div", { class: "scroll", tabindex: 0 }, make("table", {},
    make("thead", {}, make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, say(name))))),
    make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, String(first)), ...rest.map(cell))))));
}

const rho = (nano) => number(nano / NANO);
const tier = (name) => name === null ? "" : words[`tier_${name}`] ?? name;
