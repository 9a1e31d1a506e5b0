"""The canonical name of a part of a plan: equal meaning as far as the optimiser sees it, equal name."""

import hashlib
from array import array
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import NewType, cast, get_args

from engine.logical.nodes import Atom, CohortPlan, Entry, ExitPlan, QualifyPlan, RulePlan

Digest = NewType("Digest", str)
"""SHA-256 in hexadecimal. It tells nothing of what was asked, and nothing of anybody's data."""

_Named = Entry | ExitPlan | QualifyPlan | RulePlan | Atom | CohortPlan
_NAMED = frozenset(get_args(_Named))
_NONE = b"v13:NoneType=None"
"""As any plain value is written; most fields hold none."""


class Names:
    """Names the parts of the plans of one question; the name of each is worked out once. For one thread, and no longer
    than the question.

    Names of rules and other labels are no part of a name, and neither is the place in the text.
    """

    def __init__(self) -> None:
        # By identity: to find a node by its value would take hashing all of it. The node is held, so that no other
        # takes its place.
        self._known: dict[int, tuple[_Named, Digest]] = {}

    def of(self, *parts: object) -> Digest:
        """The name of some nodes, texts and other names taken together, in this order."""
        written = bytearray()
        for part in parts:
            self._write(part, written)
        return Digest(hashlib.sha256(written).hexdigest())

    def cohort(self, plan: CohortPlan, *, ordered: bool) -> Digest:
        """The name of a cohort; the order of its rules is part of it only where the steps matter."""
        rules = [self.of(rule) for rule in plan.rules]
        whole = (plan.entry, plan.qualify, plan.keep, plan.exit, plan.join_days, plan.across_periods, plan.study)
        return self.of("cohort", *whole, *(rules if ordered else sorted(rules)))

    def _named(self, node: _Named) -> Digest:
        if id(node) not in self._known:
            written = bytearray()
            self._write_fields(node, written)
            self._known[id(node)] = node, Digest(hashlib.sha256(written).hexdigest())
        return self._known[id(node)][1]

    def _write(self, value: object, written: bytearray) -> None:
        """Every value begins with its kind and, where it may differ, its length: no two values are written alike."""
        kind = type(value)
        if value is None:
            written += _NONE
        elif kind in _NAMED:
            written += b"n" + self._named(cast("_Named", value)).encode()
        elif isinstance(value, tuple):
            self._write_tuple(value, written)
        elif isinstance(value, frozenset):
            self._write_tuple(tuple(sorted(map(repr, value))), written)
        elif kind is str:
            text = str(value).encode()
            written += b"s%d:" % len(text) + text
        elif _named_fields(kind) is not None:
            self._write_fields(value, written)
        else:
            text = f"{kind.__name__}={value.name if isinstance(value, Enum) else repr(value)}".encode()
            written += b"v%d:" % len(text) + text

    def _write_fields(self, node: object, written: bytearray) -> None:
        kind = type(node)
        written += b"d" + kind.__name__.encode() + b"("
        for name in _named_fields(kind) or ():
            value = getattr(node, name)
            if value is None:
                written += _NONE
            else:
                self._write(value, written)
        written += b")"

    def _write_tuple(self, value: tuple[object, ...], written: bytearray) -> None:
        if value and type(value[0]) is int:  # concept sets, of thousands of ids and nothing else
            written += b"i%d:" % len(value) + array("q", cast("tuple[int, ...]", value)).tobytes()
            return
        written += b"t%d:" % len(value)
        for part in value:
            self._write(part, written)


@cache
def _named_fields(kind: type) -> tuple[str, ...] | None:
    """The fields of a class of nodes that are part of its name; absent for what is no node."""
    if not is_dataclass(kind):
        return None
    return tuple(
        field.name for field in fields(kind) if field.compare and not (kind is RulePlan and field.name == "name")
    )
