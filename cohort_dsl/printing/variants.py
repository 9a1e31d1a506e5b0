"""Variants."""

from typing import assert_never

from cohort_dsl.ast import (
    Region,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantList,
    VariantName,
    VariantNot,
    VariantPredicate,
    VariantSelector,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.grammar.variants import SURE_LOSS
from cohort_dsl.lexer import escape
from cohort_dsl.printing.boolean import in_brackets, joined
from cohort_dsl.printing.layout import SPACE, Doc, bracketed, group, indent, join
from cohort_dsl.printing.values import choice_doc, range_text
from cohort_dsl.words import is_bare_name
from schemas.fields import VariantField

_FREQUENCIES = (VariantField.AF, VariantField.AF_EXTERNAL)


def variants_doc(variants: VariantSelector, *, several: bool = False) -> Doc:
    """`variant rs123`, `variant in gene PCSK9 where lof`; `several` takes the plural where there may be several."""
    word = "variants" if several else "variant"
    match variants:
        case VariantById():
            return f"variant {_name(variants)}"
        case VariantList(variants=listed):
            return group(f"{word} in ", bracketed(map(_name, listed)))
        case VariantsWhere(region=region, where=where):
            place = (*_genes(variants), *_region(region))
            clause = () if where is None else (indent(SPACE, "where ", variant_predicate_doc(where)),)
            return group(word, *place, *clause)
        case _:
            assert_never(variants)


def _name(variant: VariantById) -> str:
    match variant.kind:
        case VariantName.RSID:
            return variant.name
        case VariantName.HGVS:
            return f"hgvs {escape(variant.name)}"
        case VariantName.ALLELE:
            return escape(variant.name)


def _genes(variants: VariantsWhere) -> tuple[Doc, ...]:
    """` in gene (LDLR, APOB) or panel "Cardiomyopathy"`."""
    genes = [name if is_bare_name(name) else escape(name) for name in variants.genes]
    choices = [
        group(f"{word} ", names[0] if len(names) == 1 else bracketed(names))
        for word, names in (("gene", genes), ("panel", [*map(escape, variants.panels)]))
        if names
    ]
    return (" in ", *join((" or ",), choices)) if choices else ()


def _region(region: Region | None) -> tuple[Doc, ...]:
    return () if region is None else (f" in region {region.contig}:{region.start}-{region.end}",)


def variant_predicate_doc(predicate: VariantPredicate) -> Doc:
    """What follows `where`."""
    match predicate:
        case VariantAll(parts=parts):
            return joined("and", map(_part, parts))
        case VariantAny(parts=parts):
            return joined("or", map(_part, parts))
        case VariantNot(part=part):
            return group("not ", in_brackets(variant_predicate_doc(part)))
        case VariantTest(field=field, test=test):
            return f"{field.value} {range_text(test, percent=field in _FREQUENCIES)}"
        case VariantIn(field=VariantField.LOF, values=values) if values == SURE_LOSS:
            return "lof"
        case VariantIn(field=field, values=values):
            return group(f"{field.value} ", *choice_doc(values))
        case _:
            assert_never(predicate)


def _part(predicate: VariantPredicate) -> Doc:
    doc = variant_predicate_doc(predicate)
    return in_brackets(doc) if isinstance(predicate, VariantAll | VariantAny) else doc
