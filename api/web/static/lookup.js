// Looking up concepts, survey questions and genes, and putting what was found into the document.

import { get } from "./client.js";
import { byId, make } from "./dom.js";

const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

const KINDS = {
  concepts: {
    path: "/v1/concepts",
    rows: (answer) =>
      answer.concepts.map((concept) => ({
        name: concept.name,
        more: [concept.name_ko, `${concept.vocabulary} ${concept.code}`, concept.domain].filter(Boolean).join(" · "),
        insert: concept.standard
          ? `concept ${concept.concept_id} ${quoted(concept.name)}`
          : `code ${concept.vocabulary}:${quoted(concept.code)}`,
      })),
  },
  questions: {
    path: "/v1/survey/questions",
    rows: (answer) =>
      answer.questions.map((question) => ({
        name: question.label,
        more: [question.label_ko, question.question_id, question.options.map(option).join(", ") || question.unit]
          .filter(Boolean)
          .join(" · "),
        insert: `survey ${question.question_id}${question.options.length ? ` in (${quoted(question.options[0].answer)})` : ""}`,
      })),
  },
  genes: {
    path: "/v1/genes",
    rows: (answer) =>
      answer.genes.map((gene) => ({
        name: gene.gene,
        more: [gene.name, gene.start ? `${gene.contig}:${gene.start}-${gene.end}` : null].filter(Boolean).join(" · "),
        insert: `carries variant in gene ${gene.gene}`,
      })),
  },
};

const option = (item) => (item.label_ko ? `${item.answer} (${item.label_ko})` : item.answer);

export function startLookup(editor) {
  byId("lookup-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const kind = KINDS[byId("lookup-kind").value];
    const results = byId("lookup-results");
    try {
      const rows = kind.rows(await get(kind.path, { search: byId("lookup-text").value.trim() }));
      results.replaceChildren(
        ...(rows.length ? rows.map((row) => entry(row, editor)) : [make("li", {}, "Nothing found.")]),
      );
    } catch (refusal) {
      results.replaceChildren(make("li", { class: "failed" }, refusal.message));
    }
  });
}

function entry(row, editor) {
  const insert = () => editor.replace(editor.caret, editor.area.selectionEnd, row.insert);
  return make(
    "li",
    {},
    make("span", { class: "name" }, row.name, make("small", {}, row.more)),
    make("button", { type: "button", onclick: insert, "aria-label": `Insert ${row.insert}` }, "Insert"),
  );
}
