"""After warming nobody waits for a kernel to be compiled or loaded, and nothing was charged or kept."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine.kernels
from cohort_dsl import parse
from engine import EngineSettings, Principal, Request, Session, count, synthesize, warm
from schemas.policy import AccessTier

EXAMPLES = Path(__file__).parents[2] / "examples"
QUESTION = """
cohort "Metformin starters"
let diabetes = concept 201826 with descendants
let metformin = code ATC:"A10BA02" with descendants
let hba1c = code LOINC:"4548-4"
index first ever drug in metformin where age >= 18 observed 180 days before
include "diabetes" when any condition in diabetes on or before index
include "measured" when at least 2 distinct dates of measurement in hba1c where value > 7 within 400 days of index
exclude "carrier" when carries variant in gene (APOE) where external af < 20%
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    synthesize(tmp_path / "releases", "r1", persons=300, seed=1, progress=lambda step, share: None)
    opened = Session.open(EngineSettings(releases=tmp_path / "releases", state=tmp_path / "state"))
    yield opened
    opened.close()


def loaded() -> dict[str, int]:
    """How many forms of each kernel are in memory."""
    forms = {}
    for module in pkgutil.iter_modules(engine.kernels.__path__, "engine.kernels."):
        for name, kernel in vars(importlib.import_module(module.name)).items():
            if hasattr(kernel, "signatures"):
                forms[f"{module.name}.{name}"] = len(kernel.signatures)
    return forms


def test_no_kernel_is_left_to_be_loaded(session: Session) -> None:
    asking = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)
    warm(session, [parse(path.read_text()) for path in sorted(EXAMPLES.glob("*.kohort"))])
    before = loaded()
    count(session, Request(cohort=parse(QUESTION), principal=asking))
    assert loaded() == before


def test_warming_charges_and_keeps_nothing(session: Session) -> None:
    asking = Principal(user="nobody", project="none", institution="none", tier=AccessTier.CONTROLLED)
    warm(session, [parse(QUESTION)])
    assert all(balance.spent == 0 for balance in session.budget(asking))
