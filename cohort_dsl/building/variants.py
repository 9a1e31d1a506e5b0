"""Variants."""

import re

from cohort_dsl.ast import (
    Between,
    Comparator,
    Compare,
    Region,
    VariantAll,
    VariantById,
    VariantIn,
    VariantName,
    VariantPredicate,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.grammar.variants import SURE_LOSS
from schemas.fields import VariantField

_RSID = re.compile(r"rs[0-9]+")


def variant(name: str) -> VariantById:
    """A variant by rsID, by HGVS name (which has a colon) or as `contig-position-ref-alt`."""
    if _RSID.fullmatch(name):
        return VariantById(kind=VariantName.RSID, name=name)
    return VariantById(kind=VariantName.HGVS if ":" in name else VariantName.ALLELE, name=name)


def gene(*symbols: str, where: VariantPredicate | None = None, region: Region | None = None) -> VariantsWhere:
    """The variants in genes, perhaps only some of them."""
    return VariantsWhere(genes=symbols, region=region, where=where)


class VariantFieldBuilder:
    """A field of a variant to be compared: `variant_field("af") < 0.001`."""

    __slots__ = ("_field",)

    def __init__(self, name: str) -> None:
        self._field = VariantField(name)

    def __lt__(self, value: float) -> VariantTest:
        return VariantTest(field=self._field, test=Compare(operator=Comparator.LT, value=value))

    def __le__(self, value: float) -> VariantTest:
        return VariantTest(field=self._field, test=Compare(operator=Comparator.LE, value=value))

    def __gt__(self, value: float) -> VariantTest:
        return VariantTest(field=self._field, test=Compare(operator=Comparator.GT, value=value))

    def __ge__(self, value: float) -> VariantTest:
        return VariantTest(field=self._field, test=Compare(operator=Comparator.GE, value=value))

    def between(self, low: float | None, high: float | None) -> VariantTest:
        """`in low..high`."""
        return VariantTest(field=self._field, test=Between(low=low, high=high))

    def among(self, *values: str) -> VariantIn:
        """`in ("a", "b")`."""
        return VariantIn(field=self._field, values=values)


def variant_field(name: str) -> VariantFieldBuilder:
    """A field of a variant by its words."""
    return VariantFieldBuilder(name)


def lof(*more: VariantPredicate) -> VariantPredicate:
    """High-confidence loss of function, and more conditions where given."""
    sure = VariantIn(field=VariantField.LOF, values=SURE_LOSS)
    return VariantAll(parts=(sure, *more)) if more else sure
