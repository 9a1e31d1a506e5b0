"""Variants."""

from cohort_dsl.ast import (
    Between,
    Comparator,
    Compare,
    Region,
    VariantAll,
    VariantById,
    VariantIn,
    VariantList,
    VariantPredicate,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.grammar.variants import SURE_LOSS
from cohort_dsl.variant_names import read_variant_name
from schemas.fields import VariantField


def variant(name: str) -> VariantById:
    """A variant by rsID, HGVS name or alleles, in any common spelling; raises `AnalysisProblem`."""
    return read_variant_name(name)


def variants(*names: str) -> VariantList:
    """Any of the variants named, each spelled as `variant` takes it."""
    return VariantList(variants=tuple(map(variant, names)))


def region(contig: str, start: int, end: int) -> Region:
    """A region; positions are 1-based and both count."""
    return Region(contig=contig, start=start, end=end)


def variants_where(
    where: VariantPredicate | None = None,
    *,
    genes: tuple[str, ...] = (),
    panels: tuple[str, ...] = (),
    region: Region | None = None,
) -> VariantsWhere:
    """The variants in any of the genes and panels, and in the region, of which the where-clause is true."""
    return VariantsWhere(genes=genes, panels=panels, region=region, where=where)


def gene(*symbols: str, where: VariantPredicate | None = None, region: Region | None = None) -> VariantsWhere:
    """The variants in genes, perhaps only some of them."""
    return variants_where(where, genes=symbols, region=region)


def panel(*names: str, where: VariantPredicate | None = None, region: Region | None = None) -> VariantsWhere:
    """The variants in the genes of panels, perhaps only some of them."""
    return variants_where(where, panels=names, region=region)


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
