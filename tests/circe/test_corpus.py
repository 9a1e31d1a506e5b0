"""Every definition of the corpus is read, means the same when written back, and is found in the text again."""

from pathlib import Path

import pytest

from cohort_dsl import parse, print_cohort
from cohort_dsl.ast import Mode
from cohort_dsl.circe import from_circe, to_circe
from schemas.errors import Problems
from tests.circe.definitions import UNREADABLE, corpus

PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_every_definition_survives_text_and_circe(shared: Path, part: int) -> None:
    definitions = [found for found in corpus(shared).items() if found[0] not in UNREADABLE]
    assert len(definitions) > 1_700
    for cohort_id, text in definitions[part::PARTS]:
        cohort = from_circe(text).cohort
        assert parse(print_cohort(cohort)) == cohort, cohort_id
        assert from_circe(to_circe(cohort)).cohort == cohort, cohort_id


def test_corrected_documents_go_back_too(shared: Path) -> None:
    for cohort_id, text in list(corpus(shared).items())[1_100::6]:
        if cohort_id not in UNREADABLE:
            cohort = from_circe(text, mode=Mode.CORRECTED).cohort
            assert from_circe(to_circe(cohort), mode=Mode.CORRECTED).cohort == cohort, cohort_id


@pytest.mark.parametrize("cohort_id", sorted(UNREADABLE))
def test_a_dangling_concept_set_is_no_cohort(shared: Path, cohort_id: int) -> None:
    with pytest.raises(Problems) as caught:
        from_circe(corpus(shared)[cohort_id])
    assert {problem.code for problem in caught.value.problems} == {"circe-concept-set"}
