// A part of the document as its own text, edited in the place of its card.

import { make } from "../dom.js";
import { wholeMessage } from "../problems.js";
import { say } from "../words.js";

/** Opens the part as text, in place of the row that holds the button; null where the part has no text of its own.
    `brackets` around what is typed keep an `and` or `or` of it together. */
export function editButton(builder, path, { brackets = false } = {}) {
  if (!builder.tree.isPlaced(path)) return null;
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
  const before = builder.tree.text(path);
  const area = make("textarea", {
    rows: Math.min(8, before.split("\n").length + 1),
    spellcheck: "false",
    "aria-label": say("part_as_text"),
  });
  area.defaultValue = before;
  const put = () => {
    const text = area.value.trim();
    if (text === before) builder.draw(area);
    else builder.attempt(area, () => builder.tree.splice(path, brackets ? `(${text})` : text));
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") builder.draw(area);
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
      make("button", { type: "button", class: "quiet", onclick: () => builder.draw(area) }, say("leave_text")),
    ),
  );
}

/** What a refusal says, in one line. */
export function reason(error) {
  const first = error.problem.problems?.[0];
  return [first ? wholeMessage(first) : error.message, first?.hint ?? error.problem.hint].filter(Boolean).join(" – ");
}
