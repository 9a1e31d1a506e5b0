"""Where one person lives is in no list: regions that are told follow from what the operator says, or what many share."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_dsl import parse
from cohort_dsl.ast import Dimension, DimensionKind
from engine import EngineSettings, Principal, Request, Session, breakdown
from engine.catalog.database import Database
from engine.catalog.manifest import write_manifest
from engine.catalog.people import load_people
from engine.catalog.release import open_release
from engine.disclosure.noise import FreshGaussian
from engine.disclosure.regions import MISSED, THRESHOLD, listed_regions
from engine.ingest.run import Sources, ingest_sources
from engine.pipeline.cube import build_cube
from schemas.cube import REGIONS_COST, REGIONS_SIGMA, CubeTable
from schemas.policy import DEFAULT_POLICY, NANO_RHO, AccessTier, Precision
from schemas.release import REGION
from tests.lib.releases import write_release

PEOPLE = 900
SHARED, LONELY = "Seoul", "Dokdo"
EVERYBODY = parse('cohort "c"\nindex everyone\n')
ME = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)


def source(folder: Path, home_of_victim: str | None) -> Path:
    """An OMOP folder in which everybody lives in one place but person 0; with nobody there, the place is in no table."""
    folder.mkdir()
    homes = [home_of_victim if person == 0 else SHARED for person in range(PEOPLE)]
    places = sorted({home for home in homes if home})
    number = {home: n for n, home in enumerate(places, 1)}
    rows = {
        "person": "person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id,location_id\n"
        + "".join(f"{p},8507,1980,0,0,{number[home] if home else ''}\n" for p, home in enumerate(homes)),
        "observation_period": "observation_period_id,person_id,observation_period_start_date,"
        "observation_period_end_date,period_type_concept_id\n"
        + "".join(f"{p},{p},2010-01-01,2020-12-31,32817\n" for p in range(PEOPLE)),
        "location": "location_id,state\n" + "".join(f"{n},{home}\n" for home, n in number.items()),
    }
    for name, text in rows.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def seen(work: Path, home_of_victim: str | None, regions: Path | None = None) -> list[tuple[str, ...]]:
    """Every list of regions that leaves: of a breakdown, of the public cube, and what the release says of itself."""
    releases, state = work / "releases", work / "state"
    sources = Sources(omop=source(work / "omop", home_of_victim), assume_consent=("GRU",), regions=regions)
    ingest_sources(releases, "r1", sources, phase=0, progress=lambda *_: None)
    settings = EngineSettings(releases=releases, state=state)
    session = Session.open(settings)
    request = Request(
        cohort=EVERYBODY,
        principal=ME,
        precision=Precision.COARSE,
        dimensions=(Dimension(kind=DimensionKind.REGION),),
    )
    table = breakdown(session, request)
    overview = session.overview()
    session.close()
    cube = build_cube(settings, DEFAULT_POLICY, work / "cubes", user="u", progress=lambda *_: None)
    labels = cube.manifest.labels[CubeTable.REGION.value]
    return [
        tuple(cell.label[0] for cell in table.cells),
        tuple(label[0] for label in labels),
        tuple(text for _, text in overview.sources),
    ]


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[str, ...]]]:
    yield seen(tmp_path_factory.mktemp("without"), None)


def test_nobody_sees_that_one_person_lives_somewhere(tmp_path: Path, without: list[tuple[str, ...]]) -> None:
    """Labels were the places of the table of locations: the one that a single person brought was a row of every
    breakdown, hidden or not."""
    assert seen(tmp_path, LONELY) == without
    assert without[:2] == [(SHARED, "unknown"), (SHARED, "unknown")]


@pytest.mark.parametrize("home", [LONELY, None])
def test_a_list_of_the_operators_is_told_whoever_lives_there(tmp_path: Path, home: str | None) -> None:
    given = tmp_path / "given.csv"
    given.write_text(f"region\n{SHARED}\n{LONELY}\nBusan\n")
    breakdown_labels, cube_labels, _ = seen(tmp_path, home, given)
    assert breakdown_labels == cube_labels == ("Busan", LONELY, SHARED, "unknown")


def test_a_release_from_before_there_were_lists_tells_no_regions(tmp_path: Path) -> None:
    release = write_release(tmp_path, {"person": [{"region": SHARED}], "location": [{"state": SHARED}]})
    kept = tuple(entry for entry in release.manifest.files if entry.path != REGION.path)
    release.file(REGION.path).unlink()
    write_manifest(release.path, replace(release.manifest, files=kept))
    old = open_release(tmp_path, release.id)
    assert load_people(old, Database(old)).regions == ("unknown",)


class Fixed:
    """Noise that a test chooses."""

    def __init__(self, value: int) -> None:
        self._value = value

    def draw(self, sigma: int, count: int) -> tuple[int, ...]:
        assert sigma == REGIONS_SIGMA
        return (self._value,) * count


def test_one_person_is_told_of_less_often_than_the_chance_that_is_stated() -> None:
    """The exact tail of the discrete Gaussian at the noise that one person would need."""
    assert listed_regions({"a": 1}, Fixed(THRESHOLD - 2)) == ()
    assert listed_regions({"a": 1}, Fixed(THRESHOLD - 1)) == ("a",)
    weights = [math.exp(-(n**2) / (2 * REGIONS_SIGMA**2)) for n in range(40 * REGIONS_SIGMA)]
    whole = 2 * math.fsum(weights) - weights[0]
    assert 0 < math.fsum(weights[THRESHOLD - 1 :]) / whole <= MISSED


def test_the_price_is_that_of_one_count_and_there_is_room_for_it_in_what_is_published() -> None:
    assert REGIONS_COST == NANO_RHO // (2 * REGIONS_SIGMA**2) == 200_000
    cube = DEFAULT_POLICY.cube
    assert cube.cost() + REGIONS_COST <= cube.budget == cube.for_tables + REGIONS_COST


def test_where_as_many_live_as_the_threshold_says_is_listed_half_of_the_time() -> None:
    """The noise is real: a threshold without noise would always list it, and never with one person less."""
    for people, least, most in (
        (THRESHOLD, 140, 260),
        (THRESHOLD - 1, 140, 260),
        (1, 0, 0),
        (THRESHOLD + 400, 400, 400),
    ):
        listed = listed_regions({str(n): people for n in range(400)}, FreshGaussian())
        assert least <= len(listed) <= most


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 2 * THRESHOLD), max_size=5), st.randoms())
def test_the_order_of_regions_does_not_follow_from_their_counts(counts: dict[str, int], random) -> None:
    shuffled = list(counts.items())
    random.shuffle(shuffled)
    assert (
        listed_regions(dict(shuffled), Fixed(0))
        == listed_regions(counts, Fixed(0))
        == tuple(sorted(region for region, people in counts.items() if people >= THRESHOLD))
    )
