"""The variants of the public cube: those that the policy names, each by the genotypes that people may have.

Whether a release has a variant at all may be due to one person. So the list follows from the policy and from what
annotation says, never from the release's variants, and genotypes are read as for every protected answer: a missing
call is told apart from the reference for variants that reference data know as common, and for no others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from cohort_dsl.ast import VariantById
from cohort_dsl.variant_names import read_variant_name
from engine.aggregate.genotypes import GenotypeReader
from engine.catalog.known_variants import KnownVariant, known_variant
from engine.catalog.published import Category, CategoryList, Pairs
from engine.genotypes.store import Genotype
from schemas.access import VariantLevel
from schemas.cube import CubeFamily, FamilyRules
from schemas.errors import DataProblem, Problem
from schemas.policy import COMMON_FREQUENCY

RULE: Final = "variants named by the policy, by genotype"
_DIPLOID: Final = (Genotype.REFERENCE, Genotype.HETEROZYGOUS, Genotype.HOMOZYGOUS)
_HAPLOID: Final = (Genotype.HEMIZYGOUS_REFERENCE, Genotype.HEMIZYGOUS)
_HAPLOID_CONTIGS: Final = frozenset({"X", "Y", "MT"})
_WORDS: Final = {
    Genotype.REFERENCE: ("no copy", "변이 없음"),
    Genotype.HETEROZYGOUS: ("one copy", "변이 1개"),
    Genotype.HOMOZYGOUS: ("two copies", "변이 2개"),
    Genotype.HEMIZYGOUS_REFERENCE: ("no copy, of one chromosome", "변이 없음(단일 염색체)"),
    Genotype.HEMIZYGOUS: ("the only copy, of one chromosome", "변이 1개(단일 염색체)"),
}


def genotype_list(rules: FamilyRules, level: VariantLevel, reader: GenotypeReader) -> CategoryList:
    """Each variant of the policy that may be named at this level, by genotype.

    Raises `DataProblem` for a name that cannot be read.
    """
    named = [_Named(name, variant, known_variant(reader.annotation, variant)) for name, variant in _variants(rules)]
    shown = [each for each in named if each.is_open(level)]

    def members() -> Pairs:
        persons, categories = [np.zeros(0, np.uint32)], [np.zeros(0, np.int32)]
        for each in shown:
            cell = reader.column(each.variant).cell
            for genotype in each.genotypes:
                persons.append(np.flatnonzero(cell == genotype).astype(np.uint32))
                categories.append(np.full(persons[-1].size, len(categories) - 1, np.int32))
        return Pairs(persons=np.concatenate(persons), categories=np.concatenate(categories))

    return CategoryList(
        family=CubeFamily.GENOTYPES,
        rule=RULE,
        categories=tuple(
            Category(
                code=f"{each.name}={genotype.name.lower()}",
                label=f"{each.title}: {_WORDS[genotype][0]}",
                label_ko=f"{each.title}: {_WORDS[genotype][1]}",
            )
            for each in shown
            for genotype in each.genotypes
        ),
        members=members,
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """A variant of the policy, and what annotation knows of it."""

    name: str
    variant: VariantById
    known: KnownVariant

    def is_open(self, level: VariantLevel) -> bool:
        """Whether single variants like it may be named: by reference data alone."""
        if level is VariantLevel.COMMON:
            return (self.known.frequency or 0.0) >= COMMON_FREQUENCY
        return level is VariantLevel.ANY

    @property
    def genotypes(self) -> tuple[Genotype, ...]:
        """Those that somebody may have at its place."""
        place = self.known.place
        is_haploid = place is not None and place.contig in _HAPLOID_CONTIGS
        return (*_DIPLOID, *_HAPLOID) if is_haploid else _DIPLOID

    @property
    def title(self) -> str:
        """Name, genes and alleles, as far as annotation knows them: what it is searched by."""
        genes = sorted({row.gene for row in self.known.alleles if row.gene})
        return " ".join((self.name, *genes, *(row.name for row in self.known.alleles if row.name != self.name)))


def _variants(rules: FamilyRules) -> Iterator[tuple[str, VariantById]]:
    for name in rules.variants:
        try:
            yield name, read_variant_name(name)
        except Problem:
            raise DataProblem(
                "cube-variant", f"the policy names {name[:80]!r}, which is no variant", hint="as in `rs671`"
            ) from None
