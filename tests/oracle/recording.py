"""Which cases are worth keeping for the tests that run without the oracle.

First, definitions in which every attribute of every type of criterion decides something: OHDSI's rows change when it
is taken out. Then random ones, chosen so that together they have as many shapes as possible.
"""

import copy
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.lib.circe_attributes import ATTRIBUTES
from tests.lib.circe_strategies import attributed, definitions
from tests.lib.circe_values import Json
from tests.oracle.case import Case

Ask = Callable[[Json], Case | None]
"""A definition's case with OHDSI's rows, absent where its SQL fails."""

_TOGETHER = 6
"""Attributes in one definition."""
IDLE = frozenset({
    ("DrugExposure", "EffectiveDrugDose"), ("LocationRegion", "StartDate"), ("LocationRegion", "EndDate"),
    ("LocationRegion", "DateAdjustment"), ("Specimen", "DateAdjustment"),
})  # fmt: skip
"""Attributes that OHDSI's SQL does not look at, so that they change nothing."""


def drawn(strategy: st.SearchStrategy[Json], number: int, first: int) -> list[Json]:
    """So many definitions of a seed, whatever was drawn before."""
    made: list[Json] = []

    @seed(first)
    @settings(max_examples=number, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(definition=strategy)
    def collect(definition: Json) -> None:
        made.append(definition)

    collect()
    return made


def random_definitions(number: int, first: int) -> list[Json]:
    """The definitions of a seed."""
    return drawn(definitions(), number, first)


def attribute_cases(ask: Ask) -> Iterator[Case]:
    """Cases in which, together, every attribute decides something."""
    left = [(kind, name) for kind in ATTRIBUTES for name in ATTRIBUTES[kind]]
    for attempt in count():
        if not left:
            return
        wanted = _next(left)
        case, decided = max(_tried(ask, wanted, attempt), key=lambda found: len(found[1]))
        if decided:
            yield case
        untried = [pair for pair in left if pair not in wanted]
        left = untried + [pair for pair in wanted if pair not in decided]  # again later, beside other attributes


def _next(left: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Attributes of three types, two of each."""
    kinds = list(dict.fromkeys(kind for kind, _ in left))[:3]
    return [pair for kind in kinds for pair in [pair for pair in left if pair[0] == kind][: _TOGETHER // 3]]


def _tried(ask: Ask, wanted: list[tuple[str, str]], first: int) -> Iterator[tuple[Case, list[tuple[str, str]]]]:
    """Definitions with these attributes, each with those that decide something in it."""
    for definition in drawn(attributed(wanted), 12, first):
        case = ask(definition)
        if case is not None:
            yield case, [pair for pair in wanted if case.rows and _decides(ask, case, *pair)]


def _decides(ask: Ask, case: Case, kind: str, name: str) -> bool:
    if (kind, name) in IDLE:
        return True
    without = copy.deepcopy(case.definition)
    for criteria in without["PrimaryCriteria"]["CriteriaList"]:
        criteria.get(kind, {}).pop(name, None)
    other = ask(without)
    return other is not None and other.rows != case.rows


def varied(cases: list[Case], number: int) -> list[Case]:
    """So many of the cases, each the one that adds most shapes to those before; small ones before large ones."""
    left = sorted(cases, key=lambda case: len(case.line()))
    seen: set[str] = set()
    chosen = []
    while left and len(chosen) < number:
        best = max(left, key=lambda case: len(_shapes_of(case) - seen))
        left.remove(best)
        seen |= _shapes_of(best)
        chosen.append(best)
    return chosen


def _shapes_of(case: Case) -> set[str]:
    return shapes(case.definition) | ({"decided by a tie-break"} if case.tied else set())


def shapes(value: Any, place: str = "") -> set[str]:
    """What a definition is made of: each key in its place, with the value where it is one of a few."""
    match value:
        case dict():
            return {shape for key, inner in value.items() for shape in {f"{place}.{key}"} | shapes(inner, key)}
        case list():
            return {f"{place}*{min(len(value), 3)}"} | {shape for inner in value for shape in shapes(inner, place)}
        case bool() | None:
            return {f"{place}={value}"}
        case str() if place in ("Op", "Type", "CountColumn", "DateField", "StartWith", "EndWith"):
            return {f"{place}={value}"}
        case _:
            return set()
