// Looking up concepts, survey questions, genes, variants, panels and scores, and putting what was found into the document.

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
  variants: {
    path: "/v1/variants",
    rows: (answer) => [
      ...(answer.words && answer.total !== 1 ? [meant(answer)] : []),
      ...answer.variants.map((variant) => variantRow(variant)),
      ...answer.near.map((variant) => variantRow(variant, "near: ")),
    ],
  },
  panels: {
    path: "/v1/panels",
    rows: (answer) =>
      answer.panels.map((panel) => ({
        name: panel.panel,
        more: `${panel.genes.length} genes: ${panel.genes.join(", ")}`,
        insert: `carries ${panel.words}`,
      })),
  },
  scores: {
    path: "/v1/scores",
    rows: (answer) =>
      answer.scores.map((score) => ({
        name: score.label ?? score.score,
        more: [score.source_id, `${score.matched} of ${score.listed} variants are in this release`].filter(Boolean).join(" · "),
        insert: `${score.words} percentile >= 95`,
      })),
  },
};

const LOSS = { HC: "loss of function, high confidence", LC: "loss of function, low confidence" };

const meant = (answer) => ({
  name: answer.words,
  more: answer.known
    ? `${answer.total} known ${answer.total === 1 ? "variant" : "variants"}`
    : "not in the annotation; it can be asked for all the same",
  insert: `carries ${answer.words}`,
});

const variantRow = (variant, before = "") => ({
  name: before + [variant.variant, variant.rsid].filter(Boolean).join(" · "),
  more: [
    variant.gene,
    variant.consequence,
    variant.hgvs_c,
    variant.hgvs_p,
    LOSS[variant.lof],
    variant.clinvar && `ClinVar ${variant.clinvar.replaceAll("|", ", ").replaceAll("_", " ")}`,
    variant.af_external !== null && `external AF ${Number((100 * variant.af_external).toPrecision(3))} %`,
  ]
    .filter(Boolean)
    .join(" · "),
  insert: `carries ${variant.words}`,
});

const option = (item) => (item.label_ko ? `${item.answer} (${item.label_ko})` : item.answer);

export function startLookup(editor) {
  byId("lookup-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const kind = KINDS[byId("lookup-kind").value];
    const results = byId("lookup-results");
    try {
      const answer = await get(kind.path, { search: byId("lookup-text").value.trim() });
      const rows = kind.rows(answer);
      results.replaceChildren(
        ...(rows.length || answer.hint ? [] : [make("li", {}, "Nothing found.")]),
        ...(answer.hint ? [make("li", {}, answer.hint)] : []),
        ...rows.map((row) => entry(row, editor)),
      );
    } catch (refusal) {
      const { hint, expected } = refusal.problem ?? {};
      const advice = [hint, expected && `expected: ${expected.join(", ")}`].filter(Boolean).join("; ");
      results.replaceChildren(
        make("li", { class: "failed" }, make("span", { class: "name" }, refusal.message, make("small", {}, advice))),
      );
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
