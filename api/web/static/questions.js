// Ready-made questions: asked as runs with the token of who presses the button, and shown where they were asked.

import { addressOf } from "./address.js";
import { follow } from "./answers/following.js";
import { refusal, showStep } from "./answers/step.js";
import { untilThere } from "./away.js";
import { byId, make } from "./dom.js";
import { Refusal, get, post } from "./session.js";
import { isSignedOut, whenSignedIn } from "./signin.js";
import { number, say } from "./words.js";

const requests = JSON.parse(byId("requests").textContent);
const buttons = [...document.querySelectorAll("button.ask")];
const UNDER_WAY = ["queued", "running"];

let tier = null;
let following = new AbortController();

whenSignedIn(async (budget) => {
  following.abort();
  following = new AbortController();
  forget();
  tier = budget.tier;
  showLeft(budget.remaining_budget);
  for (const offer of document.querySelectorAll(".offers li")) offer.classList.toggle("own", offer.dataset.tier === tier);
  enable(true);
});

for (const button of buttons) button.addEventListener("click", () => askOnce(button));

/** Only what is open to the reader can be asked, and one question at a time. */
function enable(is) {
  for (const button of buttons) button.disabled = !is || !button.dataset.open.split(" ").includes(tier);
}

function forget() {
  for (const place of document.querySelectorAll(".asked, .said")) place.replaceChildren();
  for (const link of document.querySelectorAll(".again")) link.hidden = true;
}

async function askOnce(button) {
  const card = button.closest("section");
  const place = card.querySelector(".asked");
  const said = card.querySelector(".said");
  forget();
  said.textContent = say("asking");
  enable(false);
  place.setAttribute("aria-busy", "true");
  try {
    const lost = () => (said.textContent = say("connection_lost"));
    await answer(card, place, requests[button.dataset.question], lost);
    said.textContent = say("progress_done");
    showLeft((await untilThere(() => get("/v1/budget"), () => {}, following.signal)).remaining_budget);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refusal)) throw error;
    said.textContent = "";
    if (!isSignedOut(error)) place.append(refusal(error.problem));
  } finally {
    place.removeAttribute("aria-busy");
    enable(true);
  }
}

async function answer(card, place, request, lost) {
  const { signal } = following;
  const run = await post("/v1/runs", { ...request, title: card.querySelector("h2").textContent });
  const link = card.querySelector(".again");
  link.href = `/${addressOf(run.id)}`;
  link.hidden = false;
  const parts = new Map(run.steps.map((step) => [step.number, make("section", { class: "step" })]));
  place.replaceChildren(...parts.values());
  const drawn = run.steps.map((step) => showStep(parts.get(step.number), run, step));
  if (UNDER_WAY.includes(run.state)) {
    const moved = (name, data) => name !== "done" && drawn.push(showStep(parts.get(data.number), run, data));
    await follow(run.id, moved, lost, signal);
  }
  await Promise.all(drawn);
}

/** What is left of the account that has the least. */
function showLeft(balances) {
  const limited = balances.filter((balance) => balance.cap > 0);
  if (!limited.length) return;
  const least = limited.reduce((a, b) => (a.remaining / a.cap <= b.remaining / b.cap ? a : b));
  byId("left").textContent = say("left", { share: number(Number(((100 * least.remaining) / least.cap).toFixed(1))), account: say(`account_${least.account}`) });
}
