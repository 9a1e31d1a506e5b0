"""How many entries pass which rules: OHDSI's inclusion statistics, in both of its modes and for any number of rules.

Mode *events* counts every qualified entry; mode *best event* one entry a person: the one that passes the most rules,
of those the one whose first passed rule comes earliest, of those the earliest (circe-be, `generateCohort.sql`; which of
equals it takes is left open there). The numbers are raw: only the internal tier sees them, through the gate.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.aggregate.raw import Raw
from engine.personset import PersonSet
from engine.physical.entries import CohortResult
from schemas.inclusion import InclusionMode


@dataclass(frozen=True, slots=True, repr=False)
class InclusionStatistics(Raw):
    """`total` entries counted and `passed_all` of them; for each rule how many pass it (`passed`) and how many pass all
    others but not it (`gain`); and `patterns`: which rules are passed -> how many entries pass just those."""

    total: int
    passed_all: int
    passed: tuple[int, ...]
    gain: tuple[int, ...]
    patterns: dict[tuple[bool, ...], int]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RawInclusion(Raw):
    """The statistics in every mode, over rules with these names."""

    rules: tuple[str, ...]
    modes: tuple[tuple[InclusionMode, InclusionStatistics], ...]


def inclusion_statistics(result: CohortResult, mode: InclusionMode, base: PersonSet) -> InclusionStatistics:
    """The statistics of the qualified entries of those whose data the query may use."""
    usable = base.contains(result.qualified)
    person, passed = result.qualified[usable], result.passed[:, usable]
    if mode is InclusionMode.BEST_EVENT:
        passed = passed[:, _best_events(person, passed)]
    failures = (~passed).sum(axis=0)
    return InclusionStatistics(
        total=passed.shape[1],
        passed_all=int((failures == 0).sum()),
        passed=tuple(passed.sum(axis=1).tolist()),
        gain=tuple((~passed[:, failures == 1]).sum(axis=1).tolist()),
        patterns=_patterns(passed),
    )


def _best_events(person: npt.NDArray[np.uint32], passed: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Position of each person's best entry. Entries are in order of person and start, and the sort is stable."""
    if not passed.size:
        return np.flatnonzero(np.diff(person.astype(np.int64), prepend=-1))
    order = np.lexsort((passed.argmax(axis=0), -passed.sum(axis=0), person))
    return order[np.diff(person[order].astype(np.int64), prepend=-1) != 0]


def _patterns(passed: npt.NDArray[np.bool_]) -> dict[tuple[bool, ...], int]:
    """Eight rules a byte, and the bytes of an entry taken as one value: as many rules as there are."""
    rules, entries = passed.shape
    if not (rules and entries):
        return {(): entries} if entries else {}
    packed = np.ascontiguousarray(np.packbits(passed, axis=0).T)
    patterns, counts = np.unique(packed.view(f"V{packed.shape[1]}"), return_counts=True)
    unpacked = np.unpackbits(patterns.view(np.uint8).reshape(len(patterns), -1), axis=1, count=rules).astype(np.bool_)
    return {tuple(pattern.tolist()): int(count) for pattern, count in zip(unpacked, counts, strict=True)}
