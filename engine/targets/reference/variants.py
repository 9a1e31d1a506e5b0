"""Which variants are meant, row by row of the variant table."""

from collections.abc import Sequence
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
from engine.genotypes.alleles import Allele, parse_allele
from engine.genotypes.hgvs import parse_hgvs
from engine.targets.reference.calendar import holds
from engine.targets.reference.data import Row, as_int
from engine.targets.reference.logic import Truth, kleene_all, kleene_any, kleene_not
from schemas.fields import VariantField

_COLUMNS = {
    VariantField.CONSEQUENCE: "consequence",
    VariantField.LOF: "lof",
    VariantField.CLINVAR: "clinvar",
    VariantField.FILTER: "filter",
}


def selected(selector: VariantSelector, variants: Sequence[Row]) -> list[int]:
    """Places in the table of the variants meant; a where-clause must be true and not unknown."""
    return [place for place, row in enumerate(variants) if _is_meant(selector, row)]


def _is_meant(selector: VariantSelector, row: Row) -> bool:
    match selector:
        case VariantById():
            return _is_named(selector, row)
        case VariantList(variants=variants):
            return any(_is_named(variant, row) for variant in variants)
        case VariantsWhere(genes=genes, region=region, where=where):
            return (
                (not genes or _text(row, "gene").casefold() in {gene.casefold() for gene in genes})
                and (region is None or _is_in(region, row))
                and (where is None or _holds(where, row) is True)
            )
        case _:
            assert_never(selector)


def _is_named(variant: VariantById, row: Row) -> bool:
    match variant.kind:
        case VariantName.RSID:
            return row["rsid"] == variant.name.lower()
        case VariantName.ALLELE:
            here = Allele(_text(row, "contig"), as_int(row["position"]), _text(row, "ref"), _text(row, "alt"))
            return parse_allele(variant.name) == here
        case VariantName.HGVS:
            wanted = parse_hgvs(variant.name)
            found = parse_hgvs(_text(row, "hgvs_p" if wanted.is_protein else "hgvs_c"))
            sequences = (found.sequence, _text(row, "transcript"), _text(row, "gene"))
            return wanted.change == found.change and wanted.is_of(*sequences)


def _is_in(region: Region, row: Row) -> bool:
    return row["contig"] == region.contig and region.start <= as_int(row["position"]) <= region.end


def _holds(predicate: VariantPredicate, row: Row) -> Truth:
    match predicate:
        case VariantTest(field=field, test=test):
            return holds(test, _frequency(field, row))
        case VariantIn(field=field, values=values):
            return _is_one_of(field, {value.casefold() for value in values}, row)
        case VariantAll(parts=parts):
            return kleene_all([_holds(part, row) for part in parts])
        case VariantAny(parts=parts):
            return kleene_any([_holds(part, row) for part in parts])
        case VariantNot(part=part):
            return kleene_not(_holds(part, row))
        case _:
            assert_never(predicate)


def _frequency(field: VariantField, row: Row) -> float | None:
    if field is VariantField.AF_EXTERNAL:
        return None if row["af_external"] is None else float(str(row["af_external"]))
    assert field is VariantField.AF
    number = as_int(row["allele_number"])
    return as_int(row["allele_count"]) / number if number else None


def _is_one_of(field: VariantField, values: set[str], row: Row) -> Truth:
    """ClinVar says several things of one allele, joined by `|`; several filters are joined by `;`."""
    word = row[_COLUMNS[field]]
    if word is None and field is VariantField.FILTER:
        return "pass" in values
    if word is None:
        return False if field is VariantField.LOF else None
    between = {VariantField.CLINVAR: "|", VariantField.FILTER: ";"}.get(field)
    return not values.isdisjoint(str(word).casefold().split(between) if between else [str(word).casefold()])


def _text(row: Row, column: str) -> str:
    """The text of a column, empty where there is none."""
    return "" if row[column] is None else str(row[column])
