"""A release of twelve people in any phase, opened on any day."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.session import EngineSettings, Session
from schemas.policy import DEFAULT_POLICY, DisclosurePolicy
from tests.lib.releases import write_release

DAY = datetime.date(2010, 1, 1)
Open = Callable[..., Session]


def write(root: Path, phase: int) -> None:
    day = {"start_date": DAY, "end_date": DAY}
    write_release(
        root,
        {
            "person": [{"birth_date": DAY, "year_of_birth": 1950, "region": "Seoul"} for _ in range(12)],
            "region": [{"region": "Seoul"}],
            "observation_period": [
                {"person": n, "start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 1, 1)}
                for n in range(12)
            ],
            "condition": [{"person": n, "concept_id": 1, **day} for n in range(12)],
            "concept": [{"concept_id": 1, "vocabulary_id": "TEST", "concept_code": "1", "standard_concept": "S"}],
            "consent": [{"person": n, "permission": "GRU", "granted_on": DAY} for n in range(12)],
            "survey_question": [{"question_id": "smoking.status", "survey_id": "s", "kind": "choice"}],
            "survey_option": [{"question_id": "smoking.status", "answer": "current", "position": 0}],
            "gene": [{"gene": "PCSK9", "contig": "1", "start": 1, "end": 10_000}],
            "score": [{"score": "ldl", "label": "LDL", "constant": 0.0, "listed": 1, "matched": 0}],
            "variant": [{"contig": "1", "position": 100, "ref": "A", "alt": "G", "rsid": "rs100", "gene": "PCSK9"}],
            "sample": [{"person": n, "source_sample_id": str(n)} for n in range(12)],
            "panel": [],
            "score_weight": [],
            "known_variant": [
                {"contig": "1", "position": 100, "ref": "A", "alt": "G", "rsid": "rs100", "af_external": 0.3},
                {"contig": "1", "position": 200, "ref": "A", "alt": "G", "rsid": "rs200", "af_external": 0.0001},
            ],
        },
        release_id=f"phase{phase}",
        calls=np.zeros((1, 12), np.int8),
        phase=phase,
    )


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("phases")
    for phase in (0, 1, 2, 3, 9):
        write(root, phase)
    return root


@pytest.fixture
def open_on(releases: Path, tmp_path: Path):
    """`open_on(phase, day)`: a session over the release of a phase whose clock stands at a day."""
    opened: list[Session] = []

    def open_(phase: int, day: datetime.date, policy: DisclosurePolicy = DEFAULT_POLICY) -> Session:
        settings = EngineSettings(releases=releases, state=tmp_path, release_id=f"phase{phase}")
        opened.append(Session.open(settings, policy, today=lambda: day))
        return opened[-1]

    yield open_
    for session in opened:
        session.close()


@pytest.fixture(scope="session")
def reading_on(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """`reading_on(phase, day)`: the session over the release of a phase, one for all tests, whose clock is set to a day;
    for what charges and keeps nothing."""
    opened: dict[int, Session] = {}
    today: dict[int, datetime.date] = {}

    def set_clock(phase: int, day: datetime.date) -> Session:
        today[phase] = day
        if phase not in opened:
            settings = EngineSettings(
                releases=releases, state=tmp_path_factory.mktemp("phase"), release_id=f"phase{phase}"
            )
            opened[phase] = Session.open(settings, today=lambda: today[phase])
        return opened[phase]

    yield set_clock
    for session in opened.values():
        session.close()
