"""Forty people in consent classes that are known, and one disease that is a kind of another."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from cohort_dsl import parse
from engine.disclosure.request import Principal
from engine.pipeline import Request
from engine.session import EngineSettings, Session
from schemas.policy import AccessTier, Precision
from tests.lib.releases import write_release

DAY = datetime.date(2010, 1, 1)
TODAY = datetime.date(2026, 11, 29)
METABOLIC, DIABETES, CANCER = 10, 11, 20
GROUPS: dict[str, tuple[str, ...]] = {
    "general": ("GRU",),
    "health": ("HMB",),
    "metabolic": (f"DS:{METABOLIC}",),
    "diabetes": (f"DS:{DIABETES}",),
    "public only": ("GRU", "NPUNCU"),
    "health, no methods": ("HMB", "NMDS"),
    "until 2027": ("GRU", "TS:2027-12-31"),
    "nothing": (),
}
SIZE = 10
PEOPLE = SIZE * len(GROUPS)
EVERYBODY = 'cohort "c"\nindex everyone\n'


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People 0..9 permit as the first group, 10..19 as the second, and so on; ids of the source are 1000 and on."""
    root = tmp_path_factory.mktemp("consent")
    permissions = [each for each in GROUPS.values() for _ in range(SIZE)]
    concept = {"vocabulary_id": "TEST", "standard_concept": "S", "domain_id": "Condition"}
    write_release(
        root,
        {
            "person": [{"source_person_id": 1000 + n, "birth_date": DAY, "year_of_birth": 1950} for n in range(PEOPLE)],
            "observation_period": [
                {"person": n, "start_date": DAY, "end_date": datetime.date(2020, 1, 1)} for n in range(PEOPLE)
            ],
            "concept": [{"concept_id": n, "concept_code": str(n), **concept} for n in (METABOLIC, DIABETES, CANCER)],
            "concept_ancestor": [
                {"ancestor_concept_id": a, "descendant_concept_id": d}
                for a, d in ((METABOLIC, METABOLIC), (METABOLIC, DIABETES), (DIABETES, DIABETES), (CANCER, CANCER))
            ],
            "consent": [
                {"person": n, "permission": permission, "granted_on": DAY}
                for n, held in enumerate(permissions)
                for permission in held
            ],
        },
    )
    return root


def people_of(*groups: str) -> int:
    return SIZE * len(groups)


def ids_of(group: str) -> range:
    first = 1000 + SIZE * list(GROUPS).index(group)
    return range(first, first + SIZE)


def ask(
    project: str = "p",
    tier: AccessTier = AccessTier.INTERNAL,
    text: str = EVERYBODY,
    precision: Precision | None = None,
) -> Request:
    principal = Principal(user="u", project=project, institution="i", tier=tier, reason="a test of consent")
    return Request(cohort=parse(text), principal=principal, precision=precision)


@pytest.fixture
def open_session(releases: Path, tmp_path: Path) -> Callable[..., Session]:
    """`open_session(projects, today)`: a session with a registry of this text."""
    opened: list[Session] = []

    def open_(projects: str | None = None, today: Callable[[], datetime.date] = lambda: TODAY) -> Session:
        path = tmp_path / "projects.toml"
        if projects is not None:
            path.write_text(projects)
        settings = EngineSettings(
            releases=releases, state=tmp_path / "state", projects=None if projects is None else path
        )
        opened.append(Session.open(settings, today=today))
        return opened[-1]

    yield open_
    for session in opened:
        session.close()
