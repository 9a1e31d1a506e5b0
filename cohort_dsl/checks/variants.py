"""Variants."""

import re
from collections.abc import Iterator

from cohort_dsl.ast import (
    Region,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantName,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.checks.values import kind_problems
from cohort_dsl.tree import Visit
from schemas.errors import AnalysisProblem, Problem, Span
from schemas.fields import VARIANT_FIELDS, Kind

_LARGEST_POSITION = 2**31 - 1
_RSID = re.compile(r"rs[0-9]{1,18}")
_CONTIG = re.compile(r"[A-Za-z0-9_.]+")
_ALLELE = re.compile(r"[A-Za-z0-9_.]+-[1-9][0-9]{0,9}-[ACGTN]+-[ACGTN*]+")


def variant_problems(visit: Visit) -> Iterator[Problem]:
    """Names that are no variant's, regions upside down, fields of the wrong kind."""
    match visit.value:
        case VariantById() as variant:
            yield from _name_problems(variant, visit.span)
        case VariantsWhere(genes=(), region=None, where=None):
            yield AnalysisProblem(
                "empty-group", "variants are chosen by gene, region or a where-clause", span=visit.span
            )
        case VariantsWhere(genes=genes) if not all(genes):
            yield AnalysisProblem("empty-text", "a gene has a symbol", span=visit.span)
        case Region() as region:
            yield from _region_problems(region, visit.span)
        case VariantAll(parts=parts) | VariantAny(parts=parts) if len(parts) < 2:
            yield AnalysisProblem("empty-group", "`and` and `or` join at least two conditions", span=visit.span)
        case VariantTest() | VariantIn() as test:
            yield from _field_problems(test, visit.span)
        case _:
            pass


def _name_problems(variant: VariantById, span: Span | None) -> Iterator[Problem]:
    match variant.kind:
        case VariantName.RSID if not _RSID.fullmatch(variant.name):
            yield AnalysisProblem("bad-variant", "an rsID is rs and digits", span=span, expected=("rs11591147",))
        case VariantName.ALLELE if not _ALLELE.fullmatch(variant.name):
            hint = "an HGVS name stands after the word `hgvs`"
            yield AnalysisProblem("bad-variant", "an allele is contig-position-ref-alt", span=span,
                                  expected=("1-55039974-G-T",), hint=hint)  # fmt: skip
        case VariantName.HGVS if ":" not in variant.name:
            yield AnalysisProblem("bad-variant", "an HGVS name is a reference, a colon and a change", span=span)
        case _:
            pass


def _region_problems(region: Region, span: Span | None) -> Iterator[Problem]:
    if not _CONTIG.fullmatch(region.contig):
        yield AnalysisProblem("bad-region", "a contig's name is letters, digits, _ and .", span=span)
    if not 1 <= region.start <= region.end <= _LARGEST_POSITION:
        message = f"positions run from 1 to {_LARGEST_POSITION:,}, the start first"
        yield AnalysisProblem("bad-region", message, span=span)


def _field_problems(test: VariantTest | VariantIn, span: Span | None) -> Iterator[Problem]:
    kind = VARIANT_FIELDS[test.field][0]
    match test, kind:
        case VariantTest(test=limits), Kind.NUMBER:
            yield from kind_problems(test.field.value, kind, limits, span)
        case VariantIn(values=values), Kind.TEXT:
            if not values:
                yield AnalysisProblem("empty-group", "a list holds at least one text", span=span)
        case _:
            message = f"`{test.field.value}` is compared with a {kind.value}"
            yield AnalysisProblem("wrong-kind", message, span=span, expected=(kind.value,))
