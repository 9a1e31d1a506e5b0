// The cohort of the workbench as a signed feasibility report: JSON, HTML and PDF.

import { byId, make } from "./dom.js";
import { Refusal, ask, post } from "./session.js";
import { number, say } from "./words.js";

const NANO = 1e9;
const FORMS = { json: "JSON", html: "HTML", pdf: "PDF" };
const notice = byId("report-notice");
const files = byId("report-files");
let text = "";

document.addEventListener("kohort:changed", (event) => {
  text = event.detail.text;
  forget();
});
document.addEventListener("kohort:signed-in", forget);
byId("report-make").addEventListener("click", makeReport);

function forget() {
  notice.textContent = "";
  files.hidden = true;
  files.replaceChildren();
}

async function makeReport() {
  forget();
  if (!text.trim()) return void (notice.textContent = say("report_nothing"));
  const button = byId("report-make");
  const asked = text;
  button.disabled = true;
  notice.textContent = say("report_making");
  try {
    const body = { text: asked, language: byId("report-language").value };
    const precision = byId("precision")?.value;
    show(await post("/v1/feasibility", precision ? { ...body, precision } : body));
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    notice.textContent = say("report_failed", { why: fault.message });
  }
  button.disabled = false;
  if (document.activeElement === document.body) button.focus(); // one that cannot be pressed loses it
}

function show(signed) {
  const { issued, charged } = signed.report;
  const price = charged ? say("report_charged", { rho: number(charged / NANO) }) : say("report_free");
  notice.textContent = `${say("report_done", { date: issued })} ${price}`;
  files.replaceChildren(
    ...Object.entries(FORMS).map(([form, name]) =>
      make("button", { type: "button", onclick: () => save(signed, form) }, say("report_save", { form: name })),
    ),
  );
  files.hidden = false;
}

async function save(signed, form) {
  try {
    const blob = form === "json" ? new Blob([JSON.stringify(signed, null, 1)], { type: "application/json" }) : await printed(signed, form);
    const link = make("a", { href: URL.createObjectURL(blob), download: `feasibility-report.${form}` });
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    notice.textContent = say("report_failed", { why: fault.message });
  }
}

async function printed(signed, form) {
  const headers = { "content-type": "application/json" };
  const response = await ask(`/v1/feasibility/${form}`, { method: "POST", body: JSON.stringify(signed), headers });
  return response.blob();
}
