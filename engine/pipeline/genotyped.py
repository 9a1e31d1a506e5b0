"""Requests for genotypes and linkage."""

from cohort_dsl.ast import Dimension, DimensionKind, VariantById
from engine.aggregate import (
    RawCells,
    RawLinkage,
    place_in_table,
    table_labels,
)
from engine.aggregate.genotypes import GENOTYPE_LABELS, genotype_text
from engine.disclosure.measurement import GenotypeTable
from engine.disclosure.request import (
    Breakdown,
    ExactOnly,
    Unprotected,
)
from engine.logical.analyze import check_dimension
from engine.pipeline.question import Question, Request
from engine.session import Session
from schemas.errors import AnalysisProblem


class Genotyped(Question):
    """A request for genotypes: beside the cohort, the variants asked for."""

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self._variants = request.variants
        if not self._variants:
            raise AnalysisProblem("no-variants", "no variant is named", hint='name one, as in "rs671"')
        for variant in self._variants:
            check_dimension(Dimension(kind=DimensionKind.GENOTYPE, variant=variant), session.dictionaries)
        texts = [genotype_text(variant) for variant in self._variants]
        if len(set(texts)) < len(texts):
            raise AnalysisProblem("variant-twice", "a variant is named twice", hint="name each variant once")

    def tables(self) -> tuple[GenotypeTable, ...]:
        """One table a variant, the same as of a breakdown by its genotype."""
        return tuple(self._table(variant) for variant in self._variants)

    def pair(self) -> Unprotected:
        if len(self._variants) != 2:
            raise AnalysisProblem("linkage-variants", "linkage disequilibrium is of two variants")
        return Unprotected(kind=ExactOnly.LINKAGE, spec=" and ".join(map(genotype_text, self._variants)))

    def linkage(self) -> RawLinkage:
        first, second = (self._row(variant) for variant in self._variants)
        found = self._session.genotypes.linkage(first, second, self.people)
        return RawLinkage(persons=found.people, r_squared=found.r_squared, d_prime=found.d_prime)

    def _table(self, variant: VariantById) -> GenotypeTable:
        def place() -> RawCells:
            return place_in_table(self.people, [self._genotypes.column(variant)])

        return GenotypeTable(
            variant=variant.name,
            breakdown=Breakdown(
                spec=genotype_text(variant),
                labels=table_labels([GENOTYPE_LABELS]),
                variants=(self._genotypes.frequency(variant),),
            ),
            evaluate=place,
            alleles=lambda: self._genotypes.alleles(variant),
        )

    def _row(self, variant: VariantById) -> int:
        rows = self._session.genotypes.select(variant)
        if rows.size != 1:
            raise AnalysisProblem(
                "linkage-allele",
                f"{variant.name} names {rows.size} alleles of the release; linkage disequilibrium is of one and one",
                hint='name an allele, as in "12-111803962-G-A"',
            )
        return int(rows[0])
