"""OHDSI's own unit cases: the same rows and the same events, on every target."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.unit_answers import found_events, found_rows
from tests.conformance.unit_cases import UnitCase
from tests.conformance.world import TARGETS, World
from tests.lib.shared import shared_folder

_FOLDER = Path("data") / "circe" / "unit_cases"


def _names() -> list[str]:
    folder = shared_folder()
    return sorted(file.stem for file in (folder / _FOLDER).glob("*.json")) if folder else ["absent"]


@pytest.fixture(scope="module")
def case(request: pytest.FixtureRequest, shared: Path) -> UnitCase:
    return UnitCase.read(shared / _FOLDER / f"{request.param}.json")


@pytest.fixture(scope="module")
def world(case: UnitCase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(case.release(tmp_path_factory.mktemp("unit")))
    yield world
    world.database.close()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", _names(), indirect=True)
def test_a_target_finds_what_ohdsi_expects(case: UnitCase, world: World, target: str) -> None:
    if case.kind in ("cohort", "group"):
        assert found_rows(case, world, target) == case.rows
    else:
        assert found_events(case, world, target) == case.events
