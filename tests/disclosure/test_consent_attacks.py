"""What somebody permits is theirs to tell: whether two projects have one noise must not depend on it."""

import datetime
from pathlib import Path

import pytest

from cohort_dsl import parse
from engine import EngineSettings, Principal, Request, Session, count
from schemas.policy import AccessTier, Precision
from tests.lib.releases import write_release

DAY = datetime.date(2010, 1, 1)
PEOPLE, DISEASE, SOURCE_ID = 400, 11, 1000
COHORT = 'cohort "c"\nindex everyone\ninclude "women" when sex is female\n'
PROJECT = """
[[project]]
id = "{id}"
title = "{id}"
from = 2026-01-01
until = 2027-12-31
research = ["health"]
diseases = {diseases}
countries = ["KR"]
institutions = ["i"]
genetic = false
for_profit = false
commercial = false
ethics_approval = true
"""
REGISTRY = PROJECT.format(id="any", diseases=[]) + PROJECT.format(id="disease", diseases=[DISEASE])


def write(root: Path, victims_permission: str) -> Path:
    write_release(
        root,
        {
            "person": [
                {"source_person_id": SOURCE_ID + n, "birth_date": DAY, "year_of_birth": 1950} for n in range(PEOPLE)
            ],
            "observation_period": [{"person": n, "start_date": DAY, "end_date": DAY} for n in range(PEOPLE)],
            "concept": [{"concept_id": DISEASE, "concept_code": "d", "vocabulary_id": "TEST", "standard_concept": "S"}],
            "concept_ancestor": [{"ancestor_concept_id": DISEASE, "descendant_concept_id": DISEASE}],
            "consent": [
                {"person": n, "permission": "HMB" if n else victims_permission, "granted_on": DAY}
                for n in range(PEOPLE)
            ],
        },
    )
    return root


def names(releases: Path, state: Path) -> list[tuple[str, ...]]:
    """The names of one question by two projects, at the most telling precision."""
    state.mkdir()
    (state / "projects.toml").write_text(REGISTRY)
    settings = EngineSettings(releases=releases, state=state, projects=state / "projects.toml")
    session = Session.open(settings, today=lambda: datetime.date(2026, 11, 29))
    found = []
    for project in ("any", "disease"):
        principal = Principal(user=project, project=project, institution=project, tier=AccessTier.CONTROLLED)
        request = Request(cohort=parse(COHORT), principal=principal, precision=Precision.FINEST)
        found.append(count(session, request).receipt.query_ids)
    session.close()
    return found


@pytest.mark.parametrize("permission", ["HMB", f"DS:{DISEASE}"])
def test_what_one_person_permits_does_not_decide_which_questions_share_their_noise(
    tmp_path: Path, permission: str
) -> None:
    """Who alone permits research on a disease most likely has it. Where questions were named by the classes that a
    purpose may use, two projects had one answer unless there was such a person, and otherwise mostly two."""
    any_purpose, of_disease = names(write(tmp_path / "releases", permission), tmp_path / "state")
    assert any_purpose != of_disease
