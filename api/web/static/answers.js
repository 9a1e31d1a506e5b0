// Runs what the workbench holds when `kohort:run` says so, shows how far it is and its answers, and finds earlier runs.
// Which run is shown stands in the address, so that reloading, going back and links bring it back.

import { addressOf, named } from "./address.js";
import { receiptOf, showBudget } from "./answers/budget.js";
import { follow } from "./answers/following.js";
import { refreshHistory, startHistory } from "./answers/history.js";
import { refusal, showStep } from "./answers/step.js";
import { copied } from "./answers/take.js";
import { parts, rememberChoices, sayRefused } from "./answers/what.js";
import { untilThere } from "./away.js";
import { byId, make } from "./dom.js";
import { Refusal, get, post, project, remove } from "./session.js";
import { isSignedOut } from "./signin.js";
import { fromTabs, tellTabs } from "./tabs.js";
import { tell } from "./telling.js";
import { say } from "./words.js";

const SEEN = 0.6;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const UNDER_WAY = ["queued", "running"];
const hadDraft = sessionStorage.getItem("kohort-draft") !== null;

let shown = null;
let text = null;
let following = null;
let finding = null;
let balances = null;
let drawings = [];
let hadFocus = false;

const textOf = (run) => run.document.text ?? JSON.stringify(run.document.cohort, null, 2);

/** An answer belongs to the text that was asked; once that changes, it says so. */
function markStale() {
  const isStale = shown !== null && shown.own && text !== null && text !== textOf(shown);
  if (isStale && byId("stale").hidden) tell(say("stale"));
  byId("stale").hidden = !isStale;
  byId("answer").classList.toggle("old", isStale);
}

async function run({ text: asked, title, precision }) {
  fail(null);
  const wanted = await attempt(() => parts(asked));
  if (!wanted) return;
  busy(true);
  tell(say("asking"));
  const body = { text: asked, parts: wanted, ...(title ? { title: title.slice(0, 200) } : {}), ...(precision ? { precision } : {}) };
  const begun = await attempt(() => post("/v1/runs", body));
  if (!begun) {
    busy(false);
    return;
  }
  history.pushState(null, "", addressOf(begun.id));
  reveal();
  await show(begun);
}

