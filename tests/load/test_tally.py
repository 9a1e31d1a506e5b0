"""What the load's figures say of fairness: projects that wait alike are told from one that is made to wait."""

import math
import random

import pytest

from benchmarks.load.researchers import Asked
from benchmarks.load.tally import Tally

PROJECTS = 20


def tally(*, slower: float, answers: int = 12) -> Tally:
    """Answers that take one to three times a question's own time by chance, and in project 0 `slower` times as long."""
    found, chance = Tally(), random.Random(7)
    for project in range(PROJECTS):
        for _ in range(answers):
            question = chance.randrange(5)
            seconds = (question + 1) * chance.uniform(1, 3) * (slower if project == 0 else 1)
            found.add(Asked(project=f"p{project}", sent=0.0, seconds=seconds, status=200, question=question))
    return found


def test_projects_that_wait_alike_are_as_fair_as_lots() -> None:
    found = tally(slower=1)
    assert 1 < found.fairness() <= found.chance()


def test_a_project_that_is_made_to_wait_is_seen() -> None:
    found = tally(slower=4)
    assert found.fairness() > found.chance()


def test_too_few_answers_say_nothing() -> None:
    assert math.isnan(tally(slower=4, answers=4).fairness())


def test_refusals_are_counted_and_their_words_told_apart() -> None:
    found = Tally()
    for status, words in ((503, b"a"), (503, b"a"), (429, b"b"), (429, b"c")):
        found.add(Asked(project="p", sent=1.0, seconds=0.1, status=status, refusal=words))
    assert (found.asked, found.answers, found.refusals) == (4, 0, {429: 2, 503: 1})
    assert found.seconds() == pytest.approx([math.nan], nan_ok=True)
