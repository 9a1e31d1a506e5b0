// Concepts, survey questions, genes, variants, panels and scores: how each is searched, shown and written.

import { explainedNames } from "./problems.js";
import { get } from "./session.js";
import { say } from "./words.js";

export const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** What can be searched: where, and how each find is named, described and written. */
export const KINDS = {
  concepts: {
    path: "/v1/concepts",
    rows: (answer) =>
      answer.concepts.map((concept) => ({
        item: concept,
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
        item: question,
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
        item: gene,
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
      ...answer.near.map((variant) => variantRow(variant, say("near"))),
    ],
  },
  panels: {
    path: "/v1/panels",
    rows: (answer) =>
      answer.panels.map((panel) => ({
        item: panel,
        name: panel.panel,
        more: say("genes_of_panel", { count: panel.genes.length, genes: panel.genes.join(", ") }),
        insert: `carries ${panel.words}`,
      })),
  },
  scores: {
    path: "/v1/scores",
    rows: (answer) =>
      answer.scores.map((score) => ({
        item: score,
        name: score.label ?? score.score,
        more: [score.source_id, say("variants_of_score", score)].filter(Boolean).join(" · "),
        insert: `${score.words} percentile >= 95`,
      })),
  },
};

const LOSS = { HC: "loss_hc", LC: "loss_lc" };

const meant = (answer) => ({
  item: answer,
  words: answer.words,
  name: answer.words,
  more: answer.known
    ? say("known_variants", { count: answer.total })
    : say("not_annotated"),
  insert: `carries ${answer.words}`,
});

const variantRow = (variant, before = "") => ({
  item: variant,
  words: variant.words,
  name: before + [variant.variant, variant.rsid].filter(Boolean).join(" · "),
  more: [
    variant.gene,
    variant.consequence,
    variant.hgvs_c,
    variant.hgvs_p,
    LOSS[variant.lof] && say(LOSS[variant.lof]),
    variant.clinvar && `ClinVar ${variant.clinvar.replaceAll("|", ", ").replaceAll("_", " ")}`,
    variant.af_external !== null && say("external_af", { share: Number((100 * variant.af_external).toPrecision(3)) }),
  ]
    .filter(Boolean)
    .join(" · "),
  insert: `carries ${variant.words}`,
});

/** How many were found, in words. */
export const foundOf = (rows) => (rows.length ? say("found_count", { count: rows.length }) : say("nothing_found"));

const option = (item) => (item.label_ko ? `${item.answer} (${item.label_ko})` : item.answer);

/** Rows of {name, more, insert, item}, `item` as the server gave it, and the server's hint in the reader's language. */
export async function search(kind, text) {
  const answer = await get(KINDS[kind].path, { search: text });
  const [{ hint }] = await explainedNames([{ hint: answer.hint }]);
  return { rows: KINDS[kind].rows(answer), hint };
}
