"""Entries of small releases: their order, their ends, and the events that eras, gaps and trends make."""

import datetime
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cohort_dsl.ast import CountOperator, Duration, Edge, Pick, TrendDirection
from engine.catalog.release import Release
from engine.logical.nodes import (
    Atom,
    Entry,
    EraJoin,
    EventRelation,
    EveryoneOn,
    ExitPlan,
    ExposurePlan,
    GapsBetween,
    Having,
    Negation,
    Nth,
    Occurs,
    Scan,
    Trending,
)
from engine.physical.entries import EntryTable
from engine.targets.polars import PolarsTarget
from schemas.errors import InternalError
from schemas.omop import EVENT_TABLES, Domain
from tests.lib.releases import write_release

DAY_0 = datetime.date(2010, 1, 1)
CONDITION, DRUG, MEASUREMENT = (Scan(domain=domain) for domain in (Domain.CONDITION, Domain.DRUG, Domain.MEASUREMENT))
OBSERVED_TO = 1000
UNTIL_UNOBSERVED = ExitPlan(offset=None, anchor=Edge.START, censors=())
BEFORE_IT_STARTS = Duration(count=-1)


def days(number: int) -> datetime.date:
    return DAY_0 + datetime.timedelta(number)


def spans(*pairs: tuple[int, int], person: int = 0) -> list[dict[str, object]]:
    """Events from day to day, with keys from 1."""
    return [
        {"person": person, "start_date": days(start), "end_date": days(end), "event_id": key}
        for key, (start, end) in enumerate(pairs, 1)
    ]


def release_of(root: Path, **tables: Sequence[dict[str, object]]) -> Release:
    """Two people, observed from day 0 to day 1000."""
    people = [{"person": person, "year_of_birth": 1970, "birth_date": datetime.date(1970, 6, 15)} for person in (0, 1)]
    periods = [
        {"person": person, "start_date": DAY_0, "end_date": days(OBSERVED_TO), "event_id": person} for person in (0, 1)
    ]
    return write_release(root, {"person": people, "observation_period": periods, **tables})


def entries(
    release: Release,
    *events: EventRelation,
    exit: ExitPlan = UNTIL_UNOBSERVED,
    pick: Pick = Pick.ALL,
    conditions: tuple[Occurs, ...] = (),
) -> EntryTable:
    none = Duration(count=0)
    entry = Entry(events=events, observed_before=none, observed_after=none, pick=pick)
    return scanned(PolarsTarget(release), entry, exit, conditions)


def scanned(
    target: PolarsTarget, entry: Entry, exit: ExitPlan = UNTIL_UNOBSERVED, atoms: tuple[Atom, ...] = ()
) -> EntryTable:
    """The three fragments of a cohort, put together."""
    found = target.anchors(entry, {})
    return EntryTable(
        person=found.person,
        start=found.start,
        end=target.last_days(exit, found, {}),
        period=found.observed_from,
        truth=target.truths(atoms, found, {}),
    )


def starts_and_ends(table: EntryTable) -> list[tuple[int, int]]:
    first = (DAY_0 - datetime.date(1970, 1, 1)).days
    return list(zip((table.start - first).tolist(), (table.end - first).tolist(), strict=True))


def lasting(release: Release, events: EventRelation) -> list[tuple[int, int]]:
    """The spans of events: each as an entry that ends where its event does."""
    exit = ExitPlan(offset=Duration(count=0), anchor=Edge.END, censors=())
    return starts_and_ends(entries(release, events, exit=exit))


