"""Criteria on genotypes to conditions: panels become their genes, scores must exist, unknown genes are noted.

Whether a variant was seen in people is data, and must show in protected counts only: a variant is never looked up here.
"""

import difflib
from collections.abc import Collection
from dataclasses import replace
from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    Carries,
    GenotypeCriterion,
    NoCall,
    PairedVariants,
    PhasedVariants,
    ScoreScale,
    ScoreTest,
    VariantById,
    VariantList,
    VariantSelector,
    VariantsWhere,
)
from cohort_dsl.canonicalize.genotypes import canonical_genotypes
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.vocabulary import Unmatched
from engine.logical.nodes import Burdened, Carrier, GenotypeAtom, NoCallAt, Paired, PhasedPair, Scored
from schemas.errors import AnalysisProblem, Span


class GenotypeAnalyzer:
    """Reads the criteria of one document; `unmatched` grows as genes are looked up in vain."""

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries
        self.unmatched: list[Unmatched] = []

    def condition(self, criterion: GenotypeCriterion) -> GenotypeAtom:
        """The condition, in the one form that all ways of writing it share.

        Raises `AnalysisProblem` when the release has no such panel or score, or no percentiles of it.
        """
        match canonical_genotypes(criterion):
            case Carries(variants=variants, zygosity=zygosity):
                return Carrier(variants=self._resolved(variants), zygosity=zygosity)
            case NoCall(variants=variants):
                return NoCallAt(variants=self._resolved(variants))
            case Burden(variants=variants, number=number, unit=unit):
                return Burdened(variants=self._resolved(variants), number=number, unit=unit)
            case PairedVariants(variants=variants, kind=kind):
                return Paired(variants=self._resolved(variants), kind=kind)
            case PhasedVariants(first=first, second=second, phase=phase):
                return PhasedPair(first=first, second=second, phase=phase)
            case ScoreTest(score=score, scale=scale, test=test, span=span):
                self._check_score(score, scale, span)
                return Scored(score=score, scale=scale, test=test)
            case canonical:
                assert_never(canonical)

    def _resolved(self, variants: VariantSelector) -> VariantSelector:
        match variants:
            case VariantById() | VariantList():
                return variants
            case VariantsWhere(genes=genes, panels=panels, span=span):
                of_panels = {gene for panel in panels for gene in self._genes_of(panel, span)}
                listed = {self._known_gene(gene, span) for gene in genes}
                return replace(variants, genes=tuple(sorted(listed | of_panels)), panels=())
            case _:
                assert_never(variants)

    def _genes_of(self, panel: str, span: Span) -> tuple[str, ...]:
        panels = self._dictionaries.panels
        if panel not in panels:
            hint = _closest(panel, panels, "the release has no panel with such a name")
            raise AnalysisProblem("panel-unknown", f"there is no gene panel {panel!r}", span=span, hint=hint)
        return panels[panel]

    def _known_gene(self, gene: str, span: Span) -> str:
        """The symbol as the annotation spells it; as it stands, and noted, when the annotation does not know it."""
        genes = self._dictionaries.genes
        if gene in genes:
            return gene
        spelled = next((known for known in genes if known.casefold() == gene.casefold()), None)
        if spelled is None:
            hint = _closest(gene, genes, "the annotation has no such gene")
            self.unmatched.append(Unmatched(kind="gene", name=gene, hint=hint, span=span))
        return spelled or gene

    def _check_score(self, score: str, scale: ScoreScale, span: Span) -> None:
        scores = self._dictionaries.scores
        if score not in scores:
            hint = _closest(score, scores, "the release has no score with such a name")
            raise AnalysisProblem("score-unknown", f"there is no score {score!r}", span=span, hint=hint)
        if scale is ScoreScale.PERCENTILE and score in self._dictionaries.unranked:
            raise AnalysisProblem(
                "score-unranked",
                f"reference data call no variant of {score!r} common, so there is nothing to take percentiles of",
                span=span,
                hint=f"compare its value, as in `score {score} >= 1.2`",
            )


def _closest(name: str, names: Collection[str], otherwise: str) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else otherwise
