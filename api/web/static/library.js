// Documents to start from, with what they are about: the comment each begins with.

import { untilThere } from "./away.js";
import { closeDialog, openDialog } from "./dialogs.js";
import { byId, make } from "./dom.js";
import { get } from "./session.js";

const about = (text) =>
  text
    .split("\n", 20)
    .filter((line) => line.startsWith("#"))
    .map((line) => line.replace(/^#\s*/, ""))
    .join(" ");

/** Fill the library; gives the examples. `open(text)` puts one into the editor. */
export async function startLibrary(open) {
  const { examples } = await untilThere(() => get("/v1/examples"), () => {});
  const take = (text) => {
    closeDialog("library");
    open(text);
  };
  byId("library-list").replaceChildren(
    ...examples.map((example) =>
      make(
        "li",
        {},
        make("button", { type: "button", class: "link", onclick: () => take(example.text) }, example.title),
        make("small", {}, about(example.text)),
      ),
    ),
  );
  byId("open-library").addEventListener("click", () => openDialog("library"));
  return examples;
}
