"""Prevalence over time outside of the trusted environment: what a person adds, what it costs, how often ± holds."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Unit
from engine.aggregate.intervals import Window, intervals_of, stays_of
from engine.aggregate.prevalence import RawPrevalence, place_in_time
from engine.disclosure.display import Display
from engine.disclosure.prevalence import protected_series
from engine.disclosure.request import Prevalence
from engine.disclosure.safe import Share, ShareWithin, Shown, Suppressed
from engine.kernels.rates import Strata
from engine.personset import PersonSet
from schemas.errors import TooExpensive
from schemas.policy import CONTROLLED_TIER, REGISTERED_TIER, AccessTier, Precision
from schemas.series import PrevalenceMeasure
from tests.disclosure.conftest import PEOPLE, ScriptedNoise

WINDOW = Window(first=datetime.date(1970, 1, 1), last=datetime.date(1970, 6, 30), per=Unit.MONTH)
DAYS = st.tuples(st.integers(0, 9), st.integers(-20, 200), st.integers(0, 90))
FEW = 10


def stays(rows):
    person, start, length = np.array(sorted(rows), np.int64).reshape(-1, 3).T
    return stays_of(person.astype(np.uint32), start, start + length)


def strata(size: int, number: int = 1) -> Strata:
    zeros = np.zeros(size, np.int32)
    fixed = (np.arange(size) % number).astype(np.int32)
    for array in (zeros, fixed):
        array.flags.writeable = False
    return Strata(fixed, zeros, zeros, zeros[:0])


def asked(number: int = 1) -> Prevalence:
    return Prevalence(spec="monthly", intervals=WINDOW.names, strata=tuple((f"s{n}",) for n in range(number)))


def placed(observed, cases, measure=PrevalenceMeasure.PERIOD, *, base=None, number: int = 1) -> RawPrevalence:
    size = base.size if base else FEW
    return place_in_time(
        stays(cases),
        stays(observed),
        base or PersonSet.all(size),
        intervals=intervals_of(WINDOW, measure),
        strata=strata(size, number),
        labels=asked(number).labels,
    )


@settings(deadline=None)  # kernels are compiled on first use
@given(
    st.lists(DAYS, max_size=25),
    st.lists(DAYS, max_size=25),
    st.integers(0, FEW - 1),
    st.sampled_from(PrevalenceMeasure),
    st.lists(DAYS, max_size=4),
)
def test_a_person_moves_no_more_cells_than_are_paid_for(observed, cases, who, measure, otherwise):
    """With the record gone at most one cell an interval changes by one; with another record in its place, two."""
    with_person = placed(observed, cases, measure, number=2)
    others = [[row for row in rows if row[0] != who] for rows in (observed, cases)]
    without = placed(*others, measure, number=2)
    counts = with_person.count_all()
    assert (without.count_all() == with_person.count(with_person.persons != who)).all()
    assert ((counts - without.count_all()) ** 2).sum() <= asked().presence_squared
    assert (who in without.persons) is False
    replaced = placed([*others[0], *((who, *row[1:]) for row in otherwise)], others[1], measure, number=2)
    assert ((counts - replaced.count_all()) ** 2).sum() <= asked().distance_squared


def test_who_did_not_consent_is_in_neither_number():
    base = PersonSet.from_indices(np.array([1]), 3)
    raw = placed([(0, 0, 90), (1, 0, 90)], [(0, 0, 90), (1, 0, 10)], base=base)
    assert raw.persons.tolist() == [1]
    assert raw.count_all().reshape(-1, 2)[:2].tolist() == [[0, 1], [1, 0]]


def everybody(observed: int, cases: int) -> RawPrevalence:
    base = PersonSet.all(PEOPLE)
    rows = [(person, 0, 10) for person in range(observed)]
    return placed(rows, rows[:cases], base=base)


def test_a_series_costs_a_table_an_interval_and_charges_no_count(asker):
    answer = asker.gate.release_prevalence(asker.request("q"), asked(), lambda: everybody(2_000, 900))
    assert answer.receipt.charged == Precision.FINE.cost(2 * 6)
    again = asker.gate.release_prevalence(asker.request("q"), asked(), lambda: everybody(2_000, 0))
    assert (again.receipt.charged, again.rows) == (0, answer.rows)
    first, second = answer.rows[0], answer.rows[1]
    assert abs(first.observed.value - 2_000) <= 90 and abs(first.cases.value - 900) <= 60  # six deviations
    # Its interval holds the true share 19 times in 20 only, so here too six deviations are asked for.
    assert isinstance(first.share, Share) and abs(first.share.value - 0.45) <= 0.04
    assert first.share.low < first.share.value < first.share.high
    assert isinstance(second.observed, Suppressed)
    assert (second.cases, second.share) == (second.observed, ShareWithin(at_least=0.0, at_most=1.0))


def test_another_split_or_window_is_another_question(asker):
    ids = {
        asker.gate.release_prevalence(
            asker.request("q"), one, lambda one=one: placed([], [], number=len(one.strata))
        ).receipt.query_ids
        for one in (asked(), asked(2))
    }
    assert len(ids) == 2


def test_a_series_has_no_more_cells_than_a_table_may_have(asker):
    asker.tier, asker.precision = AccessTier.REGISTERED, Precision.STANDARD
    limit = REGISTERED_TIER.max_cells // (2 * len(WINDOW.names))
    with pytest.raises(TooExpensive) as refused:
        asker.gate.release_prevalence(asker.request("q"), asked(limit + 1), lambda: placed([], []))
    assert refused.value.code == "table-cells"


def test_few_cases_and_few_others_are_hidden_and_bound_the_share(rehearse):
    made = rehearse()

    def first_row(query: str, observed: int, cases: int):
        return made.gate.release_prevalence(made.request(query), asked(), lambda: everybody(observed, cases)).rows[0]

    rare, usual, common = first_row("rare", 1_000, 3), first_row("usual", 1_000, 500), first_row("common", 1_000, 998)
    assert (rare.cases, rare.share) == (Suppressed(less_than=40), ShareWithin(at_least=0.0, at_most=0.04))
    assert isinstance(usual.share, Share) and usual.share.value == 0.5
    assert common.cases.value == 1_000 and common.share == ShareWithin(at_least=0.96, at_most=1.0)


def test_fewer_than_no_others_count_as_none(make_asker):
    """A row never has more cases than people, whatever the noise."""
    made = make_asker(ScriptedNoise(-300, 0), is_rehearsal=True)
    row = made.gate.release_prevalence(made.request("q"), asked(), lambda: everybody(600, 500)).rows[0]
    assert row.observed.value == row.cases.value == 500


@pytest.mark.parametrize(("observed", "cases"), [(200, 100), (400, 350), (5_000, 600)])
def test_intervals_hold_the_truth_as_often_as_they_say(noise, observed, cases):
    times, display = 3_000, Display(rules=CONTROLLED_TIER, sigma=10, population=PEOPLE)
    one = Prevalence(spec="s", intervals=("1970",), strata=tuple((f"{n}",) for n in range(times)))
    truth = np.tile([observed - cases, cases], times)
    rows = protected_series(one, (truth + noise.draw(10, 2 * times)).tolist(), display)
    for numbers, true in (([row.observed for row in rows], observed), ([row.cases for row in rows], cases)):
        shown = [number for number in numbers if isinstance(number, Shown)]
        assert len(shown) > 0.95 * times
        assert np.mean([abs(number.value - true) <= number.margin for number in shown]) > 0.945
    shares = [row.share for row in rows if isinstance(row.share, Share)]
    assert len(shares) > 0.7 * times
    assert np.mean([share.low <= cases / observed <= share.high for share in shares]) > 0.94
