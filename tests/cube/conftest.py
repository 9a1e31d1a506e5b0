"""A release of 700 people of two places and three races, some of them ill, and what builds its cube."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.catalog.release import Release
from engine.disclosure.cube.file import Cube
from engine.disclosure.noise import NoiseSource
from engine.pipeline.cube import build_cube
from engine.session import EngineSettings
from schemas.policy import DEFAULT_POLICY, DisclosurePolicy
from tests.lib.releases import write_release

PEOPLE = 700
DIABETICS = 400
TESTED = 500
"""Those who had LDL cholesterol measured and were in hospital; the others had a procedure."""
BORN = datetime.date(1970, 6, 1)
DAY = datetime.date(2020, 3, 1)
BEFORE, AFTER = datetime.date(2018, 5, 1), datetime.date(2023, 7, 1)
RACES = (38003585, 8527, 0)
"""Of person n the n-th, by turns."""
LONG_AFTER = datetime.date(2029, 1, 1)
CODES = {11: ("E11", "Type 2 diabetes"), 12: ("E11.9", "Type 2 diabetes without complications"), 13: ("I10", "Hypertension"),
         14: ("Q99", "Rare"), 15: ("R99", "Nobody's"), 16: ("F32", "Depression")}  # fmt: skip
"""KCD codes by concept: Q99 is one person's, R99 nobody's, and F32 is never published."""

Build = Callable[..., Cube]


def tables(people: int = PEOPLE) -> dict[str, list[dict[str, object]]]:
    """Everybody lives in Seoul or Busan by turns, and permits general research, but person 0."""

    def ill(person: int, source: int, day: datetime.date = DAY) -> dict[str, object]:
        return {"person": person, "concept_id": 1, "source_concept_id": source, "start_date": day, "end_date": day}

    chosen = range(people)
    return {
        "person": [
            {"birth_date": BORN, "year_of_birth": 1970, "gender_concept_id": (8507, 8532)[n % 2],
             "region": ("Busan", "Seoul")[n % 2], "race_concept_id": RACES[n % 3]} for n in chosen
        ],
        "region": [{"region": "Busan"}, {"region": "Seoul"}],
        "condition": [
            *(ill(n, 11) for n in chosen if n < DIABETICS),
            *(ill(n, 12, (BEFORE, AFTER)[n % 2]) for n in chosen if n < DIABETICS),
            *(ill(n, 13) for n in chosen if n % 3 == 0),
            *(ill(n, 16) for n in chosen),
            ill(1, 14),
        ],
        "concept": [
            {"concept_id": concept, "vocabulary_id": "KCD7", "concept_code": code, "concept_name": label,
             "domain_id": "Condition"} for concept, (code, label) in CODES.items()
        ] + [{"concept_id": 1, "vocabulary_id": "SNOMED", "concept_code": "1", "concept_name": "Disease",
              "domain_id": "Condition", "standard_concept": "S"},
             {"concept_id": 2, "vocabulary_id": "ATC", "concept_code": "A10B", "concept_name": "Glucose lowering drugs",
              "domain_id": "Drug", "standard_concept": "C"},
             {"concept_id": 3, "vocabulary_id": "RxNorm", "concept_code": "3", "concept_name": "metformin",
              "concept_class_id": "Ingredient", "domain_id": "Drug", "standard_concept": "S"},
             {"concept_id": 4, "vocabulary_id": "LOINC", "concept_code": "13457-7", "concept_name": "LDL cholesterol",
              "domain_id": "Measurement", "standard_concept": "S"},
             {"concept_id": 5, "vocabulary_id": "LOINC", "concept_code": "1-1", "concept_name": "Not in the policy",
              "domain_id": "Measurement", "standard_concept": "S"},
             {"concept_id": 6, "vocabulary_id": "SNOMED", "concept_code": "6", "concept_name": "Endoscopy",
              "domain_id": "Procedure", "standard_concept": "S"},
             {"concept_id": 9201, "vocabulary_id": "Visit", "concept_code": "IP", "concept_name": "Inpatient",
              "domain_id": "Visit", "standard_concept": "S"},
             {"concept_id": 262, "vocabulary_id": "Visit", "concept_code": "ERIP", "concept_name": "From emergency",
              "domain_id": "Visit", "standard_concept": "S"}],
        "concept_ancestor": [
            {"ancestor_concept_id": above, "descendant_concept_id": below}
            for above, below in ((1, 1), (2, 2), (2, 3), (3, 3), (4, 4), (5, 5), (6, 6), (9201, 9201), (9201, 262), (262, 262))
        ],
        "measurement": [
            *({"person": n, "concept_id": 4, "start_date": DAY} for n in chosen if n < TESTED for _ in range(2)),
            *({"person": n, "concept_id": 5, "start_date": DAY} for n in chosen),
        ],
        "procedure": [{"person": n, "concept_id": 6, "start_date": DAY, "end_date": DAY} for n in chosen if n >= TESTED],
        "visit": [
            {"person": n, "concept_id": (9201, 262)[n % 2], "start_date": DAY, "end_date": DAY} for n in chosen if n < TESTED
        ],
        "concept_synonym": [
            {"concept_id": 11, "concept_synonym_name": "제2형 당뇨병", "language_concept_id": 4175771}
        ],
        "drug": [{"person": n, "concept_id": 3, "start_date": DAY, "end_date": DAY} for n in chosen if n < 300],
        "consent": [{"person": n, "permission": "GRU", "granted_on": DAY} for n in chosen if n],
        "survey_question": [{"question_id": "smoking.status", "survey_id": "s", "kind": "choice", "label": "Do you smoke?"}],
        "survey_option": [
            {"question_id": "smoking.status", "answer": answer, "position": n, "label": answer.title()}
            for n, answer in enumerate(("never", "former", "current"))
        ],
        "survey_answer": [
            {"question_id": "smoking.status", "person": n, "answered_on": day, "answer": answer}
            for n in chosen
            for day, answer in (
                (BEFORE, "former"), (DAY, ("never", "current")[n % 2]), *([(AFTER, "never")] if n % 4 == 0 else [])
            )
        ],
    }  # fmt: skip


class Fixed:
    """No noise, or the same everywhere: for tests of what is done with noisy numbers."""

    def __init__(self, value: int = 0) -> None:
        self.value = value
        self.drawn = 0

    def draw(self, sigma: int, count: int) -> tuple[int, ...]:
        self.drawn += count
        return (self.value,) * count


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    for phase in (0, 1, 2):
        write_phase(root, phase)
    return root


def write_phase(root: Path, phase: int) -> Release:
    return write_release(root, tables(), release_id=f"phase{phase}", phase=phase)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def cubes(state: Path) -> Path:
    return state / "cubes"


@pytest.fixture
def build(releases: Path, state: Path, cubes: Path) -> Build:
    """`build(phase=0, policy=…, noise=…, on=…)`: the cube of a release; noise is real unless another is given."""

    def build_(
        phase: int = 0,
        policy: DisclosurePolicy = DEFAULT_POLICY,
        noise: NoiseSource | None = None,
        on: datetime.date = LONG_AFTER,
        state: Path = state,
    ) -> Cube:
        settings = EngineSettings(releases=releases, state=state, release_id=f"phase{phase}")
        return build_cube(
            settings, policy, cubes, user="steward", progress=lambda step, share: None, today=lambda: on, noise=noise
        )

    return build_
