"""Genotype conditions, which are about a person and not about an entry."""

from typing import assert_never

import numpy as np
import numpy.typing as npt

from engine.execute.work import Work
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import Burdened, Carrier, GenotypeAtom, NoCallAt, Paired, PhasedPair, Scored
from engine.personset import Tri
from engine.physical.entries import FALSE, TRUE, UNKNOWN, Truth


def people_where(atom: GenotypeAtom, genotypes: GenotypeStore) -> Tri:
    """A genotype condition as sets of people, for everybody at once."""
    select = genotypes.select
    match atom:
        case Carrier(variants=variants, zygosity=zygosity):
            return genotypes.carriers(select(variants), zygosity)
        case NoCallAt(variants=variants):
            return Tri.known(genotypes.no_call(select(variants)))
        case Burdened(variants=variants, number=number, unit=unit):
            return genotypes.burden(select(variants), number, unit)
        case Paired(variants=variants, kind=kind):
            return genotypes.paired(select(variants), kind)
        case PhasedPair(first=first, second=second, phase=phase):
            return genotypes.phased(select(first), select(second), phase)
        case Scored(score=score, scale=scale, test=test):
            return genotypes.scored(score, scale, test)
        case _:
            assert_never(atom)


def people_of(atom: GenotypeAtom, work: Work) -> Tri:
    """The same, kept and noted."""
    key = work.names.of("people", work.means.scope, atom)
    found = work.one(key, lambda: people_where(atom, work.means.genotypes))
    return work.noted(found, atom, "genotypes", lambda people: people.true.count(), lambda known: known.people(atom))


def column_of(people: Tri, person: npt.NDArray[np.uint32]) -> Truth:
    """Sets of people read off at each entry's person."""
    column = np.full(person.size, FALSE)
    people.true.mark(person, int(TRUE), column)
    people.unknown.mark(person, int(UNKNOWN), column)
    return column
