"""Who has been asked about too often is in no new answer, and nothing but the answer's own noisy numbers shows it."""

import contextlib
import dataclasses
import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregate import RawCells, place_failures, place_failures_of_most, place_members, place_others
from engine.aggregate.cells import NO_CELL
from engine.disclosure.ledger import LEDGER_FILE
from engine.disclosure.persons import PersonAxis, PersonLedger
from engine.disclosure.request import COUNT, Breakdown, Steps
from engine.disclosure.safe import Shown
from engine.personset import PersonSet
from engine.physical.entries import CohortResult, CohortRows
from schemas.errors import DataProblem, OverBudget
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision
from tests.disclosure.conftest import PEOPLE

FINE = Precision.FINE.cost(1)
THREE = dataclasses.replace(DEFAULT_POLICY, person_cap=3 * FINE)
"""Enough for three counts of one person."""

POOR = {"user": "poor", "project": "poor", "institution": "poor"}
OFTEN, OTHERS = range(500), range(500, 1000)
CELLS = (("a",), ("b",))


def placed(*groups: range) -> RawCells:
    """People of several cells, or of one."""
    persons = np.array([person for group in groups for person in group], np.uint32)
    cells = np.repeat(np.arange(len(groups), dtype=np.int32), [len(group) for group in groups])
    return RawCells(labels=((),) if len(groups) == 1 else CELLS, persons=persons, cells=cells)


def count(asker, query: str, raw: RawCells, **names: str):
    return asker.gate.release_count(asker.request(query, **names), lambda: raw)


def balances(state: Path, asker) -> np.ndarray:
    axis = PersonAxis(release_id="r1", period=asker.gate._period(), persons=PEOPLE)
    return PersonLedger(state / "persons").read(axis, at_least=0).spent


@pytest.fixture
def asker(rehearse):
    """Without noise, so that who is counted shows; `OFTEN` have been asked about as often as the cap allows."""
    made = rehearse(policy=THREE)
    for number in range(3):
        assert count(made, f"{number}", placed(OFTEN), project=f"p{number}").count.value == 500
    return made


def test_who_has_reached_the_cap_is_left_out_of_every_new_count(asker, tmp_path):
    assert count(asker, "both", placed(range(1000))).count.value == 500
    assert balances(tmp_path, asker)[[0, 499, 500, 999, 1000]].tolist() == [3 * FINE, 3 * FINE, FINE, FINE, 0]


def test_the_cap_is_one_for_all_projects_users_institutions_and_tiers(asker):
    asker.tier, asker.precision = AccessTier.REGISTERED, Precision.STANDARD
    names = {"user": "new", "project": "new", "institution": "new"}
    assert count(asker, "both", placed(range(1000)), **names).count.value == 500


def test_answers_given_before_stay_and_charge_nobody(asker, tmp_path):
    before = balances(tmp_path, asker)
    assert count(asker, "1", placed(OFTEN), project="another").count.value == 500
    assert (balances(tmp_path, asker) == before).all()


def test_tables_leave_them_out_cell_by_cell(asker):
    table = asker.gate.release_table(
        asker.request("table"),
        Breakdown(spec="cell", labels=CELLS),
        evaluate_count=lambda: placed(range(1000)),
        evaluate_table=lambda: placed(range(250, 500), range(500, 1000)),
    )
    assert table.total == Shown(value=500, margin=table.total.margin)
    # the empty cell counts nobody; what is shown is below the threshold
    assert [getattr(cell.count, "value", 0) for cell in table.cells] == [0, 500]


def test_attrition_takes_them_for_people_without_an_index_event(asker):
    steps = Steps(spec="s", labels=(("index",), ("rule",)))
    progress = np.full(PEOPLE, -1, np.int16)
    progress[:1000] = 0
    progress[750:1000] = 1
    result, base = result_of(progress), PersonSet.all(PEOPLE)
    answer = asker.gate.release_attrition(
        asker.request("steps"),
        steps,
        evaluate_count=lambda: place_members(PersonSet.from_indices(np.arange(750, 1000), PEOPLE)),
        evaluate_failures=lambda: place_failures(result, base, steps.labels),
    )
    assert [step.count.value for step in answer.steps] == [500, 250]


def test_a_cohort_of_all_but_a_few_charges_the_few(asker, tmp_path):
    few = PersonSet.from_indices(np.arange(400, 600), PEOPLE)
    answer = count(asker, "most", place_others(~few, PersonSet.all(PEOPLE)))
    # of the 200 outside, 100 have reached the cap and count as everybody else does
    assert PEOPLE - 100 == 49_903
    assert answer.count.value == 49_905
    after = balances(tmp_path, asker)
    assert (after[500:600] == FINE).all()
    assert not after[600:].any()


def test_exact_answers_neither_charge_nor_leave_out(asker, tmp_path):
    before = balances(tmp_path, asker)
    asker.tier, asker.precision = AccessTier.INTERNAL, None
    assert count(asker, "both", placed(range(1000))).count.value == 1000
    assert (balances(tmp_path, asker) == before).all()


def test_threads_that_ask_at_once_count_a_person_as_often_as_the_cap_allows(rehearse):
    made, shown = rehearse(policy=THREE), []

    def ask(thread: int) -> None:
        name = f"t{thread}"
        for number in range(4):
            raw = placed(range(100))
            shown.append(count(made, f"{name}/{number}", raw, user=name, project=name, institution=name).count)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shown) == 32
    assert [value.value for value in shown if isinstance(value, Shown)] == [100, 100, 100]


