// Lists of words as chips: genes, panels, regions, consequences. One is typed, or found in the dictionaries.

import { make } from "../dom.js";
import { say } from "../words.js";
import { remove } from "./controls.js";
import { searchButton } from "./search.js";
import { addAt, partAt } from "./tree.js";

/** `find` is the kind of name that is searched and `nameOf(item)` its word; a list with `least` 1 keeps its last word.
    `known` are words to be offered. */
export function wordChips(builder, path, { name, find, nameOf, least = 0, known = [] }) {
  const words = partAt(builder.cohort, path) ?? [];
  const key = path.join("/");
  const put = (cohort, word) => !partAt(cohort, path)?.includes(word) && addAt(cohort, path, word);
  const list = known.length
    ? make("datalist", { id: `${key}:known` }, ...known.map((value) => make("option", { value })))
    : null;
  return make(
    "div",
    { class: "chips", role: "group", "aria-label": name },
    make("span", { class: "lead" }, name),
    ...words.map((word, number) =>
      make("span", { class: "chip" }, word, words.length > least ? remove(builder, [...path, number], word) : null),
    ),
    typed(builder, key, name, list, put),
    list,
    find ? searchButton(builder, path, find, (cohort, item) => put(cohort, nameOf(item))) : null,
  );
}

function typed(builder, key, name, list, put) {
  const control = make("input", {
    type: "text",
    class: "add",
    "data-key": `${key}:new`,
    "aria-label": say("add_to", { name }),
    placeholder: say("type_word"),
    list: list?.id,
    onchange: () => control.value.trim() && builder.edit(control, (cohort) => put(cohort, control.value.trim())),
  });
  return control;
}
