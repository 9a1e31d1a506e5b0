// Conditions joined by `and`, `or` and `not`: the same for those on events and those on variants.

import { make } from "../dom.js";
import { say } from "../words.js";
import { action, choose, remove } from "./controls.js";
import { groupAt } from "./places.js";
import { addAt, partAt, setAt } from "./tree.js";

/** The condition at `path`. `kind` has the `is` of the three (`all`, `any`, `not`), `card(builder, path)` for a single
    condition, and `fresh(builder, path)`, what a new one says. `removal` takes the whole away. */
export function booleanCard(builder, path, kind, removal) {
  const part = partAt(builder.cohort, path);
  if (part.is === kind.all || part.is === kind.any) return joined(builder, path, kind, part, removal);
  const inner = part.is === kind.not ? negated(builder, path, kind) : kind.card(builder, path);
  return make(
    "div",
    { class: "condition", ...around(path) },
    inner,
    make("div", { class: "row acts" }, ...acts(builder, path, kind, part), removal),
  );
}

/** The clause around the whole has a name of its own. */
const around = (path) => (path.at(-1) === "where" ? {} : groupAt(path));

function joined(builder, path, kind, { is, parts }, removal) {
  const without = (number) => (cohort) => {
    const now = partAt(cohort, path);
    const rest = now.parts.filter((_, other) => other !== number);
    setAt(cohort, path, rest.length === 1 ? rest[0] : { ...now, parts: rest });
  };
  const item = (_, number) => {
    const at = [...path, "parts", number];
    const away = action(builder, at, "×", without(number), { what: say("remove_what", { what: say("condition") }) });
    return make("li", { class: "part" }, booleanCard(builder, at, kind, away));
  };
  return make(
    "fieldset",
    { class: "group", ...around(path) },
    make("legend", {}, say("conditions")),
    choose(builder, [...path, "is"], {
      name: say("group_kind"),
      options: [
        [kind.all, say("GroupKind_all of")],
        [kind.any, say("GroupKind_any of")],
      ],
      current: is,
      change: (cohort, value) => setAt(cohort, [...path, "is"], value),
    }),
    make("ul", { class: "parts" }, ...parts.map(item)),
    make(
      "div",
      { class: "row acts" },
      action(builder, path, say("add_condition"), (cohort) =>
        addAt(cohort, [...path, "parts"], kind.fresh(builder, path)),
      ),
      negate(builder, path, kind),
      removal,
    ),
  );
}

const negated = (builder, path, kind) =>
  make("fieldset", { class: "group" }, make("legend", {}, say("not")), booleanCard(builder, [...path, "part"], kind));

const negate = (builder, path, kind) =>
  action(builder, path, say("turn_round"), (cohort) =>
    setAt(cohort, path, { is: kind.not, part: partAt(cohort, path) }),
  );

function acts(builder, path, kind, part) {
  const join = (is, name) =>
    action(builder, path, name, (cohort) =>
      setAt(cohort, path, { is, parts: [partAt(cohort, path), kind.fresh(builder, path)] }),
    );
  const round =
    part.is === kind.not
      ? action(builder, path, say("undo_not"), (cohort) => setAt(cohort, path, partAt(cohort, [...path, "part"])))
      : negate(builder, path, kind);
  return [join(kind.all, say("join_and")), join(kind.any, say("join_or")), round];
}

/** A condition that may be absent, at the end of `path`; `name` leads it. */
export function optionalCondition(builder, path, kind, { name, add }) {
  if (!partAt(builder.cohort, path))
    return action(builder, path, add, (cohort) => setAt(cohort, path, kind.fresh(builder, path)), {
      place: path.slice(0, -1),
    });
  return make(
    "fieldset",
    { class: "clause" },
    make("legend", {}, name),
    booleanCard(builder, path, kind, remove(builder, path, name)),
  );
}