def test_entries_come_by_person_start_key_and_place(tmp_path):
    drugs = [{"person": 1, "start_date": days(5), "end_date": days(5), "event_id": 1}, *spans((9, 9), (3, 8))]
    for key, drug in enumerate(drugs, 1):
        drug["event_id"] = key
    conditions = [{"person": 0, "start_date": days(3), "end_date": days(4), "event_id": 3}]
    exit = ExitPlan(offset=Duration(count=0), anchor=Edge.END, censors=())
    release = release_of(tmp_path, drug=drugs, condition=conditions)
    for order, expected in (((DRUG, CONDITION), [(3, 8), (3, 4)]), ((CONDITION, DRUG), [(3, 4), (3, 8)])):
        table = entries(release, *order, exit=exit)
        assert table.person.tolist() == [0, 0, 0, 1]
        assert starts_and_ends(table) == [*expected, (9, 9), (5, 5)]


def test_a_pick_takes_the_first_of_its_day(tmp_path):
    release = release_of(tmp_path, drug=spans((3, 8), (3, 4), (9, 12), (9, 10)))
    exit = ExitPlan(offset=Duration(count=0), anchor=Edge.END, censors=())
    assert starts_and_ends(entries(release, DRUG, exit=exit, pick=Pick.EARLIEST)) == [(3, 8)]
    assert starts_and_ends(entries(release, DRUG, exit=exit, pick=Pick.LATEST)) == [(9, 12)]


def test_everyone_enters_on_the_first_observed_day(tmp_path):
    release = release_of(tmp_path)
    scan = Entry(
        events=EveryoneOn(on=None), observed_before=Duration(count=0), observed_after=Duration(count=0), pick=Pick.ALL
    )
    table = scanned(PolarsTarget(release), scan)
    assert table.person.tolist() == [0, 1]
    assert starts_and_ends(table) == [(0, OBSERVED_TO)] * 2


def test_an_entry_without_an_end_ends_the_day_before_it_starts(tmp_path):
    exit = ExitPlan(offset=BEFORE_IT_STARTS, anchor=Edge.START, censors=(CONDITION,))
    release = release_of(tmp_path, drug=spans((100, 120)), condition=spans((50, 50)))
    assert starts_and_ends(entries(release, DRUG, exit=exit)) == [(100, 99)]


def test_censoring_looks_no_further_than_observation(tmp_path):
    exit = ExitPlan(offset=BEFORE_IT_STARTS, anchor=Edge.START, censors=(CONDITION,))
    inside, beyond = spans((OBSERVED_TO, OBSERVED_TO)), spans((OBSERVED_TO + 1, OBSERVED_TO + 1))
    release = release_of(tmp_path / "inside", drug=spans((100, 120)), condition=inside)
    assert starts_and_ends(entries(release, DRUG, exit=exit)) == [(100, OBSERVED_TO)]
    release = release_of(tmp_path / "beyond", drug=spans((100, 120)), condition=beyond)
    assert starts_and_ends(entries(release, DRUG, exit=exit)) == [(100, 99)]


def test_exposure_lasts_over_short_gaps_and_a_while_longer(tmp_path):
    exposure = ExposurePlan(exposures=(DRUG,), gap_days=30, offset_days=7)
    exit = ExitPlan(offset=None, anchor=Edge.START, censors=(), exposure=exposure)
    drugs, conditions = spans((100, 120), (157, 170), (208, 300)), spans((110, 110), (176, 180), (178, 178))
    release = release_of(tmp_path, drug=drugs, condition=conditions)
    assert starts_and_ends(entries(release, CONDITION, exit=exit)) == [(110, 177), (176, 177), (178, OBSERVED_TO)]


def test_eras_join_over_the_gap_and_contain_what_they_cover(tmp_path):
    release = release_of(tmp_path, drug=spans((0, 50), (10, 20), (81, 90), (121, 130), (162, 170)))
    assert lasting(release, EraJoin(sources=(DRUG,), gap_days=31)) == [(0, 130), (162, 170)]
    assert lasting(release, EraJoin(sources=(DRUG,), gap_days=30)) == [(0, 50), (81, 90), (121, 130), (162, 170)]


def test_eras_do_not_cross_people(tmp_path):
    drugs = [*spans((0, 50)), {"person": 1, "start_date": days(40), "end_date": days(60), "event_id": 2}]
    assert lasting(release_of(tmp_path, drug=drugs), EraJoin(sources=(DRUG,), gap_days=0)) == [(0, 50), (40, 60)]


