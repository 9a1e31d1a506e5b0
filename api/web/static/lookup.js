// The panel for looking names up and putting what was found into the document.

import { byId, make } from "./dom.js";
import { foundOf, search } from "./names.js";
import { keepFields } from "./remembering.js";
import { Refusal } from "./session.js";
import { say } from "./words.js";

export function startLookup(editor) {
  keepFields("#lookup-kind, #lookup-text");
  byId("lookup-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const results = byId("lookup-results");
    try {
      const { rows, hint } = await search(byId("lookup-kind").value, byId("lookup-text").value.trim());
      byId("lookup-said").textContent = hint ?? foundOf(rows);
      results.replaceChildren(
        ...(rows.length || hint ? [] : [make("li", {}, say("nothing_found"))]),
        ...(hint ? [make("li", {}, hint)] : []),
        ...rows.map((row) => entry(row, editor)),
      );
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      const { hint, expected } = refusal.problem;
      const advice = [hint, expected && say("expected", { words: expected.join(", ") })].filter(Boolean).join("; ");
      byId("lookup-said").textContent = [refusal.message, advice].filter(Boolean).join(" ");
      results.replaceChildren(
        make("li", { class: "failed" }, make("span", { class: "name" }, refusal.message, make("small", {}, advice))),
      );
    }
  });
}

function entry(row, editor) {
  const insert = () => editor.insert(row.insert);
  return make(
    "li",
    {},
    make("span", { class: "name" }, row.name, make("small", {}, row.more)),
    make("button", { type: "button", onclick: insert, "aria-label": say("insert_what", { text: row.insert }) }, say("insert")),
  );
}
