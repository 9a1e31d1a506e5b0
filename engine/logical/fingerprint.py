"""The canonical identity of a plan: equal meaning as far as the optimiser sees it, equal hash."""

import datetime
import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache

from cohort_dsl.ast import Keep, Pick
from engine.logical.nodes import CohortPlan, Entry, EveryoneOn, ExitPlan, RulePlan

_PLAIN = frozenset({int, float, str, bool, type(None)})


def fingerprint(plan: CohortPlan, *asked: object, ordered: bool = False) -> str:
    """SHA-256 in hexadecimal over the structure of the plan and what else was asked.

    Rule names are labels and left out; so is the order of the rules unless `ordered`, for attrition.
    """
    whole = [_cohort(plan, ordered=ordered), *map(structure, asked)]
    return hashlib.sha256(json.dumps(whole, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def structure(value: object) -> object:
    """A value of the plan as plain JSON types; nodes become `[name, {field: …}]`, spans and labels are left out."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, tuple):  # concept sets have thousands of ids
        return list(value) if _PLAIN.issuperset(map(type, value)) else [structure(part) for part in value]
    if isinstance(value, CohortPlan):
        return _cohort(value, ordered=False)
    if (names := _told(kind)) is not None:
        return [kind.__name__, {name: structure(getattr(value, name)) for name in names}]
    if isinstance(value, Enum):
        return [kind.__name__, value.name]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


@cache
def _told(kind: type) -> tuple[str, ...] | None:
    """The fields of a class of nodes that are part of its meaning; absent for what is no node."""
    return tuple(field.name for field in fields(kind) if field.compare) if is_dataclass(kind) else None


def _cohort(plan: CohortPlan, *, ordered: bool) -> list[object]:
    """A cohort without the order of what has none: its rules, what censors, and what may start an entry where all
    entries go on. Where one of a person's entries is picked, order decides between two of one day."""
    parts: dict[str, object] = {f.name: structure(getattr(plan, f.name)) for f in fields(plan)}
    rules = [_unnamed(rule) for rule in plan.rules]
    parts["rules"] = rules if ordered else sorted(rules, key=json.dumps)
    parts["entry"] = _entry(plan.entry, picks=_picks(plan))
    parts["exit"] = _exit(plan.exit)
    return [type(plan).__name__, parts]


def _unnamed(rule: RulePlan) -> object:
    return structure(replace(rule, name=""))


def _entry(entry: Entry, *, picks: bool) -> object:
    if isinstance(entry.events, EveryoneOn):
        return structure(entry)
    events = tuple(dict.fromkeys(entry.events))
    return [structure(replace(entry, events=())), [structure(e) for e in events] if picks else _sorted(events)]


def _exit(exit: ExitPlan) -> object:
    exposure = exit.exposure and replace(exit.exposure, exposures=())
    exposures = _sorted(exit.exposure.exposures) if exit.exposure else []
    return [structure(replace(exit, censors=(), exposure=exposure)), _sorted(exit.censors), exposures]


def _picks(plan: CohortPlan) -> bool:
    picked = plan.qualify is not None and plan.qualify.pick is not Pick.ALL
    return picked or plan.entry.pick is not Pick.ALL or plan.keep is not Keep.ALL


def _sorted(parts: tuple[object, ...]) -> list[object]:
    """The structures of the parts, sorted, each once."""
    written = {json.dumps(structure(part), sort_keys=True): structure(part) for part in parts}
    return [written[key] for key in sorted(written)]