def test_gaps_are_the_days_between(tmp_path):
    release = release_of(tmp_path, drug=spans((0, 50), (10, 20), (61, 70), (71, 80), (82, 90)))
    assert lasting(release, GapsBetween(source=DRUG, at_least_days=1)) == [(51, 60), (81, 81)]
    assert lasting(release, GapsBetween(source=DRUG, at_least_days=10)) == [(51, 60)]
    assert lasting(release, GapsBetween(source=DRUG, at_least_days=11)) == []


def test_a_trend_needs_an_earlier_value_in_the_same_unit(tmp_path):
    measured = [
        {"person": 0, "start_date": days(day), "event_id": key, "value_as_number": value, "unit_concept_id": unit}
        for key, (day, value, unit) in enumerate([(0, 5.0, 8), (10, 7.0, 9), (40, 6.5, 8), (40, 9.0, 8), (41, 9.0, 8)])
    ]
    rising = Trending(source=MEASUREMENT, direction=TrendDirection.RISING, by=2.0, within=Duration(count=40))
    falling = Trending(source=MEASUREMENT, direction=TrendDirection.FALLING, by=0.0, within=Duration(count=1))
    release = release_of(tmp_path, measurement=measured)
    assert [start for start, _ in lasting(release, rising)] == [40, 41]
    assert [start for start, _ in lasting(release, falling)] == [41]


@pytest.mark.parametrize(("position", "from_end", "found"), [(1, False, 1), (2, False, 3), (1, True, 7), (3, True, 1)])
def test_nth_counts_from_either_end(tmp_path, position, from_end, found):
    release = release_of(tmp_path, drug=spans((7, 7), (1, 1), (3, 3)))
    assert lasting(release, Nth(source=DRUG, position=position, from_end=from_end)) == [(found, found)]


def test_having_asks_of_every_event_also_inside_having(tmp_path):
    def once(events: EventRelation) -> Occurs:
        return Occurs(events=events, operator=CountOperator.EXACTLY, number=1)

    visited = [{"person": 1, "start_date": days(1), "end_date": days(1), "event_id": 1}]
    drugs = [*spans((10, 10)), {"person": 1, "start_date": days(20), "end_date": days(20), "event_id": 2}]
    conditions = [*spans((30, 30)), {"person": 1, "start_date": days(40), "end_date": days(40), "event_id": 2}]
    release = release_of(tmp_path, visit=visited, drug=drugs, condition=conditions)
    unvisited_drug = Having(source=DRUG, condition=Negation(part=once(Scan(domain=Domain.VISIT))))
    assert lasting(release, unvisited_drug) == [(10, 10)]
    assert lasting(release, Having(source=CONDITION, condition=once(unvisited_drug))) == [(30, 30)]


def test_scans_may_run_side_by_side(tmp_path):
    release = release_of(tmp_path, drug=spans(*((day, day + 5) for day in range(0, 500, 7))))
    target = PolarsTarget(release)
    none = Duration(count=0)
    atoms = (Occurs(events=EraJoin(sources=(DRUG,), gap_days=2), operator=CountOperator.AT_LEAST, number=1),)
    entry = Entry(events=(DRUG,), observed_before=none, observed_after=none, pick=Pick.ALL)
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(lambda _: scanned(target, entry, atoms=atoms), range(8)))
    for table in tables:
        np.testing.assert_array_equal(table.start, tables[0].start)
        np.testing.assert_array_equal(table.truth[atoms[0]], np.ones(len(table), np.int8))


def test_a_file_that_went_away_is_our_error_and_names_no_person(tmp_path):
    release = release_of(tmp_path, drug=spans((1, 1)))
    release.file(EVENT_TABLES[Domain.DRUG].path).unlink()
    with pytest.raises(InternalError) as problem:
        entries(release, DRUG)
    assert problem.value.code == "database"
