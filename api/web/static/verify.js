// Checks a report: the text goes to the service, which answers yes or no and what it checked. Nothing is kept.

import { byId, make } from "./dom.js";
import { explained, wholeMessage } from "./problems.js";
import { number, say } from "./words.js";

const form = byId("check");
const shown = byId("verdict");
const most = Number(form.dataset.mostKilobytes) * 1024;

byId("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  tell("");
  if (!file) return;
  if (file.size > most) return tell(say("too_large", { most: most / 1024 }));
  try {
    byId("text").value = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return tell(say("no_file"));
  }
  form.requestSubmit();
});

byId("text").addEventListener("input", () => {
  shown.hidden = true;
  tell("");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = byId("text").value;
  shown.hidden = true;
  if (!text.trim()) return tell(say("nothing"));
  const body = JSON.stringify({ text });
  if (new TextEncoder().encode(body).length > most) return tell(say("too_large", { most: most / 1024 }));
  tell("");
  show(make("p", {}, say("checking")));
  try {
    const response = await fetch("/v1/feasibility/verify", {
      method: "POST",
      body,
      headers: { "content-type": "application/json", "accept-language": "en" }, // told in the page's language here
    }).catch(noAnswer);
    const answer = await response.json().catch(noAnswer);
    if (!response.ok) throw new Error(wholeMessage(await explained(answer)));
    if (byId("text").value === text) draw(answer);
  } catch (error) {
    shown.hidden = true;
    tell(say("failed", { why: error.message }));
  }
});

function noAnswer() {
  throw new Error(say("offline"));
}

function tell(message) {
  byId("wrong").textContent = message;
  byId("text").setAttribute("aria-invalid", String(Boolean(message)));
}

function show(...children) {
  delete shown.dataset.genuine;
  shown.replaceChildren(...children);
  shown.hidden = false;
}

function draw(answer) {
  const checks = answer.checks.map((check) =>
    make(
      "li",
      { "data-passed": check.passed },
      make("strong", {}, say(check.passed ? "passed" : "not_passed")),
      make("span", {}, say(`${check.name}_${check.passed ? "yes" : "no"}`)),
    ),
  );
  const parts = [make("h2", {}, say(answer.genuine ? "yes" : "no")), make("h3", {}, say("checked")), make("ul", {}, ...checks)];
  if (answer.genuine) parts.push(make("h3", {}, say("said")), said(answer));
  show(...parts);
  shown.dataset.genuine = String(answer.genuine);
}

function said(answer) {
  const facts = [
    ["report_title", answer.title],
    ["count", counted(answer.count)],
    ["issued", answer.issued],
    ["project", answer.project],
    ["release", answer.release],
    ["policy_version", answer.policy_version],
  ];
  return make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", {}, say(name)), make("dd", {}, value)]));
}

function counted(count) {
  if ("less_than" in count) return say("less_than", { number: number(count.less_than) });
  return `${number(count.value)} ± ${number(count.margin)}`;
}