def test_an_answer_that_is_refused_charges_nobody(asker, tmp_path):
    before = balances(tmp_path, asker)
    asker.precision = Precision.FINEST
    for number in range(50):
        count(asker, f"spend {number}", placed(range(0)), **POOR)
    with pytest.raises(OverBudget):
        count(asker, "one more", placed(OTHERS), **POOR)
    assert (balances(tmp_path, asker) == before).all()


def test_without_its_file_nothing_new_is_answered(asker, tmp_path):
    """Not even a count of people who were never charged: a refusal must not tell who is in a cohort."""
    for path in (tmp_path / "persons").iterdir():
        path.unlink()
    for query, people in (("somebody", OTHERS), ("nobody", range(0))):
        with pytest.raises(DataProblem, match="person-ledger-damaged"):
            count(asker, query, placed(people))
    assert count(asker, "1", placed(OTHERS)).count.value == 500
    assert asker.gate.budget(asker.request("", project="fresh").principal)[0].spent == 0


def test_nothing_but_the_numbers_tells_that_somebody_was_left_out(asker, tmp_path):
    """Two strangers get the same number: one for 1,000 people of whom half have reached the cap, one for 500 others."""
    left_out, whole = (
        count(asker, query, placed(people), project=name, user=name, institution=name)
        for name, query, people in (("a", "left out", range(1000)), ("b", "all", range(1000, 1500)))
    )
    shown = [dataclasses.asdict(dataclasses.replace(each.receipt, query_ids=())) for each in (left_out, whole)]
    for receipt in shown:
        receipt.pop("log_entry", None)  # the next number, whoever asks
    assert left_out.count == whole.count
    assert shown[0] == shown[1]
    first, second = logged(tmp_path)[-2:]
    assert first.keys() == second.keys()
    assert {key for key in first if first[key] != second[key]} <= {"time", "qids", "project", "user", "institution"}


def logged(state: Path) -> list[dict[str, object]]:
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        return [json.loads(text) for (text,) in database.execute("select entry from audit order by number")]


# --- what a person pays covers what their record changes ---------------------------------------------------


def result_of(progress: np.ndarray) -> CohortResult:
    """Somebody without an entry has -1; nothing but the progress is looked at."""
    nobody = np.zeros(0, np.uint32)
    rows = CohortRows(person=nobody, start=np.zeros(0, np.int32), end=np.zeros(0, np.int32))
    return CohortResult(
        rows=rows,
        progress=progress,
        qualified=nobody,
        passed=np.zeros((0, 0), np.bool_),
    )


STEPS = (("index",), ("first",), ("second",))
Place = Callable[[np.ndarray, PersonSet], RawCells]
PLACES: dict[str, tuple[Place, int, int]] = {
    "count": (lambda p, base: place_members(PersonSet.from_mask(p == 2) & base), COUNT.presence_squared, -1),
    "all but": (lambda p, base: place_others(PersonSet.from_mask(p == 2) & base, base), COUNT.presence_squared, 2),
    "attrition": (
        lambda p, base: place_failures(result_of(p), base, STEPS),
        Steps(spec="", labels=STEPS).presence_squared,
        -1,
    ),
    "attrition of most": (
        lambda p, base: place_failures_of_most(result_of(p), base, STEPS),
        Steps(spec="", labels=STEPS).presence_squared,
        2,
    ),
}


@pytest.mark.parametrize("kind", PLACES)
@settings(deadline=None)  # kernels are compiled on first use
@given(records=st.lists(st.tuples(st.integers(-1, 2), st.booleans()), min_size=1, max_size=12), who=st.integers(0, 11))
def test_leaving_somebody_out_is_a_record_that_says_nothing(kind, records, who):
    """`records`: how many rules each passed, and their consent. A count without somebody is the count of a release in
    which their record is the one everybody is thought to have; its distance is what they pay for, and who does not
    pay changes nothing."""
    place, price, nothing = PLACES[kind]
    progress = np.array([passed for passed, _ in records], np.int16)
    base = PersonSet.from_mask(np.array([consents for _, consents in records]))
    who %= len(records)
    raw = place(progress, base)
    without = raw.count(raw.persons != who)
    blank = progress.copy()
    blank[who] = nothing
    assert (without == place(blank, base).count_all()).all()
    distance = int(((raw.count_all() - without) ** 2).sum())
    assert distance <= price if who in raw.persons else distance == 0


@settings(deadline=None)  # kernels are compiled on first use
@given(st.lists(st.tuples(st.integers(-1, 2), st.booleans()), min_size=1, max_size=12))
def test_both_ways_to_count_give_the_same_numbers(records):
    progress = np.array([passed for passed, _ in records], np.int16)
    base = PersonSet.from_mask(np.array([consents for _, consents in records]))
    cohort = [passed == 2 and consents for passed, consents in records]
    failed = [sum((passed if consents else -1) == step - 1 for passed, consents in records) for step in range(3)]
    for kind in ("count", "all but"):
        assert PLACES[kind][0](progress, base).count_all().tolist() == [sum(cohort)]
    for kind in ("attrition", "attrition of most"):
        assert PLACES[kind][0](progress, base).count_all().tolist() == failed


def test_people_of_several_cells_are_counted_in_each():
    raw = RawCells(labels=CELLS, persons=np.array([3, 8], np.uint32), cells=np.array([[0, 1], [1, NO_CELL]], np.int32))
    assert raw.count_all().tolist() == [1, 2]
    assert raw.count(np.array([False, True])).tolist() == [0, 1]
