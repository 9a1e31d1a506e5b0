"""Who carries what: genotypes of some variants as sets of people, in three values.

Unknown are people without genotypes, and those whose missing calls could change the answer, as the nodes of
`cohort_dsl.ast.variants` say. Nobody misses a call at a chromosome of which there is no copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import BurdenUnit, PairKind, Phase, Zygosity
from engine.genotypes.columns import Mask, Rows
from engine.genotypes.counting import Copies
from engine.genotypes.index import GenotypeIndex
from engine.genotypes.layout import Role
from engine.genotypes.ploidy import Ploidy
from engine.kernels.parts import raise_levels
from engine.kernels.words import Words
from engine.personset import PersonSet, Tri, word_count


@dataclass(frozen=True, kw_only=True)
class Carrying:
    """Questions about variants of an index; `ploidies` uint8 of every variant of the release.

    `told` bool of every variant says where a missing call is told from the reference; everywhere, when absent.
    """

    index: GenotypeIndex
    ploidies: npt.NDArray[np.uint8]
    copies: Copies
    told: Mask | None = None

    @cached_property
    def _without_sample(self) -> PersonSet:
        return ~self.copies.genotyped

    def carriers(self, rows: Rows, zygosity: Zygosity) -> Tri:
        """Who carries some of the variants with that zygosity."""
        levels = self._levels(1)
        for ploidy, own in self._by_ploidy(rows):
            if zygosity in (Zygosity.ANY, Zygosity.HETEROZYGOUS):
                self._raise(levels, Role.HET, own)
            if zygosity is Zygosity.ANY:
                self._raise(levels, Role.HOM, own)
            elif zygosity is Zygosity.HOMOZYGOUS:
                self._raise_double(levels, Role.HOM, ploidy, own)
            elif zygosity is Zygosity.HEMIZYGOUS and ploidy is not Ploidy.DIPLOID:
                self._raise(levels, Role.HOM, own, self.copies.single(ploidy))
        true = self._people(levels[0])
        return Tri(true, self.no_call(rows) - true)

    def no_call(self, rows: Rows) -> PersonSet:
        """Who has no call at one of the variants, or is not genotyped."""
        levels = self._without_sample.words.copy().reshape(1, -1)
        self._raise_missing(levels, rows)
        return self._people(levels[0])

    def burden(self, rows: Rows, number: int, unit: BurdenUnit) -> Tri:
        """Who carries at least `number` of the variants, or of their alternate alleles."""
        levels = self._levels(number)
        for ploidy, own in self._by_ploidy(rows):
            self._raise(levels, Role.HET, own)
            self._raise(levels, Role.HOM, own)
            if unit is BurdenUnit.ALLELES:
                self._raise_double(levels, Role.HOM, ploidy, own)
        true = self._people(levels[-1].copy())
        for ploidy, own in self._by_ploidy(rows):
            self._raise_missing(levels, own)
            if unit is BurdenUnit.ALLELES:
                self._raise_double(levels, Role.MISSING, ploidy, self._told(own))
        possible = self._people(levels[-1].copy()) | self._without_sample
        return Tri(true, possible - true)

    def paired(self, genes: Iterator[Rows], kind: PairKind) -> Tri:
        """Who has two altered alleles of a gene, asked of the variants of one gene after another."""
        answer = Tri(PersonSet.none(self.index.persons), self._without_sample)
        for rows in genes:
            answer |= self._paired(rows, kind)
        return answer

    def _paired(self, rows: Rows, kind: PairKind) -> Tri:
        nobody = PersonSet.none(self.index.persons)
        het, missing = self._levels(2), self._levels(2)
        self._raise(het, Role.HET, rows)
        self._raise_missing(missing, rows)
        one, two = self._people(het[0]), self._people(het[1])
        trans, loose = self._phase_of_pairs(rows, two) if two.count() else (nobody, nobody)
        if kind is PairKind.BIALLELIC:
            homozygous = self.carriers(rows, Zygosity.HOMOZYGOUS).true
            true, unknown = homozygous | trans, loose | self._people(missing[0])
        else:
            unknown = self._people(missing[0]) & (one | self._people(missing[1]))
            true, unknown = (trans | loose, unknown) if kind is PairKind.CANDIDATE else (trans, loose | unknown)
        return Tri(true, unknown - true)

    def _phase_of_pairs(self, rows: Rows, two: PersonSet) -> tuple[PersonSet, PersonSet]:
        """Of the people with two heterozygous calls or more: those with some in trans, those with one unphased."""
        if not self.index.layout.phased:
            return PersonSet.none(self.index.persons), two
        first, second, loose = (np.zeros(word_count(self.index.persons), np.uint64) for _ in range(3))
        for variant in rows:
            phase = self._phase(np.array([variant], np.int32))
            first |= phase.first
            second |= phase.second
            loose |= phase.loose
        return self._people(first & second) & two, self._people(loose) & two

    def phased(self, first: int, second: int, phase: Phase) -> Tri:
        """Who has the alternate alleles of two variants on one copy, or on different ones."""
        a, b = (self._phase(np.array([variant], np.int32)) for variant in (first, second))
        one, other = (self.copies.single(Ploidy(self.ploidies[variant])).words for variant in (first, second))
        carried = (a.het | a.hom) & (b.het | b.hom)
        true = carried & ((a.hom & ~one) | (b.hom & ~other))  # one of them on both copies
        if phase is Phase.CIS:
            true |= (carried & one & other) | (a.first & b.first) | (a.second & b.second)
        else:
            true |= (a.first & b.second) | (a.second & b.first)
        # At the border of the pseudoautosomal regions a male has one copy of one and two of the other.
        loose = (a.het & b.het & (a.loose | b.loose)) | (carried & (one ^ other))
        missing = (a.missing & (b.het | b.hom | b.missing)) | (b.missing & (a.het | a.hom))
        known = self._people(true)
        return Tri(known, (self._people(loose | missing) | self._without_sample) - known)

    def _phase(self, row: Rows) -> "_Calls":
        het, hom, missing, first, loose = (self._levels(1) for _ in range(5))
        for role, levels in ((Role.HET, het), (Role.HOM, hom), (Role.FIRST, first), (Role.UNPHASED, loose)):
            self._raise(levels, role, row)
        self._raise_missing(missing, row)
        unphased = loose[0] if self.index.layout.phased else het[0]
        second = het[0] & ~first[0] & ~unphased
        return _Calls(het[0], hom[0], missing[0], first[0], second, unphased)

    # --- levels: how often people were counted ----------------------------------------------------

    def _levels(self, number: int) -> Words:
        return np.zeros((number, word_count(self.index.persons)), np.uint64)

    def _people(self, words: Words) -> PersonSet:
        return PersonSet(words, self.index.persons)

    def _raise(self, levels: Words, role: Role, rows: Rows, among: PersonSet | None = None) -> None:
        stream, parts = self.index.parts(role, rows)
        raise_levels(stream, parts, levels, levels[0] if among is None else among.words, among is not None)

    def _raise_double(self, levels: Words, role: Role, ploidy: Ploidy, rows: Rows) -> None:
        """Only people with two copies."""
        if ploidy is Ploidy.DIPLOID:
            self._raise(levels, role, rows)
        elif ploidy is Ploidy.X:
            self._raise(levels, role, rows, self.copies.double(ploidy))

    def _raise_missing(self, levels: Words, rows: Rows) -> None:
        for ploidy, own in self._by_ploidy(self._told(rows)):
            among = ~self.copies.females if ploidy is Ploidy.Y else None
            self._raise(levels, Role.MISSING, own, among)

    def _told(self, rows: Rows) -> Rows:
        return rows if self.told is None else rows[self.told[rows]]

    def _by_ploidy(self, rows: Rows) -> Iterator[tuple[Ploidy, Rows]]:
        """The variants of each kind; nearly always all are of one."""
        kinds = self.ploidies[rows]
        if rows.size and (kinds == kinds[0]).all():
            yield Ploidy(kinds[0]), rows
            return
        for kind in np.unique(kinds):
            yield Ploidy(kind), rows[kinds == kind]


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls of one variant as bit planes; `first`, `second` and `loose` (without phase) make up `het`."""

    het: Words
    hom: Words
    missing: Words
    first: Words
    second: Words
    loose: Words
