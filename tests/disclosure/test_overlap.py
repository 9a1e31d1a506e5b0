"""Overlaps: disjoint cells that agree with the counts of the cohorts, and hold the truth as often as they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregate import place_members
from engine.aggregate.overlap import overlap_labels, place_overlap
from engine.disclosure.display import Display
from engine.disclosure.overlap import cells_to_counts, overlap_deviation, round_to_counts
from engine.disclosure.request import Overlap
from engine.disclosure.safe import Shown, Suppressed
from engine.personset import PersonSet
from schemas.policy import CONTROLLED_TIER, AccessTier, Precision
from tests.disclosure.conftest import PEOPLE

COHORTS = st.integers(2, 4)


def membership(cohorts: int) -> np.ndarray:
    """bool[cohorts, cells]: which cells belong to which cohort."""
    return np.array([[word == "in" for word in label] for label in overlap_labels(cohorts)]).T


@settings(deadline=None)  # kernels are compiled on first use
@given(st.lists(st.frozensets(st.integers(0, 20)), min_size=2, max_size=4))
def test_everybody_in_any_cohort_is_in_the_one_cell_that_says_in_which(cohorts):
    raw = place_overlap([PersonSet.from_indices(np.array(sorted(each), np.uint32), 21) for each in cohorts])
    people = frozenset().union(*cohorts)
    assert raw.persons.tolist() == sorted(people)
    for person, cell in zip(raw.persons.tolist(), raw.cells.tolist(), strict=True):
        assert raw.labels[cell] == tuple("in" if person in each else "out" for each in cohorts)


@settings(deadline=None)  # kernels are compiled on first use
@given(st.data(), COHORTS)
def test_cells_agree_with_the_counts_before_and_after_rounding(data, cohorts):
    labels, belongs, base = overlap_labels(cohorts), membership(cohorts), 10
    cells = data.draw(st.lists(st.integers(-50, 500), min_size=len(labels), max_size=len(labels)))
    counts = data.draw(st.lists(st.integers(-50, 2_000), min_size=cohorts, max_size=cohorts))
    values = cells_to_counts(cells, counts, labels)
    rounded_counts = [round(count / base) * base for count in counts]
    rounded = round_to_counts(values, labels, rounded_counts, base)
    for belonging, count, multiple in zip(belongs, counts, rounded_counts, strict=True):
        assert sum(value for value, is_in in zip(values, belonging, strict=True) if is_in) == count
        assert sum(np.array(rounded)[belonging]) == multiple
    assert all(number % base == 0 for number in rounded)
    assert max(abs(number - value) for number, value in zip(rounded, values, strict=True)) <= base


@pytest.mark.parametrize("cohorts", [2, 3, 4])
def test_the_cells_are_the_nearest_that_agree_and_vary_as_is_written(cohorts):
    """Against least squares and its covariance by linear algebra."""
    labels, a = overlap_labels(cohorts), membership(cohorts).astype(float)
    generator = np.random.default_rng(cohorts)
    cells, counts = generator.integers(0, 900, len(labels)), generator.integers(0, 3_000, cohorts)
    lift = a.T @ np.linalg.inv(a @ a.T)
    nearest = cells + lift @ (counts - a @ cells)
    assert np.allclose([float(each) for each in cells_to_counts(cells.tolist(), counts.tolist(), labels)], nearest)
    whole = np.hstack([np.eye(len(labels)) - lift @ a, lift])
    assert np.allclose([overlap_deviation(7, each) for each in labels], 7 * np.sqrt((whole**2).sum(axis=1)))


@pytest.mark.parametrize("cohorts", [2, 4])
def test_an_interval_holds_the_truth_19_times_in_20(noise, cohorts):
    display = Display(rules=CONTROLLED_TIER, sigma=20, population=PEOPLE)
    labels, belongs = overlap_labels(cohorts), membership(cohorts)
    true = 1_000 + 37 * np.arange(len(labels))
    held = []
    for _ in range(800):  # of two cohorts 0.972 of the intervals hold: six standard errors
        counts = belongs @ true + noise.draw(20, cohorts)
        shown = display.overlap(counts.tolist(), (true + noise.draw(20, len(labels))).tolist(), labels)
        held += [abs(value.value - truth) <= value.margin for value, truth in zip(shown, true, strict=True)]
    assert np.mean(held) > 0.95


def test_cells_of_a_hidden_cohort_are_hidden(rehearse):
    display = Display(rules=CONTROLLED_TIER, sigma=10, population=PEOPLE)
    labels = overlap_labels(2)
    shown = display.overlap([5_000, 12], [10, 4_990, 2], labels)
    assert shown == (Suppressed(less_than=40), Shown(value=4_990, margin=shown[1].margin), Suppressed(less_than=40))


def ask(asker, sets: dict[str, range], **names: str):
    hashes = tuple(sorted(sets))
    cohorts = [PersonSet.from_indices(np.array(sets[each], np.uint32), PEOPLE) for each in hashes]
    return asker.gate.release_overlap(
        asker.request("", **names),
        Overlap(hashes=hashes),
        evaluate_counts=tuple(lambda cohort=cohort: place_members(cohort) for cohort in cohorts),
        evaluate_cells=lambda: place_overlap(cohorts),
    )


THREE = {"a": range(3_000), "b": range(2_000, 6_000), "c": range(2_500, 2_900)}


def test_an_overlap_costs_a_table_and_counts_that_are_the_cohorts_own(asker):
    of_b = asker.count("b", 4_000)
    answer = ask(asker, THREE)
    assert answer.receipt.charged == 2 * Precision.FINE.cost(1) + Precision.FINE.cost(2)
    assert answer.cohorts[1].count == of_b.count
    assert ask(asker, THREE).receipt.charged == 0
    assert asker.count("a", 0).count == answer.cohorts[0].count
    assert ask(asker, {"a": THREE["a"], "b": THREE["b"]}).receipt.charged == Precision.FINE.cost(2)


def test_without_noise_the_cells_are_the_truth_to_the_base(rehearse):
    answer = ask(rehearse(), THREE)
    assert [cohort.count.value for cohort in answer.cohorts] == [3_000, 4_000, 400]
    cells = {cell.label: getattr(cell.count, "value", 0) for cell in answer.cells}
    assert cells == {
        ("in", "in", "in"): 400, ("in", "in", "out"): 600, ("in", "out", "in"): 0, ("in", "out", "out"): 2_000,
        ("out", "in", "in"): 0, ("out", "in", "out"): 3_000, ("out", "out", "in"): 0,
    }  # fmt: skip


def test_the_internal_overlap_is_exact(asker):
    asker.tier, asker.precision = AccessTier.INTERNAL, None
    answer = ask(asker, {"a": range(3), "b": range(2, 4)})
    assert [cell.count.value for cell in answer.cells] == [1, 2, 1]
