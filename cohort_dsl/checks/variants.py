"""Variants."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Region,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantList,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.checks.values import kind_problems
from cohort_dsl.spelling.assembly import contig_of
from cohort_dsl.tree import Visit
from cohort_dsl.variant_names import read_variant_name
from schemas.errors import AnalysisProblem, Problem, Span, TooExpensive
from schemas.fields import VARIANT_FIELDS, Kind

MOST_LISTED_VARIANTS = 1_000
_LARGEST_POSITION = 2**31 - 1

VARIANTS = frozenset((VariantById, VariantsWhere, VariantList, Region, VariantAll, VariantAny, VariantTest, VariantIn))
"""The kinds of value that `variant_problems` has something to say of."""


def variant_problems(visit: Visit) -> Iterator[Problem]:
    """Names that are no variant's, regions upside down, fields of the wrong kind."""
    match visit.value:
        case VariantById() as variant:
            yield from _name_problems(variant, visit.span)
        case VariantsWhere(genes=(), panels=(), region=None, where=None):
            yield AnalysisProblem(
                "empty-group", "variants are chosen by gene, panel, region or a where-clause", span=visit.span
            )
        case VariantsWhere(genes=genes, panels=panels) if not all((*genes, *panels)):
            yield AnalysisProblem("empty-text", "a gene has a symbol and a panel a name", span=visit.span)
        case VariantList(variants=()):
            yield AnalysisProblem("empty-group", "a list holds at least one variant", span=visit.span)
        case VariantList(variants=listed) if len(listed) > MOST_LISTED_VARIANTS:
            message = f"at most {MOST_LISTED_VARIANTS:,} variants are listed in one place"
            yield TooExpensive("too-many-items", message, span=visit.span)
        case Region() as region:
            yield from _region_problems(region, visit.span)
        case VariantAll(parts=parts) | VariantAny(parts=parts) if len(parts) < 2:
            yield AnalysisProblem("empty-group", "`and` and `or` join at least two conditions", span=visit.span)
        case VariantTest() | VariantIn() as test:
            yield from _field_problems(test, visit.span)
        case _:
            pass


def _name_problems(variant: VariantById, span: Span | None) -> Iterator[Problem]:
    try:
        read_variant_name(variant.name)
    except AnalysisProblem as problem:
        problem.span = span
        yield problem


def _region_problems(region: Region, span: Span | None) -> Iterator[Problem]:
    try:
        contig_of(region.contig)
    except AnalysisProblem as problem:
        code = "bad-region" if problem.code == "bad-variant" else problem.code
        yield AnalysisProblem(code, problem.message, span=span, hint=problem.hint)
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