/** Bring the answers into sight where they begin too far down to be seen; who asked waits for them. */
function reveal() {
  const { top } = byId("read").getBoundingClientRect();
  if (top > SEEN * innerHeight) byId("read").scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

/** What `work` gives; nothing where another run is shown by now, or the server refused, which is shown beside what was asked. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return null;
    if (!(error instanceof Refusal)) throw error;
    if (!isSignedOut(error)) fail(error);
    return null;
  }
}

function fail(error) {
  const place = byId("failed");
  place.hidden = error === null;
  if (!error) return;
  const problem = error.problem.code === "run-unknown" ? { detail: say("run_absent") } : error.problem;
  const later = error.retryAfter ? [make("p", { class: "hint" }, say("again_in", { seconds: error.retryAfter }))] : [];
  place.replaceChildren(...refusal(problem).childNodes, ...later);
  reveal();
}

/** Show a run, and follow it while it is under way. */
async function show(found) {
  finding?.abort();
  following?.abort();
  following = new AbortController();
  shown = found;
  byId("waiting").hidden = true;
  byId("share-said").textContent = "";
  byId("answer").hidden = !found.own;
  byId("colleague").hidden = found.own;
  byId("about").textContent = found.title;
  byId("receipt").textContent = "";
  if (!found.own) tell((byId("colleague-said").textContent = say("colleague", { by: found.by })));
  byId("steps").replaceChildren(...found.steps.map((step) => make("section", { class: "step", id: `step-${step.number}` })));
  markStale();
  progress();
  if (!found.own) return busy(false);
  drawings = found.steps.map(draw);
  if (!UNDER_WAY.includes(found.state)) return end();
  const { signal } = following;
  busy(true);
  await attempt(() => follow(found.id, (name, data) => signal.aborted || moved(name, data), lost, signal));
  return signal.aborted ? undefined : end();
}

function moved(name, data) {
  if (name === "done") {
    shown = { ...shown, ...data };
  } else {
    shown = { ...shown, steps: shown.steps.map((step) => (step.number === data.number ? data : step)) };
    sayRefused(data);
    drawings.push(draw(data));
  }
  progress();
}

async function draw(step) {
  const place = byId(`step-${step.number}`);
  const { signal } = following;
  const work = () => untilThere(() => showStep(place, shown, step), lost, signal).then(() => true);
  if (place && !(await attempt(work))) place.replaceChildren();
}

/** Say what the run cost and what is left; nothing if meanwhile another run is shown, or none. */
async function end() {
  const { signal } = following;
  await Promise.all(drawings.splice(0));
  if (signal.aborted) return;
  busy(false);
  progress();
  tell(news());
  byId("share").hidden = false;
  byId("share").textContent = say(shown.shared ? "share_stop" : "share");
  await refreshLeft(signal);
  if (signal.aborted) return;
  byId("receipt").textContent = receiptOf(shown, balances);
  tellTabs("runs", project());
  await refreshHistory();
}

/** What is left of the budget, here and beside Run, once the server is there to tell: nobody asked, so nothing has failed. */
async function refreshLeft(signal) {
  const budget = await untilThere(() => get("/v1/budget"), () => {}, signal).catch(notTold);
  if (!budget) return;
  balances = budget.remaining_budget;
  showBudget(balances);
  document.dispatchEvent(new CustomEvent("kohort:budget", { detail: budget }));
}

/** What nobody asked for is left as it was where the server refuses to tell it. */
function notTold(error) {
  if (error.name !== "AbortError" && !(error instanceof Refusal)) throw error;
  isSignedOut(error);
}

/** Another tab asked, shared or deleted in this project. */
async function catchUp(where) {
  if (where !== project() || byId("signed-in").hidden) return;
  await Promise.all([refreshLeft(), refreshHistory()]);
}

/** How a run ended, and the number that was asked, for who hears the page; the tables are there to be read. */
function news() {
  const answered = shown.steps.filter((step) => step.state === "answered").length;
  const progress = say("progress", { done: answered, all: shown.steps.length });
  return [say(`progress_${shown.state}`), byId("count")?.textContent, progress].filter(Boolean).join(" ");
}

function progress() {
  const done = shown.steps.filter((step) => !UNDER_WAY.includes(step.state)).length;
  const isUnderWay = done < shown.steps.length && UNDER_WAY.includes(shown.state);
  byId("progress").textContent = !shown.own ? "" : isUnderWay ? say("progress", { done, all: shown.steps.length }) : say(`progress_${shown.state}`);
  byId("cancel").hidden = !isUnderWay || !shown.own;
  if (isUnderWay || !shown.own) byId("share").hidden = true;
}

/** The server is not there to tell how far the run is: said once until it is. */
function lost() {
  if (byId("progress").textContent === say("connection_lost")) return;
  byId("progress").textContent = say("connection_lost");
  tell(say("connection_lost"));
}

/** A button that cannot be pressed loses the focus; it has it again afterwards, unless it has gone elsewhere. */
function busy(is) {
  hadFocus = is ? hadFocus || document.activeElement === byId("run") : hadFocus && document.activeElement === document.body;
  byId("run").disabled = is;
  if (!is && hadFocus) byId("run").focus({ preventScroll: true });
  if (!is) hadFocus = false;
  byId("run").textContent = say(is ? "asking" : "run");
  byId("read").setAttribute("aria-busy", String(is));
}

async function cancel() {
  const found = await attempt(() => post(`/v1/runs/${shown.id}/cancel`, {}));
  if (found) await show(found);
}

async function share() {
  const path = `/v1/runs/${shown.id}/share`;
  const found = await attempt(() => (shown.shared ? remove(path).then(() => true) : post(path, {})));
  if (!found) return;
  shown = { ...shown, shared: !shown.shared };
  byId("share").textContent = say(shown.shared ? "share_stop" : "share");
  const link = shown.shared ? `${location.origin}${found.path}` : "";
  const isCopied = link && (await navigator.clipboard?.writeText(link).then(() => true, () => false));
  tellTabs("runs", project());
  byId("share-said").textContent = link ? say(isCopied ? "shared" : "shared_by_hand", { link }) : say("share_stopped");
  await refreshHistory();
}

/** The same questions as a colleague's, asked by the reader. */
async function askToo() {
  const body = { ...shown.document, title: shown.title, parts: shown.steps.map((step) => step.asked), ...(shown.precision ? { precision: shown.precision } : {}) };
  byId("ask-too").disabled = true;
  const begun = await attempt(() => post("/v1/runs", body));
  byId("ask-too").disabled = false;
  if (!begun) return;
  history.pushState(null, "", addressOf(begun.id));
  await Promise.all([show(begun), byId("about").focus()]); // the button that was pressed has gone
}

/** Show the run of the address; its document goes into the editor where nothing of the reader's would be lost. */
async function restore(opensText) {
  const { run: id, isBroken } = named();
  if (isBroken) fail(new Refusal({ code: "run-unknown" }));
  if (!id || id === shown?.id) return;
  fail(null);
  finding?.abort();
  finding = new AbortController();
  const { signal } = finding;
  const found = await attempt(() => untilThere(() => get(`/v1/runs/${id}`), lost, signal));
  if (signal.aborted) return;
  if (!found) return noneFound();
  const isUnedited = shown !== null && text === textOf(shown);
  if (opensText || isUnedited) document.dispatchEvent(new CustomEvent("kohort:open", { detail: { text: textOf(found) } }));
  await show(found);
}

/** How far the run is that is shown still, or nothing, in the place of what was said while the server was away. */
function noneFound() {
  if (shown) progress();
  else byId("progress").textContent = "";
}

function openRun(id) {
  history.pushState(null, "", addressOf(id));
  byId("read").scrollIntoView({ block: "start" });
  return restore(true);
}

function forgotten(id) {
  tellTabs("runs", project());
  if (shown?.id !== id) return;
  history.replaceState(null, "", addressOf(null));
  leave();
}

/** Show no run; one that is under way goes on without being followed. */
function leave() {
  finding?.abort();
  following?.abort();
  shown = null;
  fail(null);
  byId("share-said").textContent = "";
  for (const place of ["answer", "colleague", "cancel", "share"]) byId(place).hidden = true;
  byId("progress").textContent = "";
  byId("waiting").hidden = false;
  markStale();
  busy(false);
}

document.addEventListener("kohort:run", (event) => run(event.detail));
document.addEventListener("kohort:forgotten", (event) => forgotten(event.detail.id));
document.addEventListener("kohort:changed", (event) => {
  text = event.detail.text;
  markStale();
});
document.addEventListener(
  "kohort:signed-in",
  async (event) => {
    leave();
    balances = event.detail.remaining_budget;
    showBudget(balances);
    await startHistory(openRun);
    await restore(!hadDraft);
  },
);
document.addEventListener("kohort:moved", () => {
  if (!named().run) leave();
  return restore(false);
});
byId("cancel").addEventListener("click", cancel);
byId("share").addEventListener("click", share);
byId("ask-too").addEventListener("click", askToo);
fromTabs("runs", catchUp);
rememberChoices();
