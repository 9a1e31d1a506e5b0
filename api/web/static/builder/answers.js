// Survey questions: which one, and what of its answers; the answers are ticked where the dictionary has them.

import { make } from "../dom.js";
import { get } from "../session.js";
import { language, say } from "../words.js";
import { choose, lead } from "./controls.js";
import { wordChips } from "./chips.js";
import { rangeFields } from "./ranges.js";
import { searchButton, searchNames } from "./search.js";
import { ticks } from "./ticks.js";
import { partAt, setAt } from "./tree.js";

const A_NUMBER = { is: "compare", operator: ">=", value: 1 };

const known = new Map();

/** What the dictionary says of a question, asked once; undefined where it does not have it. */
async function questionOf(id) {
  if (!known.has(id)) {
    const answer = await get("/v1/survey/questions", { search: id }).catch(() => null);
    if (!answer) return undefined;
    known.set(
      id,
      answer.questions.find((question) => question.question_id === id),
    );
  }
  return known.get(id);
}

/** A question somebody chose in the dictionary, and a first condition on its answers, or null. */
export async function pickQuestion() {
  const item = await searchNames("questions");
  if (!item) return null;
  const question = (await questionOf(item.question_id)) ?? item;
  return { question: item.question_id, test: question.options.length ? answerIn(question) : A_NUMBER };
}

const answerIn = (question) => ({ is: "answer in", values: [question?.options[0]?.answer ?? say("some_text")] });

/** Question and condition of the node at `path`. `others` has what else may be said of the answers, as {name: test},
    where `undefined` is no condition. */
export function answersCard(builder, path, others) {
  const { question, test } = partAt(builder.cohort, path);
  const [other] = Object.keys(others);
  const current = { "answer in": "answers", compare: "number", between: "number" }[test?.is] ?? other;
  const change = async (cohort, value) => {
    const test = value === "answers" ? answerIn(await questionOf(question)) : { number: A_NUMBER, ...others }[value];
    setAt(cohort, [...path, "test"], test);
  };
  return make(
    "div",
    {},
    make(
      "div",
      { class: "row" },
      lead(say("question")),
      make("span", { class: "chip" }, question),
      searchButton(builder, [...path, "question"], "questions", (cohort, item) => about(cohort, path, item)),
      choose(builder, [...path, "test"], {
        name: say("answered"),
        options: ["answers", "number", other].map((kind) => [kind, say(`answered_${kind}`)]),
        current,
        change,
      }),
      current === "number" ? rangeFields(builder, [...path, "test"]) : null,
    ),
    current === "answers" ? answersField(builder, [...path, "test", "values"], question) : null,
  );
}

/** The same of another question; what was asked of the answers of the one before cannot be asked of it. */
function about(cohort, path, item) {
  const { test } = partAt(cohort, path);
  setAt(cohort, [...path, "question"], item.question_id);
  if (test && test.is !== "unanswered")
    setAt(cohort, [...path, "test"], item.options.length ? answerIn(item) : A_NUMBER);
}

/** Ticks for the answers at `path`; drawn at once with those chosen, and again when the question's are known. */
function answersField(builder, path, id) {
  const place = make("div", {});
  const show = (question) => {
    const options = (question?.options ?? []).map((option) => [option.answer, labelOf(option)]);
    const name = titleOf(question) ?? id;
    place.replaceChildren(
      options.length ? ticks(builder, path, { name, options }) : wordChips(builder, path, { name, least: 1 }),
    );
  };
  show(known.get(id));
  if (!known.has(id)) questionOf(id).then(show);
  return place;
}

const isKorean = language === "ko";
const titleOf = (question) => (question ? (isKorean && question.label_ko) || question.label : undefined);
const labelOf = (option) => (isKorean && option.label_ko) || option.label || option.answer;
