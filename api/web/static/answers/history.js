// The caller's own runs, newest first: to open, share and delete.

import { byId, make } from "../dom.js";
import { Refusal, get, remove } from "../session.js";
import { language, number, say } from "../words.js";
import { offerRuns } from "./what.js";

const MEGABYTE = 1_000_000;
const times = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

let listed = [];
let before = null;
let open = () => {};

/** Begin with the newest; `opened(id)` runs when one is chosen. */
export function startHistory(opened) {
  open = opened;
  return refreshHistory();
}

byId("older").addEventListener("click", () => load(before));

export const refreshHistory = () => load(null);

async function load(from) {
  const place = byId("history-failed");
  place.hidden = true;
  try {
    const found = await get("/v1/runs", from ? { before: from } : {});
    listed = from ? [...listed, ...found.runs] : found.runs;
    before = found.next_before;
    show(found);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    place.textContent = error.message;
    place.hidden = false;
  }
}

function show(found) {
  byId("history-hint").textContent = listed.length
    ? say("history_hint", { days: found.kept_days, runs: found.most_runs, megabytes: found.most_bytes / MEGABYTE })
    : say("history_empty");
  byId("runs").replaceChildren(...listed.map(line));
  byId("older").hidden = before === null;
  offerRuns(listed);
}

function line(run) {
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
    make("button", { type: "button", class: "link", onclick: () => open(run.id) }, `${number(run.number)} · ${run.title || "–"}`),
    make("button", { type: "button", class: "quiet", "aria-label": `${say("delete_run")}: ${run.title}`, onclick: () => forget(run.id) }, say("delete_run")),
    make("small", {}, facts.join(" · "), " · ", make("code", { title: run.query }, run.query.slice(0, 12))),
  );
}

async function forget(id) {
  try {
    await remove(`/v1/runs/${id}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  document.dispatchEvent(new CustomEvent("kohort:forgotten", { detail: { id } }));
  await refreshHistory();
}
