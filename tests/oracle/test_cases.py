"""OHDSI's rows, recorded: random definitions over random data, on every target, without OHDSI's software."""

from pathlib import Path

import pytest

from tests.conformance.world import TARGETS, World
from tests.lib.circe_attributes import ATTRIBUTES
from tests.oracle.case import Case, stored
from tests.oracle.ours import answer, make_world

CASES = dict(stored())


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[int, World]:
    root: Path = tmp_path_factory.mktemp("oracle")
    return {seed: make_world(root, seed) for seed in sorted({case.seed for case in CASES.values()})}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_rows_are_those_of_ohdsi(worlds: dict[int, World], case: Case, target: str) -> None:
    assert answer(worlds[case.seed], case.definition, target) == case.rows


def test_recorded_cases_select_somebody_and_not_everybody() -> None:
    sizes = [len({person for person, _, _ in case.rows}) for case in CASES.values()]
    assert sum(0 < size < 25 for size in sizes) > len(sizes) / 2


def test_every_attribute_of_every_type_is_asked_for() -> None:
    found = {
        (kind, name)
        for case in CASES.values()
        for criteria in case.definition["PrimaryCriteria"]["CriteriaList"]
        for kind, attributes in criteria.items()
        for name in attributes
    }
    assert {(kind, name) for kind in ATTRIBUTES for name in ATTRIBUTES[kind]} <= found
