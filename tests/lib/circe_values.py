"""Strategies for the values that attributes of a Circe criterion take, over the data sets of `circe_world`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.lib import circe_world as world

Json = dict[str, Any]

_RANGES = ("lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt")
_TEXTS = ("comp", "completed", "C", "early", "o'", "0%", "a_b", "", "%")
_TEXT_OPERATORS = tuple(f"{no}{op}" for no in ("", "!") for op in ("startsWith", "contains", "endsWith"))
DAYS = (0, 1, 7, 30, 31, 90, 365)
AGES = (10, 11, 18, 29, 30, 31, 59, 60, 61)
REAL = (*world.VALUES, 1.23456)
WHOLE = (*world.COUNTS, 10, 2.5)
"""Whole numbers are compared; a fraction is cut off, as by the Java original."""


@dataclass
class Sets:
    """The concept sets of one definition, made as they are needed."""

    draw: st.DrawFn
    made: list[Json] = field(default_factory=list)

    def of(self, family: str) -> int:
        """The id of a set over the family: an earlier one, or a new one."""
        earlier = [made["id"] for made in self.made if made["name"] == family]
        if earlier and self.draw(st.booleans()):
            return self.draw(st.sampled_from(earlier))
        items = self.draw(st.lists(_items(family), min_size=1, max_size=3)) if self.draw(often(12)) else []
        self.made.append({"id": len(self.made), "name": family, "expression": {"items": items}})
        return len(self.made) - 1


@st.composite
def _items(draw: st.DrawFn, family: str) -> Json:
    # A set that excludes everything it includes, or names what no vocabulary has, is empty and as good as any.
    member = draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3, 4, 5, world.UNLISTED, None)))
    if member is None and family in _REQUIRED_BY_US:
        member = 4
    return {
        "concept": _concept(0 if member is None else world.FAMILIES[family] + member),
        "isExcluded": draw(rarely(6)),
        "includeDescendants": draw(often(3)),
        "includeMapped": draw(rarely(4)),
    }


_REQUIRED_BY_US = ("cause", "payer", "region")
"""A release writes a missing cause, payer or region as concept 0, so that a set with 0 would find those without any."""


def _concept(concept_id: int) -> Json:
    return {"CONCEPT_ID": concept_id, "CONCEPT_NAME": f"concept {concept_id}"}


def rarely(one_in: int) -> st.SearchStrategy[bool]:
    return st.integers(0, one_in - 1).map(lambda drawn: drawn == one_in - 1)


def often(all_but_one_in: int) -> st.SearchStrategy[bool]:
    return st.integers(0, all_but_one_in - 1).map(lambda drawn: drawn != all_but_one_in - 1)


# --- values of attributes ---------------------------------------------------------------------------

Value = Callable[[st.DrawFn, Sets], Any]


def number(*values: float) -> Value:
    return lambda draw, _: draw(value_range(values))


@st.composite
def value_range(draw: st.DrawFn, values: tuple[Any, ...]) -> Json:
    operator, value = draw(st.sampled_from(_RANGES)), draw(st.sampled_from(values))
    made = {"Value": value, "Op": operator}
    if operator.endswith("bt"):
        made["Extent"] = draw(st.sampled_from([other for other in values if other >= value]))
    return made


def dates(draw: st.DrawFn, _: Sets) -> Json:
    return draw(value_range(tuple(day.isoformat() for day in world.DATES)))


def texts(draw: st.DrawFn, _: Sets) -> Json:
    return {"Text": draw(st.sampled_from(_TEXTS)), "Op": draw(st.sampled_from(_TEXT_OPERATORS))}


def yes(draw: st.DrawFn, _: Sets) -> bool | None:
    return draw(st.sampled_from((True, True, False, None)))


def concepts(family: str) -> Value:
    """Concepts as they are, without vocabulary; an empty list asks nothing."""

    def value(draw: st.DrawFn, _: Sets) -> list[Json]:
        members = draw(st.lists(st.sampled_from((0, 1, 2, 3, 4, None)), max_size=3, unique=True))
        return [_concept(0 if member is None else world.FAMILIES[family] + member) for member in members]

    return value


def selection(family: str) -> Value:
    """A concept set, or whether there is any value at all."""

    def value(draw: st.DrawFn, sets: Sets) -> Json:
        chosen = sets.of(family) if draw(often(6)) else None
        return {"CodesetId": chosen, "IsExclusion": draw(rarely(3))}

    return value


def concept_set(family: str) -> Value:
    return lambda _, sets: sets.of(family)


def period(draw: st.DrawFn, _: Sets) -> Json:
    first, last = sorted(draw(st.lists(st.sampled_from(world.DATES), min_size=2, max_size=2)))
    ends = draw(st.sampled_from(("StartDate", "EndDate", "both")))
    made = {"StartDate": first.isoformat(), "EndDate": last.isoformat()}
    return made if ends == "both" else {ends: made[ends]}
