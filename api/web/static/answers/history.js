// The caller's own runs, newest first: to open, share and delete.

import { untilThere } from "../away.js";
import { byId, make } from "../dom.js";
import { Refusal, get, remove } from "../session.js";
import { language, number, say } from "../words.js";
import { offerRuns } from "./what.js";

const PAGE = 20;
const MOST_LISTED = 50;
const MEGABYTE = 1_000_000;
const times = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

let listed = [];
let before = null;
let asking = new AbortController();
let open = () => {};

/** Begin with the newest; `opened(id)` runs when one is chosen. */
export function startHistory(opened) {
  open = opened;
  listed = [];
  return refreshHistory();
}

byId("older").addEventListener("click", () => load(before));

/** The newest anew, as many as are listed, so that what was chosen of the older ones is still offered. */
export const refreshHistory = () => load(null);

/** List the runs from one on once the server is there, and say what keeps it from telling until it does. What was asked
    for last is listed alone. */
async function load(from) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const limit = () => Math.min(MOST_LISTED, Math.max(PAGE, listed.length));
  try {
    const found = await untilThere(() => get("/v1/runs", from ? { before: from } : { limit: limit() }), failed, signal);
    if (signal.aborted) return;
    failed(null);
    listed = from ? [...listed, ...found.runs] : found.runs;
    before = found.next_before;
    show(found);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Refusal)) throw error;
    failed(error);
  }
}

function failed(refusal) {
  byId("history-failed").hidden = refusal === null;
  byId("history-failed").textContent = refusal?.message ?? "";
}

function show(found) {
  byId("history-hint").textContent = listed.length
    ? say("history_hint", { days: found.kept_days, runs: found.most_runs, megabytes: found.most_bytes / MEGABYTE })
    : say("history_empty");
  keepingFocus(() => byId("runs").replaceChildren(...listed.map(line)));
  byId("older").hidden = before === null;
  offerRuns(listed);
}

/** The list is made anew; who was in it stays at the same button, or where its run is gone at the next one's. */
function keepingFocus(work) {
  const focused = document.activeElement;
  const place = [...byId("runs").children].findIndex((row) => row.contains(focused));
  const kind = focused.dataset.act;
  const id = focused.closest("[data-run]")?.dataset.run;
  work();
  if (place < 0) return;
  const rows = [...byId("runs").children];
  const row = rows.find((each) => each.dataset.run === id) ?? rows[Math.min(place, rows.length - 1)];
  (row?.querySelector(`[data-act="${kind}"]`) ?? byId("history").firstElementChild).focus();
}

function line(run) {
  const name = `${number(run.number)} · ${run.title || "–"}`;
  const facts = [
    times.format(new Date(run.asked)),
    say(`state_${run.state}`),
    say("progress", { done: run.progress.filter((step) => step.state === "answered").length, all: run.progress.length }),
    `${run.release} · ${run.policy_version}`,
    ...(run.precision ? [say(`precision_${run.precision}`)] : []),
    ...(run.shared ? [say("is_shared")] : []),
  ];
  return make(
    "li",
    { "data-run": run.id },
    make("button", { type: "button", class: "link", "data-act": "open", onclick: () => open(run.id) }, name),
    make("button", { type: "button", class: "quiet", "data-act": "delete", "aria-label": `${say("delete_run")}: ${name}`, onclick: () => forget(run.id) }, say("delete_run")),
    make("small", {}, facts.join(" · "), " · ", make("code", { title: run.query }, run.query.slice(0, 12))),
  );
}

async function forget(id) {
  try {
    await remove(`/v1/runs/${id}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.problem.code !== "run-unknown") return failed(error);
  }
  document.dispatchEvent(new CustomEvent("kohort:forgotten", { detail: { id } }));
  await refreshHistory();
}
