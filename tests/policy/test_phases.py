"""Time travel: what opens on which day, in releases of every phase, at the front door of the engine."""

import datetime

import pytest

from cohort_dsl import parse
from cohort_dsl.ast import Dimension, DimensionKind
from engine.disclosure.request import Principal
from engine.disclosure.safe import Suppressed
from engine.pipeline import Request, breakdown, count, validate
from engine.session import EngineSettings, Session
from schemas.errors import NotAllowed, Problem
from schemas.policy import AccessTier, Precision
from tests.policy.conftest import Open

HEAD = 'cohort "c"\nindex first condition in concept 1\n'
ASKED = {
    "conditions": HEAD,
    "measurements": HEAD + 'include "m" when any measurement\n',
    "surveys": HEAD + 'include "s" when survey smoking.status in ("current")\n',
    "a window": HEAD + 'include "w" when any condition within 30 days before index\n',
    "a gene": HEAD + 'include "g" when carries variant in gene PCSK9\n',
    "a common variant": HEAD + 'include "v" when carries variant rs100\n',
    "a rare variant": HEAD + 'include "v" when carries variant rs200\n',
    "a score": HEAD + 'include "p" when score ldl >= 1.2\n',
}
R, C = AccessTier.REGISTERED, AccessTier.CONTROLLED
OPENS = {
    (1, R): {
        "conditions": "2026-09-01", "measurements": "2027-01-01", "a window": "2027-01-01",
        "surveys": None, "a gene": None, "a common variant": None, "a rare variant": None, "a score": None,
    },
    (1, C): {
        "conditions": "2026-09-01", "measurements": "2026-09-01", "a window": "2026-09-01",
        "surveys": None, "a gene": None, "a common variant": None, "a rare variant": None, "a score": None,
    },
    (2, R): {
        "conditions": "2027-03-01", "measurements": "2027-03-01", "a window": "2027-03-01",
        "surveys": "2027-03-01", "a gene": "2027-09-01", "a common variant": None, "a rare variant": None,
        "a score": "2027-09-01",
    },
    (2, C): {
        "conditions": "2027-03-01", "measurements": "2027-03-01", "a window": "2027-03-01",
        "surveys": "2027-03-01", "a gene": "2027-03-01", "a common variant": "2027-03-01", "a rare variant": None,
        "a score": "2027-03-01",
    },
    (3, R): dict.fromkeys(ASKED, "2028-03-01") | {"a rare variant": None},
    (3, C): dict.fromkeys(ASKED, "2028-03-01"),
}  # fmt: skip
"""(phase, tier) -> what, and the first day it may be asked; None for not in that phase. Written from the plan of the
opening, not from the file."""
ROWS = [(phase, tier, what, day) for (phase, tier), rows in OPENS.items() for what, day in rows.items()]


def is_answered(session, what: str, tier: AccessTier) -> bool:
    try:
        validate(session, parse(ASKED[what]), {}, tier)
    except NotAllowed as refusal:
        assert refusal.code.startswith("access-")
        return False
    return True


@pytest.mark.parametrize(("phase", "tier", "what", "opens"), ROWS)
def test_each_kind_of_question_opens_on_its_day(reading_on: Open, phase, tier, what, opens):
    if opens is None:
        assert not is_answered(reading_on(phase, datetime.date(2099, 1, 1)), what, tier)
        return
    day = datetime.date.fromisoformat(opens)
    assert not is_answered(reading_on(phase, day - datetime.timedelta(days=1)), what, tier)
    assert is_answered(reading_on(phase, day), what, tier)
    assert is_answered(reading_on(phase, datetime.date(2099, 1, 1)), what, tier)


def ask(what: str, tier: AccessTier, **options) -> Request:
    principal = Principal(user="u", project="p", institution="i", tier=tier, reason="a test of exact numbers")
    return Request(cohort=parse(ASKED[what]), principal=principal, **options)


def test_one_running_session_opens_when_its_clock_does(releases, tmp_path):
    today = [datetime.date(2026, 8, 31)]
    session = Session.open(EngineSettings(releases=releases, state=tmp_path, release_id="phase1"),
                           today=lambda: today[0])  # fmt: skip
    with pytest.raises(NotAllowed, match="it opens on 2026-09-01"):
        count(session, ask("conditions", R))
    today[0] = datetime.date(2026, 9, 1)
    assert isinstance(count(session, ask("conditions", R)).count, Suppressed)
    session.close()


def test_a_phase_the_policy_does_not_know_is_open_to_nobody(open_on: Open):
    session = open_on(9, datetime.date(2099, 1, 1))
    for tier in (R, C, AccessTier.INTERNAL):
        with pytest.raises(NotAllowed) as caught:
            count(session, ask("conditions", tier))
        assert caught.value.code == "access-not-open"


def test_a_phase_may_offer_less_precision_than_the_tier(open_on: Open):
    early, later = datetime.date(2026, 9, 1), datetime.date(2027, 1, 1)
    with pytest.raises(NotAllowed) as caught:
        count(open_on(1, early), ask("conditions", R, precision=Precision.STANDARD))
    assert (caught.value.code, caught.value.expected) == ("access-precision", ("coarse",))
    assert count(open_on(1, early), ask("conditions", R)).receipt.precision is Precision.COARSE
    assert count(open_on(1, later), ask("conditions", R)).receipt.precision is Precision.STANDARD


@pytest.mark.parametrize(
    ("phase", "day", "narrowest"), [(1, "2026-09-01", 10), (1, "2027-01-01", 5), (2, "2027-03-01", 5)]
)
def test_age_bands_are_as_wide_as_the_grant_says(open_on: Open, phase, day, narrowest):
    session = open_on(phase, datetime.date.fromisoformat(day))
    for width in (1, 5, 10, 20):
        by = (Dimension(kind=DimensionKind.AGE, width=width),)
        try:
            breakdown(session, ask("conditions", R, dimensions=by))
            refused = None
        except Problem as problem:
            refused = problem.code
        assert refused == (None if width >= narrowest else "access-age")


def test_nothing_is_charged_or_logged_for_a_refusal(open_on: Open):
    session = open_on(1, datetime.date(2027, 1, 1))
    with pytest.raises(NotAllowed):
        count(session, ask("surveys", C))
    assert all(balance.spent == 0 for balance in session.budget(ask("surveys", C).principal))
