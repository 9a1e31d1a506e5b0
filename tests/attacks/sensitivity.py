"""How much one person moves an answer: never more than it is charged for, and nobody who does not pay moves it at all.

Random conditions over random people, each person's record then replaced by another one. True histograms are compared
here, before any noise: it is the claim itself that is tried.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import CountOperator, RuleKind
from engine.aggregate.cells import (
    DimensionColumn,
    RawCells,
    place_failures,
    place_failures_of_most,
    place_in_table,
    place_members,
    place_others,
)
from engine.aggregate.overlap import place_overlap
from engine.aggregate.profile import place_profile
from engine.disclosure.request import COUNT, Breakdown, Overlap, Profile, Steps
from engine.logical.nodes import Atom, Condition, CountOf, Every, IsUnknown, Negation, NotAnswered, Some
from engine.personset import PersonSet
from engine.physical.entries import CohortResult, CohortRows, Truth
from engine.physical.kleene import evaluate
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.outcome import Attack, Outcome, at_most, exactly

PEOPLE, ATOMS, COHORTS, MOST = 40, 6, 4, 2
LABELS = tuple((str(number),) for number in range(5))
NAMES = tuple(f"cohort {number}" for number in range(COHORTS))


@dataclass(frozen=True, slots=True)
class Records:
    """What is recorded of each person: what is true of them, whether they have an index event, and their band."""

    truth: dict[Atom, Truth]
    has_event: npt.NDArray[np.bool_]
    band: npt.NDArray[np.int32]


Progress = npt.NDArray[np.int16]
Place = Callable[[list[Progress], npt.NDArray[np.int32], PersonSet], RawCells]


def kinds(steps: int) -> dict[str, tuple[Place, int, int]]:
    """Every kind of answer: how people are placed, and the squared distances claimed for another record of a person
    and for counting them or not."""
    labels = tuple((str(step),) for step in range(steps + 1))
    table, failed = Breakdown(spec="", labels=LABELS), Steps(spec="", labels=labels)
    overlap, profile = Overlap(hashes=NAMES), Profile(hashes=NAMES[1:], most=MOST)

    def in_table(progress: list[Progress], band: npt.NDArray[np.int32], base: PersonSet) -> RawCells:
        column = DimensionColumn(tuple(word for (word,) in LABELS), band)
        return place_in_table(_people(progress[0], steps, base), [column])

    def in_groups(progress: list[Progress], band: npt.NDArray[np.int32], base: PersonSet) -> RawCells:
        first, *others = (_people(each, steps, base) for each in progress)
        return place_profile(first, others, names=NAMES[1:], most=profile.most)

    return {
        "count": (lambda p, _, b: place_members(_people(p[0], steps, b)), COUNT.distance_squared, COUNT.presence_squared),
        "count of most": (
            lambda p, _, b: place_others(_people(p[0], steps, b), b), COUNT.distance_squared, COUNT.presence_squared,
        ),
        "table": (in_table, table.distance_squared, table.presence_squared),
        "attrition": (
            lambda p, _, b: place_failures(_result(p[0], steps), b, labels), failed.distance_squared, failed.presence_squared,
        ),
        "attrition of most": (
            lambda p, _, b: place_failures_of_most(_result(p[0], steps), b, labels),
            failed.distance_squared, failed.presence_squared,
        ),
        "overlap": (
            lambda p, _, b: place_overlap([_people(each, steps, b) for each in p]),
            overlap.distance_squared, overlap.presence_squared,
        ),
        "profile": (in_groups, profile.distance_squared, profile.presence_squared),
    }  # fmt: skip


def _people(progress: Progress, steps: int, base: PersonSet) -> PersonSet:
    return PersonSet.from_mask(progress == steps) & base


def _result(progress: Progress, steps: int) -> CohortResult:
    who = np.flatnonzero(progress == steps).astype(np.uint32)
    days, none = np.zeros(who.size, np.int32), np.zeros(0, np.uint32)
    rows = CohortRows(person=who, start=days, end=days)
    return CohortResult(
        rows=rows, progress=progress, qualified=none, passed=np.zeros((steps, 0), np.bool_),
    )  # fmt: skip


def condition(pick: np.random.Generator, depth: int) -> Condition:
    """A random condition."""
    if depth == 0 or pick.random() < 0.3:
        return NotAnswered(question=str(pick.integers(ATOMS)))
    parts = tuple(condition(pick, depth - 1) for _ in range(pick.integers(1, 4)))
    match pick.integers(5):
        case 0:
            return Every(parts=parts)
        case 1:
            return Some(parts=parts)
        case 2:
            return Negation(part=parts[0])
        case 3:
            return IsUnknown(part=parts[0])
        case _:
            operator = list(CountOperator)[pick.integers(len(CountOperator))]
            return CountOf(operator=operator, number=int(pick.integers(4)), parts=parts)


def records(pick: np.random.Generator) -> Records:
    """Random people; no day passes without some of whom a thing is unknown."""
    truth: dict[Atom, Truth] = {
        NotAnswered(question=str(number)): pick.choice(np.array([0, 1, 2], np.int8), PEOPLE) for number in range(ATOMS)
    }
    return Records(truth, pick.random(PEOPLE) < 0.8, pick.integers(len(LABELS), size=PEOPLE, dtype=np.int32))


def progress_of(rules: tuple[tuple[RuleKind, Condition], ...], people: Records) -> Progress:
    """How many leading rules each person passed; -1 without an index event."""
    reached = np.where(people.has_event, 0, -1).astype(np.int16)
    for number, (kind, asked) in enumerate(rules):
        is_true = evaluate(asked, people.truth, PEOPLE) == 1
        stays = is_true if kind is RuleKind.INCLUDE else ~is_true
        reached += ((reached == number) & stays).astype(np.int16)
    return reached


@dataclass(slots=True)
class Found:
    """The worst over all cases of a kind: the share of the claimed squared distance that was reached."""

    cases: int = 0
    moved: float = 0.0
    counted: float = 0.0
    unpaid: int = 0


def tried(cases: int, seed: int) -> dict[str, Found]:
    """At least so many cases, a case being a question of some kind and a person whose record is another."""
    found: dict[str, Found] = {}
    worlds = _worlds(np.random.default_rng(seed))
    while sum(each.cases for each in found.values()) < cases:
        steps, world = next(worlds)
        for name, (place, distance, presence) in kinds(steps).items():
            _try(found.setdefault(name, Found()), place, world, distance, presence)
    return found


World = tuple[list[Progress], list[Progress], tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]], PersonSet]
"""How far everybody got in each cohort, and would with another record; the same for their bands; who consents."""


def _worlds(pick: np.random.Generator) -> Iterator[tuple[int, World]]:
    """How many rules each cohort has, and the world."""
    while True:
        steps, (one, other) = int(pick.integers(0, 4)), (records(pick), records(pick))
        kinds_of_rule = (RuleKind.INCLUDE, RuleKind.EXCLUDE)
        asked = [
            tuple((kinds_of_rule[pick.integers(2)], condition(pick, 3)) for _ in range(steps)) for _ in range(COHORTS)
        ]
        before, after = ([progress_of(rules, people) for rules in asked] for people in (one, other))
        yield steps, (before, after, (one.band, other.band), PersonSet.from_mask(pick.random(PEOPLE) < 0.9))


def _try(found: Found, place: Place, world: World, distance: int, presence: int) -> None:
    before, after, (band, other_band), base = world
    raw = place(before, band, base)
    everybody, true = np.ones(len(raw.persons), np.bool_), raw.count_all()
    for person in range(PEOPLE):
        progress = [each.copy() for each in before]
        bands = band.copy()
        for changed, other in zip(progress, after, strict=True):
            changed[person] = other[person]
        bands[person] = other_band[person]
        moved = place(progress, bands, base)
        squared = int(((moved.count_all() - true) ** 2).sum())
        found.cases += 1
        found.moved = max(found.moved, squared / distance)
        found.unpaid += squared > 0 and person not in raw.persons and person not in moved.persons
        if person in raw.persons:
            without = everybody & (raw.persons != person)
            found.counted = max(found.counted, int(((raw.count(without) - true) ** 2).sum()) / presence)


def run(arena: Arena) -> Outcome:
    """All kinds of answer, and as many cases as the specification asks for."""
    found = tried(arena.size(fast=600, full=100_000), arena.seed)
    moved = {name: max(each.moved, each.counted) for name, each in found.items()}
    cases = sum(each.cases for each in found.values())
    return Outcome(
        figure=max(moved.values()),
        limit=1.0,
        checks=(
            *(
                at_most(
                    f"of the squared distance claimed for {name}, reached in {found[name].cases:,} cases", share, 1.0
                )
                for name, share in moved.items()
            ),
            exactly(
                f"of {cases:,} cases, moved by somebody who did not pay", sum(each.unpaid for each in found.values()), 0
            ),
        ),
    )


ATTACK = Attack(
    number="SE",
    title="Sensitivity",
    tries="replaces one person's record and looks how far the true histogram moves",
    figure="share of what is charged for",
    run=run,
)
