// Documents in and out: OHDSI's Circe JSON, the language's own JSON, and text.

import { closeDialog, openDialog } from "./dialogs.js";
import { byId } from "./dom.js";
import { explainedNames, wholeMessage } from "./problems.js";
import { keepFields } from "./remembering.js";
import { Refusal, post } from "./session.js";
import { isSignedOut } from "./signin.js";
import { say } from "./words.js";

/** `open(text, notes)` puts a document into the editor. */
export function startExchange(editor, open) {
  byId("open-import").addEventListener("click", () => {
    byId("import-problem").textContent = "";
    openDialog("import");
  });
  byId("open-export").addEventListener("click", () => {
    byId("export-problem").textContent = "";
    openDialog("export");
  });
  keepFields("#import-text, #import-form input[name=mode]");
  byId("import-file").addEventListener("change", readFile);
  byId("import-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await telling("import-problem", async () => {
      const { text, notes } = await readDocument(byId("import-text").value);
      closeDialog("import");
      open(text, await explainedNames(notes.map((note) => ({ ...note, message: note.text }))));
    });
  });
  for (const button of document.querySelectorAll("#export [data-form]")) {
    button.addEventListener("click", () => telling("export-problem", () => FORMS[button.dataset.form](editor.text)));
  }
}

async function readFile() {
  const file = byId("import-file").files[0];
  if (!file) return;
  byId("import-text").value = await file.text();
  byId("import-text").dispatchEvent(new Event("input"));
}

/** Text of the language stays as it is; JSON is read by the server, which knows the two kinds apart. */
async function readDocument(given) {
  if (!given.trim()) throw new Refusal({ detail: say("import_empty") });
  if (!/^\s*[{[]/.test(given)) return { text: given, notes: [] };
  let value;
  try {
    value = JSON.parse(given);
  } catch (error) {
    const place = placeOfFault(given, error.message);
    throw new Refusal({ detail: place ? say("import_not_json", place) : say("import_not_json_somewhere") });
  }
  if (Array.isArray(value)) throw new Refusal({ detail: say("import_list") });
  if ("kohort" in value) return { text: (await post("/v1/cohorts/tree", { cohort: value })).text, notes: [] };
  const mode = document.querySelector("#import-form input[name=mode]:checked").value;
  return post("/v1/cohorts/import", { definition: value, mode });
}

/** Where reading stopped, as far as the browser says so: its own sentence is in a language of its choice. */
function placeOfFault(text, message) {
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (line) return { line, column };
  const [, position] = /position (\d+)/.exec(message) ?? (/end of/.test(message) ? [null, text.length] : []);
  if (position === undefined) return null;
  const before = text.slice(0, position).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}

const FORMS = {
  text: async (text) => save(text, "cohort.kohort", "text/plain"),
  json: async (text) => save(pretty((await post("/v1/cohorts/format", { text })).cohort), "cohort.json", "application/json"),
  circe: async (text) =>
    save(pretty((await post("/v1/cohorts/export", { text })).definition), "cohort-circe.json", "application/json"),
};

const pretty = (value) => `${JSON.stringify(value, null, 2)}\n`;

function save(content, name, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

/** Where it is, what it says and what to do. */
const wholeProblem = (item) =>
  (item.line ? say("place", item) : "") + [wholeMessage(item), item.hint].filter(Boolean).join(" – ");

/** Runs something; a refusal is said in `place`, with every problem's place in the document. */
async function telling(place, work) {
  byId(place).textContent = "";
  byId("import-text").removeAttribute("aria-invalid");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (isSignedOut(error)) return;
    const problems = error.problem.problems?.slice(0, 5).map(wholeProblem);
    if (place === "import-problem") byId("import-text").setAttribute("aria-invalid", "true");
    byId(place).textContent = problems?.length ? problems.join("\n") : error.message;
  }
}
