"""Questions are counted at once: none waits, out of its own time, for another that is being counted."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cohort_dsl import parse
from engine.cached import cached_property
from engine.catalog.interruption import Interruption
from engine.disclosure.request import Principal
from engine.pipeline import Request, count
from engine.session import EngineSettings, Session
from schemas.policy import AccessTier
from tests.lib.random_release import random_release

PATIENCE = 60.0
"""Seconds: far more than a machine that does much else needs to come to a place that nothing keeps it from."""
YOUNG, OLD = (
    f'cohort "x"\nindex first condition in concept 1\ninclude "y" when age at index {ages}'
    for ages in ("< 40", ">= 40")
)


class Meeting(Interruption):
    """One that waits, when it is first asked whether to go on, until all others are asked that too."""

    def __init__(self, place: threading.Barrier) -> None:
        super().__init__()
        self._place, self._has_met = place, False

    def check(self) -> None:
        super().check()
        if not self._has_met:
            self._has_met = True
            self._place.wait(PATIENCE)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    root = tmp_path_factory.mktemp("at_once")
    random_release(root, 0)
    opened = Session.open(EngineSettings(releases=root, state=root / "state"))
    yield opened
    opened.close()


@pytest.mark.parametrize("texts", [(YOUNG, OLD), (YOUNG, YOUNG)])
def test_two_questions_are_counted_at_once(session, texts):
    place = threading.Barrier(len(texts))

    def ask(number: int) -> int:
        principal = Principal(user=f"u{number}", project="p", institution="i", tier=AccessTier.CONTROLLED)
        request = Request(cohort=parse(texts[number]), principal=principal, stop=Meeting(place))
        return count(session, request).receipt.charged

    with ThreadPoolExecutor(len(texts)) as asking:
        assert max(asking.map(ask, range(len(texts)))) > 0


class Owner:
    def __init__(self, place: threading.Barrier) -> None:
        self._place, self.times = place, 0

    @cached_property
    def value(self) -> "Owner":
        """What it is."""
        self._place.wait(PATIENCE)
        self.times += 1
        return self


def test_a_property_is_worked_out_once_an_object_and_holds_no_other_object_up():
    place = threading.Barrier(2)
    owners = Owner(place), Owner(place)
    with ThreadPoolExecutor(2) as asking:
        assert tuple(asking.map(lambda owner: owner.value, owners)) == owners
    assert [owner.value.times for owner in owners] == [1, 1]
    assert Owner.value.__doc__ == "What it is."
