"""Genotypes of one variant as a dimension: labels that hold for every variant, and a cell for every person.

Whether a release has a variant at all can depend on one person, its only carrier. All that follows for *others* from
its being there, who has one copy and whose call is missing, may therefore not come from the release when the answer is
to be protected: it comes from the variant's name and from annotation. Missing calls are told apart from the reference
for variants that are known to be common, and count as the reference for all others.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import VariantById
from cohort_dsl.printing.layout import render
from cohort_dsl.printing.variants import variants_doc
from engine.aggregate.cells import DimensionColumn
from engine.aggregate.raw import Raw
from engine.catalog.annotation import Annotation, Place
from engine.catalog.known_variants import known_variant
from engine.genotypes.alleles import CONTIG_RANK, parse_allele
from engine.genotypes.counting import Copies, GenotypeCounts
from engine.genotypes.ploidy import Ploidy, ploidies
from engine.genotypes.store import GENOTYPE_RANK, Genotype, GenotypeStore

NOT_GENOTYPED = "not genotyped"
GENOTYPE_LABELS: tuple[str, ...] = (*(each.name.lower().replace("_", " ") for each in Genotype), NOT_GENOTYPED)
"""The cells of every genotype table; a person without a sample is in the last."""

ALTERNATE_ALLELES = (0, 1, 2, 0, 1, 0, 0, 0)
"""What a person of each cell adds to the allele count."""
ALLELES = (2, 2, 2, 1, 1, 0, 0, 0)
"""What a person of each cell adds to the allele number."""
NO_CALLS = (0, 0, 0, 0, 0, 1, 0, 0)
CALLABLE = (1, 1, 1, 1, 1, 1, 0, 0)
"""Persons with a sample and a copy, called or not."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RawLinkage(Raw):
    """Linkage disequilibrium of two variants among `persons`; NaN where one of them does not vary."""

    persons: int
    r_squared: float
    d_prime: float


@dataclass(frozen=True, slots=True)
class GenotypeReader:
    """Genotypes on the person axis. With `is_exact` they are as the release has them, missing calls included; else as
    the head of this file says."""

    store: GenotypeStore
    annotation: Annotation
    is_exact: bool

    def column(self, variant: VariantById) -> DimensionColumn:
        """Everybody's genotype at a variant; where a name fits several, the one with the most alternate alleles."""
        known = known_variant(self.annotation, variant)
        rows = self.store.select(variant)
        if self.is_exact and rows.size:
            cell = self.store.genotype(rows)
        else:
            cell = self._if_nobody_carried(known.place)
            for row, name in zip(rows, self.store.describe(rows), strict=True):
                found = self.store.genotype(np.array([row], np.int32))
                tells_calls = parse_allele(name) in known.common
                seen = _is_carrier(found) | ((found == Genotype.NO_CALL) & tells_calls)
                cell = np.where(seen & (GENOTYPE_RANK[found] > GENOTYPE_RANK[cell]), found, cell)
        labelled = np.where(self.store.genotyped.to_mask(), cell, len(Genotype)).astype(np.int32)
        return DimensionColumn(labels=GENOTYPE_LABELS, cell=labelled)

    def frequency(self, variant: VariantById) -> float | None:
        """What reference data say of the most frequent allele a name fits; absent where they know none."""
        return known_variant(self.annotation, variant).frequency

    def alleles(self, variant: VariantById) -> tuple[str, ...]:
        """The release's variants that a name fits, for an exact answer."""
        return tuple(self.store.describe(self.store.select(variant)))

    def _if_nobody_carried(self, place: Place | None) -> npt.NDArray[np.int8]:
        """int8[N]: everybody's genotype if nobody carried a variant there; two copies each where nobody knows where."""
        ploidy = Ploidy.DIPLOID
        if place is not None:
            ploidy = Ploidy(ploidies(np.array([CONTIG_RANK[place.contig]]), np.array([place.first]))[0])
        copies = Copies(genotyped=self.store.genotyped, males=self.store.males, females=self.store.females)
        single, double = copies.single(ploidy).to_mask(), copies.double(ploidy).to_mask()
        cell = np.full(self.store.persons, Genotype.NO_COPY, np.int8)
        cell[double] = Genotype.REFERENCE
        cell[single] = Genotype.HEMIZYGOUS_REFERENCE
        return cell


def genotype_text(variant: VariantById) -> str:
    """The canonical text of the dimension.

    Spellings of one name are one text. A dbSNP id and the alleles it stands for stay two: which they are is known from
    annotation and release alone.
    """
    return f"genotype of {render(variants_doc(variant))}"


def count_alleles(cells: tuple[int, ...]) -> GenotypeCounts:
    """True counts of a genotype table as the counts of one variant."""
    names = ("reference", "heterozygous", "homozygous", "hemizygous_reference", "hemizygous", "missing")
    return GenotypeCounts(**{name: np.array([count], np.int64) for name, count in zip(names, cells, strict=False)})


def _is_carrier(cell: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    return np.isin(cell, (Genotype.HETEROZYGOUS, Genotype.HOMOZYGOUS, Genotype.HEMIZYGOUS))
