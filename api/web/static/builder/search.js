// The dialog that finds a name in the dictionaries, for cards.

import { closeDialog, openDialog } from "../dialogs.js";
import { byId, make } from "../dom.js";
import { foundOf, search } from "../names.js";
import { Refusal } from "../session.js";
import { say } from "../words.js";
import { nameAt } from "./places.js";

const PAUSE = 200;

/** What somebody chose, as the server gave it, or null. `always` are rows offered before anything is typed. */
export function searchNames(kind, always = []) {
  byId("search-title").textContent = say(`find_${kind}`);
  byId("search-text").value = "";
  return new Promise((resolve) => {
    let chosen = null;
    let timer = 0;
    const show = (rows, hint) => {
      byId("search-said").textContent = hint ?? (byId("search-text").value ? foundOf(rows) : "");
      byId("search-results").replaceChildren(
        ...(hint ? [make("li", {}, hint)] : []),
        ...rows.filter((row) => row.item).map((row) => entry(row, () => ((chosen = row.item), closeDialog("search")))),
      );
    };
    const refresh = async () => {
      const text = byId("search-text").value.trim();
      if (!text) return show(always);
      try {
        const { rows, hint } = await search(kind, text);
        if (text !== byId("search-text").value.trim()) return;
        const near = always.filter((row) => row.name.toLowerCase().includes(text.toLowerCase()));
        show([...near, ...rows], hint ?? (near.length + rows.length ? null : say("nothing_found")));
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        show([], [refusal.message, refusal.problem.hint].filter(Boolean).join("; "));
      }
    };
    const typed = () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    };
    byId("search-text").addEventListener("input", typed);
    byId("search").addEventListener(
      "close",
      () => {
        clearTimeout(timer);
        byId("search-text").removeEventListener("input", typed);
        resolve(chosen);
      },
      { once: true },
    );
    show(always);
    openDialog("search");
    byId("search-text").focus();
  });
}

/** A button beside a field that finds its value; `change(cohort, item)` puts it there. */
export function searchButton(builder, path, kind, change) {
  const control = make(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-key": `${path.join("/")}:find`,
      "aria-label": nameAt(say(`find_more_${kind}`), path),
      onclick: async () => {
        const item = await searchNames(kind);
        if (item) await builder.edit(control, (cohort) => change(cohort, item));
      },
    },
    say(`find_more_${kind}`),
  );
  return control;
}

const entry = (row, take) =>
  make(
    "li",
    {},
    make("button", { type: "button", class: "link", onclick: take }, row.name),
    row.more ? make("small", {}, row.more) : null,
  );
