// A part the cards have no picture for, as its own text. It is kept as it is, and may be edited as text.

import { make } from "../dom.js";
import { Refusal } from "../session.js";
import { say } from "../words.js";

/** `brackets` around what is typed keep an `and` or `or` of it together. */
export function textCard(builder, path, { brackets = false } = {}) {
  const text = builder.tree.text(path) ?? "";
  const shown = make("code", {}, text);
  const edit = editButton(builder, path, { brackets });
  return make("div", { class: "as-text" }, shown, edit);
}

/** Opens the part as text, in place of whatever card holds the button. */
export function editButton(builder, path, { brackets = false } = {}) {
  const control = make(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-key": `${path.join("/")}:text`,
      onclick: () => control.parentElement.replaceChildren(form(builder, path, brackets)),
    },
    say("edit_text"),
  );
  return control;
}

function form(builder, path, brackets) {
  const before = builder.tree.text(path) ?? "";
  const area = make("textarea", { rows: Math.min(8, before.split("\n").length + 1), spellcheck: "false", "aria-label": say("part_as_text") });
  area.value = before;
  const put = () => {
    const text = area.value.trim();
    if (text === before) builder.draw();
    else builder.attempt(area, () => builder.tree.splice(path, brackets ? `(${text})` : text));
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") builder.draw();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) put();
  });
  queueMicrotask(() => area.focus());
  return make(
    "div",
    { class: "text-form" },
    area,
    make(
      "div",
      { class: "row" },
      make("button", { type: "button", onclick: put }, say("apply")),
      make("button", { type: "button", class: "quiet", onclick: () => builder.draw() }, say("leave_text")),
    ),
  );
}

/** What a refusal says, in one line. */
export function reason(error) {
  if (!(error instanceof Refusal)) throw error;
  const first = error.problem.problems?.[0];
  return [first?.message ?? error.message, first?.hint ?? error.problem.hint].filter(Boolean).join(" – ");
}
