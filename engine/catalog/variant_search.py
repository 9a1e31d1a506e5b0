"""Finding variants by what people call them: a name, a gene or a region.

The answer comes from the annotation and the text alone. A well-formed name that the annotation does not know is
answered in the same way, so that nothing can be learnt about who carries what.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from cohort_dsl.ast import Region, VariantById, VariantName, VariantSelector, VariantsWhere
from cohort_dsl.printing.layout import render
from cohort_dsl.printing.variants import variants_doc
from cohort_dsl.variant_names import read_variant_name
from engine.catalog.annotation import RSID, AnnotatedVariant, Annotation, most_severe, place_of, repeated_rsids
from engine.catalog.variant_match import Match, match_allele, match_change, match_rsid
from engine.genotypes.alleles import canonical_contig, parse_allele
from engine.genotypes.genes import GeneDictionary
from engine.genotypes.hgvs import parse_hgvs
from schemas.errors import AnalysisProblem, TooExpensive
from schemas.search import MOST_BASES, MOST_CHARACTERS, SPELLINGS

_REGION = re.compile(r"(?:chr)?([0-9]{1,2}|X|Y|MT?):([0-9,]{1,13})(?:-([0-9,]{1,13}))?", re.IGNORECASE)
_SYMBOL = re.compile(r"(?!rs\d|chr[\dXYM]|ENS[TPG]\d|N[CMPRT]_\d)[A-Za-z][A-Za-z0-9._-]{1,30}", re.IGNORECASE)


class SearchKind(Enum):
    """What the text was taken for."""

    RSID = "rsid"
    HGVS = "hgvs"
    ALLELE = "allele"
    GENE = "gene"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVariant:
    """A known variant, and the words by which a document means it alone."""

    variant: AnnotatedVariant
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSearch:
    """What was found. `words` mean in a document what the text means, whether or not it is known; absent for a gene
    that does not exist. `total` counts what the annotation has, of which `found` are the first; `near` may have been
    meant instead, and `hint` says why."""

    kind: SearchKind
    words: str | None
    is_known: bool
    total: int = 0
    found: tuple[FoundVariant, ...] = ()
    near: tuple[FoundVariant, ...] = ()
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class VariantFinder:
    """Searches one release."""

    annotation: Annotation
    genes: GeneDictionary

    def search(self, text: str, *, limit: int) -> VariantSearch:
        """Variants by dbSNP id, HGVS name, alleles, gene or region.

        Raises `AnalysisProblem` when the text can be none of these or is of another assembly, and `TooExpensive`
        when it or its region is too long.
        """
        if len(text) > MOST_CHARACTERS:
            raise TooExpensive("search-too-long", f"a text to search for has at most {MOST_CHARACTERS} characters")
        text = text.strip()
        region = _read_region(text)
        if region is not None:
            return self._of_region(region, limit)
        symbol = self.genes.symbol(text)
        if symbol is not None:
            return self._of_gene(symbol, limit)
        try:
            return self._of_name(read_variant_name(text), limit)
        except AnalysisProblem as problem:
            if problem.code == "bad-variant" and _SYMBOL.fullmatch(text):
                return self._unknown_gene(text)
            raise _unreadable(problem) from None

    def _of_region(self, region: Region, limit: int) -> VariantSearch:
        place = place_of(region)
        rows, total = self.annotation.at(place, limit=limit), self.annotation.how_many(place)
        return VariantSearch(kind=SearchKind.REGION, words=_words(VariantsWhere(region=region)), is_known=total > 0,
                             total=total, found=self._found(rows))  # fmt: skip

    def _of_gene(self, symbol: str, limit: int) -> VariantSearch:
        gene, places = symbol.lower(), self.annotation.places(symbol)
        rows = tuple(row for place in places for row in self.annotation.of_gene(gene, place, limit=limit))
        total = sum(self.annotation.how_many(place, gene) for place in places)
        return VariantSearch(kind=SearchKind.GENE, words=_words(VariantsWhere(genes=(symbol,))), is_known=True,
                             total=total, found=self._found(most_severe(rows)[:limit]))  # fmt: skip

    def _unknown_gene(self, text: str) -> VariantSearch:
        near = self.genes.near(text)
        hint = f"did you mean the gene `{near}`?" if near else f"search for one of {', '.join(SPELLINGS)}"
        return VariantSearch(kind=SearchKind.GENE, words=None, is_known=False, hint=hint)

    def _of_name(self, variant: VariantById, limit: int) -> VariantSearch:
        match = self._match(variant)
        found, near = (self._found(rows[:limit], match.around) for rows in (match.rows, match.near))
        return VariantSearch(kind=SearchKind(variant.kind.value), words=_words(variant), is_known=bool(match.rows),
                             total=len(match.rows), found=found, near=near, hint=match.hint)  # fmt: skip

    def _match(self, variant: VariantById) -> Match:
        match variant.kind:
            case VariantName.RSID:
                return match_rsid(self.annotation, variant.name)
            case VariantName.HGVS:
                return match_change(self.annotation, parse_hgvs(variant.name))
            case VariantName.ALLELE:
                allele = parse_allele(variant.name)
                return Match() if allele is None else match_allele(self.annotation, allele)
            case _:
                assert_never(variant.kind)

    def _found(
        self, rows: Sequence[AnnotatedVariant], around: Sequence[AnnotatedVariant] = ()
    ) -> tuple[FoundVariant, ...]:
        shared = repeated_rsids(around) if around else self.annotation.shared_rsids(rows)
        return tuple(FoundVariant(variant=row, words=_words(_own_name(row, shared))) for row in rows)


def _unreadable(problem: AnalysisProblem) -> AnalysisProblem:
    """The same, with everything that can be searched for."""
    if problem.code != "bad-variant":
        return problem
    return AnalysisProblem(problem.code, problem.message, expected=SPELLINGS, hint=problem.hint)


def _own_name(row: AnnotatedVariant, shared: frozenset[str]) -> VariantById:
    """The dbSNP id where no other allele has it, else the alleles."""
    if row.rsid is not None and row.rsid not in shared and RSID.fullmatch(row.rsid):
        return VariantById(kind=VariantName.RSID, name=row.rsid)
    return VariantById(kind=VariantName.ALLELE, name=row.name)


def _words(selector: VariantSelector) -> str:
    return render(variants_doc(selector))


def _read_region(text: str) -> Region | None:
    """`1:55039447-55064852` or one position, `1:55039974`; commas in numbers and `chr` do not count."""
    found = _REGION.fullmatch(text)
    contig = canonical_contig(found[1]) if found else None
    if found is None or contig is None:
        return None
    start, end = (int(number.replace(",", "") or 0) for number in (found[2], found[3] or found[2]))
    if not 1 <= start <= end < 2**31:
        raise AnalysisProblem("bad-region", "a region runs from its first to its last position",
                              expected=("1:55039447-55064852",))  # fmt: skip
    if end - start >= MOST_BASES:
        raise TooExpensive("region-too-long", f"a region to search has at most {MOST_BASES:,} bases")
    return Region(contig=contig, start=start, end=end)
