"""Who is in which of several cohorts: people in disjoint cells, from which every union and intersection adds up."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from engine.aggregate.cells import Label, RawCells
from engine.personset import PersonSet

IN, OUT = "in", "out"


def overlap_labels(cohorts: int) -> tuple[Label, ...]:
    """Every way to be in at least one cohort, a word a cohort, the last one changing fastest; those in none are no
    cell, so that whoever is in none is not looked at.

    >>> overlap_labels(2)
    (('in', 'in'), ('in', 'out'), ('out', 'in'))
    """
    return tuple(product((IN, OUT), repeat=cohorts))[:-1]


def place_overlap(cohorts: Sequence[PersonSet]) -> RawCells:
    """The people of any of the cohorts, each in the cell of those they are in."""
    union = cohorts[0]
    for cohort in cohorts[1:]:
        union = union | cohort
    people = union.indices()
    cell = np.zeros(people.size, np.int32)
    for cohort in cohorts:
        cell = cell * np.int32(2) + ~cohort.contains(people)
    return RawCells(labels=overlap_labels(len(cohorts)), persons=people, cells=cell)
