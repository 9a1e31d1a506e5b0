// A part of the document as its own text, edited in the place of its card.

import { make } from "../dom.js";
import { wholeMessage } from "../problems.js";
import { say } from "../words.js";
import { nameAt } from "./places.js";

/** Opens the part as text, in place of the row that holds the button; null where the part has no text of its own.
    `brackets` around what is typed keep an `and` or `or` of it together. */
export function editButton(builder, path, { brackets = false } = {}) {
  if (!builder.tree.isPlaced(path)) return null;
  const open = () => {
    const made = form(builder, path, brackets);
    control.parentElement.replaceChildren(made);
    return made.querySelector("textarea");
  };
  const goOn = ({ value, defaultValue, selectionStart, selectionEnd }) => {
    const area = open();
    if (value === defaultValue) return; // nothing was typed: it shows what the part says by now
    area.value = value;
    area.setSelectionRange(selectionStart, selectionEnd);
  };
  const control = make(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-key": `${path.join("/")}:text`,
      "aria-label": nameAt(say("edit_text"), path),
      onclick: () => open().focus(),
      onreopen: ({ detail }) => goOn(detail),
    },
    say("edit_text"),
  );
  return control;
}

function form(builder, path, brackets) {
  const before = builder.tree.text(path);
  const home = `${path.join("/")}:text`;
  const area = make("textarea", {
    "data-key": `${path.join("/")}:typed`,
    rows: Math.min(8, before.split("\n").length + 1),
    spellcheck: "false",
    "aria-label": nameAt(say("part_as_text"), path),
  });
  area.defaultValue = before;
  const leave = () => {
    area.focus(); // from a button that goes, so that the focus is where it was before
    area.value = before; // nothing that a page would ask about before it is left
    builder.draw(area, home);
  };
  const put = () => {
    const text = area.value.trim();
    if (text === before) return leave();
    area.focus();
    builder.typing.send(area);
    return builder.attempt(area, () => builder.tree.splice(path, brackets ? `(${text})` : text), { then: home });
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) put();
  });
  return make(
    "div",
    { class: "text-form" },
    area,
    make(
      "div",
      { class: "row" },
      make("button", { type: "button", "aria-label": nameAt(say("apply"), path), onclick: put }, say("apply")),
      make(
        "button",
        { type: "button", class: "quiet", "aria-label": nameAt(say("leave_text"), path), onclick: leave },
        say("leave_text"),
      ),
    ),
  );
}

/** What a refusal says, in one line. */
export function reason(error) {
  const first = error.problem.problems?.[0];
  return [first ? wholeMessage(first) : error.message, first?.hint ?? error.problem.hint].filter(Boolean).join(" – ");
}
