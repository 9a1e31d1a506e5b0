// The answers of a survey question, to be ticked; what the dictionary has no tick for stays listed.

import { make } from "../dom.js";
import { get } from "../session.js";
import { language, say } from "../words.js";
import { partAt, setAt } from "./tree.js";

const known = new Map();

/** What the dictionary says of a question, asked once; undefined where it does not have it. */
export async function questionOf(id) {
  if (!known.has(id)) {
    const answer = await get("/v1/survey/questions", { search: id }).catch(() => ({ questions: [] }));
    known.set(id, answer.questions.find((question) => question.question_id === id));
  }
  return known.get(id);
}

/** Ticks for the values at `path`; drawn at once with those chosen, and again when the question's answers are known. */
export function answersField(builder, path, id) {
  const chosen = partAt(builder.cohort, path) ?? [];
  const place = make("fieldset", { class: "answers" });
  const show = (question) => {
    const options = question?.options ?? [];
    const others = chosen.filter((value) => !options.some((option) => option.answer === value));
    place.replaceChildren(
      make("legend", {}, titleOf(question) ?? id),
      ...options.map((option) => tick(builder, path, option.answer, labelOf(option))),
      ...others.map((value) => tick(builder, path, value, value)),
    );
  };
  show(known.get(id));
  if (!known.has(id)) questionOf(id).then(show);
  return place;
}

const isKorean = language === "ko";
const titleOf = (question) => (question ? (isKorean && question.label_ko) || question.label : undefined);
export const labelOf = (option) => (isKorean && option.label_ko) || option.label || option.answer;

function tick(builder, path, value, name) {
  const chosen = partAt(builder.cohort, path) ?? [];
  const control = make("input", {
    type: "checkbox",
    "data-key": `${path.join("/")}:${value}`,
    ...(chosen.includes(value) ? { checked: "" } : {}),
    onchange: () => {
      const values = control.checked ? [...new Set([...chosen, value])] : chosen.filter((each) => each !== value);
      if (values.length) builder.edit(control, (cohort) => setAt(cohort, path, values));
      else builder.refuse(control, say("needs_answer"));
    },
  });
  return make("label", { class: "control tick" }, control, make("span", {}, name));
}
