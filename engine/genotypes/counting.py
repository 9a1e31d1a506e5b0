"""Genotype counts of variants within a set of people, and what follows from them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.genotypes.columns import Rows
from engine.genotypes.index import GenotypeIndex
from engine.genotypes.layout import Role
from engine.genotypes.parallel import over_variants
from engine.genotypes.ploidy import Ploidy
from engine.kernels.equilibrium import exact_equilibrium
from engine.kernels.linkage import joint_counts
from engine.kernels.parts import IDS32, PLANE, Numbers, count_parts, unite_parts
from engine.kernels.words import Words
from engine.personset import PersonSet, word_count


@dataclass(frozen=True, slots=True, kw_only=True)
class GenotypeCounts:
    """How many people have which genotype at each variant: int64[variants] each.

    `reference`, `heterozygous` and `homozygous` are people with two copies, `hemizygous_reference` and `hemizygous`
    those with one; `missing` have a sample, a copy and no call.
    """

    reference: Numbers
    heterozygous: Numbers
    homozygous: Numbers
    hemizygous_reference: Numbers
    hemizygous: Numbers
    missing: Numbers

    @staticmethod
    def none(variants: int) -> "GenotypeCounts":
        """Of nobody."""
        return GenotypeCounts(**{name: np.zeros(variants, np.int64) for name in GenotypeCounts.__dataclass_fields__})

    @property
    def allele_count(self) -> Numbers:
        """Alternate alleles."""
        return self.heterozygous + 2 * self.homozygous + self.hemizygous

    @property
    def allele_number(self) -> Numbers:
        """Alleles called."""
        diploid = self.reference + self.heterozygous + self.homozygous
        return 2 * diploid + self.hemizygous_reference + self.hemizygous

    @property
    def frequency(self) -> npt.NDArray[np.float64]:
        """Of the alternate allele; NaN where none was called."""
        number = self.allele_number
        return np.divide(self.allele_count, number, out=np.full(number.size, np.nan), where=number > 0)

    def hardy_weinberg(self) -> npt.NDArray[np.float64]:
        """Exact p-value of Hardy-Weinberg equilibrium among people with two copies (`engine.kernels.equilibrium`)."""
        p = np.empty(self.reference.size)
        exact_equilibrium(self.reference, self.heterozygous, self.homozygous, p)
        return p


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Who has how many copies: the genotyped, and among them those known to be male and female."""

    genotyped: PersonSet
    males: PersonSet
    females: PersonSet

    def single(self, ploidy: Ploidy) -> PersonSet:
        """The genotyped with one copy."""
        match ploidy:
            case Ploidy.DIPLOID:
                return PersonSet.none(self.genotyped.size)
            case Ploidy.X:
                return self.males
            case Ploidy.Y:
                return self.genotyped - self.females
            case Ploidy.MT:
                return self.genotyped

    def double(self, ploidy: Ploidy) -> PersonSet:
        """The genotyped with two copies."""
        single = self.single(ploidy)
        return PersonSet.none(single.size) if ploidy in (Ploidy.Y, Ploidy.MT) else self.genotyped - single


def count_role(index: GenotypeIndex, role: Role, rows: Rows, people: PersonSet | None) -> Numbers:
    """int64: how many of `people` (everybody, where absent) are in the part of each variant."""
    if people is None:
        return index.numbers(role, rows)
    stream, parts = index.parts(role, rows)
    found = np.empty(rows.size, np.int64)
    width = np.where(parts.encoding == IDS32, 4, 2)
    work = np.where(parts.encoding == PLANE, people.words.nbytes, width * parts.number)
    over_variants(parts, work, lambda piece, at: count_parts(stream, piece, people.words, found[at]))
    return found


def count_genotypes(
    index: GenotypeIndex, rows: Rows, ploidies: npt.NDArray[np.uint8], copies: Copies, people: PersonSet | None
) -> GenotypeCounts:
    """The counts of variants among `people`, or all."""
    result = np.zeros((6, rows.size), np.int64)
    for ploidy in np.unique(ploidies):
        own = np.flatnonzero(ploidies == ploidy)
        result[:, own] = _count(index, rows[own], Ploidy(ploidy), copies, people)
    return GenotypeCounts(
        reference=result[0],
        heterozygous=result[1],
        homozygous=result[2],
        hemizygous_reference=result[3],
        hemizygous=result[4],
        missing=result[5],
    )


def _count(index: GenotypeIndex, rows: Rows, ploidy: Ploidy, copies: Copies, people: PersonSet | None) -> Numbers:
    """int64[6, variants], in the order of `GenotypeCounts`."""
    double, single = copies.double(ploidy), copies.single(ploidy)
    nobody = np.zeros(rows.size, np.int64)
    if not single.count():  # nobody is left out, so that without a cohort the numbers in the index are enough
        among = None if people is None else people & double
        total = (double if among is None else among).count()
        het, hom, missing = (count_role(index, role, rows, among) for role in (Role.HET, Role.HOM, Role.MISSING))
        return np.array([total - het - hom - missing, het, hom, nobody, nobody, missing])
    asked = copies.genotyped if people is None else people
    one, two = asked & single, asked & double
    hemi, hemi_missing = (count_role(index, role, rows, one) for role in (Role.HOM, Role.MISSING))
    het, hom, missing = (count_role(index, role, rows, two) for role in (Role.HET, Role.HOM, Role.MISSING))
    reference = two.count() - het - hom - missing
    return np.array([reference, het, hom, one.count() - hemi - hemi_missing, hemi, missing + hemi_missing])


def joint_table(index: GenotypeIndex, first: int, second: int, people: PersonSet) -> Numbers:
    """int64[3, 3]: people with calls at both, by alternate alleles at the first (rows) and the second variant."""
    table = np.empty((3, 3), np.int64)
    joint_counts(_planes(index, first), _planes(index, second), people.words, table)
    return table


def _planes(index: GenotypeIndex, variant: int) -> Words:
    planes = np.zeros((3, word_count(index.persons)), np.uint64)
    for role, plane in zip((Role.HET, Role.HOM, Role.MISSING), planes, strict=True):
        unite_parts(*index.parts(role, np.array([variant], np.int32)), plane)
    return planes
