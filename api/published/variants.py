"""Published genotypes as allele frequencies: sums of numbers that were protected before, and nothing else."""

import math
from collections.abc import Iterable
from typing import Final

from api.dashboards.shares import share_of
from api.published.content import category_of
from engine import Cube
from schemas.cube import CubeFamily
from schemas.errors import AnalysisProblem
from schemas.wire import BelowThreshold, Cell, Number, Value
from schemas.wire_cube import PublicCategory, PublicVariant, PublicVariantList

_ALTERNATE: Final = {"heterozygous": 1, "homozygous": 2, "hemizygous": 1}
_ALLELES: Final = {"reference": 2, "heterozygous": 2, "homozygous": 2, "hemizygous_reference": 1, "hemizygous": 1}


def variant_page(cube: Cube, *, search: str, offset: int, limit: int, korean: bool = False) -> PublicVariantList:
    """A page of the variants whose name, gene or alleles hold a text; raises `AnalysisProblem` where none are
    published."""
    if CubeFamily.GENOTYPES not in cube.families:
        raise AnalysisProblem("cube-variants-closed", "no variants of this release are published")
    wanted = search.strip().casefold()
    variants = [each for each in _variants(cube) if wanted in each[0].label.rpartition(": ")[0].casefold()]
    return PublicVariantList(
        found=len(variants),
        offset=offset,
        variants=[_variant(each, korean=korean) for each in variants[offset : offset + limit]],
    )


def _variants(cube: Cube) -> Iterable[list[PublicCategory]]:
    """The categories of each variant, in the order of the list."""
    found: dict[str, list[PublicCategory]] = {}
    for number in range(len(cube.families[CubeFamily.GENOTYPES].categories)):
        category = category_of(cube, CubeFamily.GENOTYPES, number)
        found.setdefault(category.code.rpartition("=")[0], []).append(category)
    return found.values()


def _variant(categories: list[PublicCategory], *, korean: bool) -> PublicVariant:
    persons = {category.code.rpartition("=")[2]: category.persons for category in categories}
    count, number = _sum(persons, _ALTERNATE), _sum(persons, _ALLELES)
    labels = [(korean and category.label_ko) or category.label for category in categories]
    return PublicVariant(
        name=categories[0].code.rpartition("=")[0],
        label=labels[0].rpartition(": ")[0],
        genotypes=[
            Cell(label=[label.rpartition(": ")[2]], count=category.persons)
            for label, category in zip(labels, categories, strict=True)
        ],
        allele_count=count,
        allele_number=number,
        frequency=share_of(count, number),
    )


def _sum(persons: dict[str, Value], weights: dict[str, int]) -> Value:
    """Alleles of the people of some genotypes. What is hidden may be anything below its threshold: it counts as half of
    that, and the margin takes all of it in."""
    middle = squares = hidden = 0
    for genotype, weight in weights.items():
        match persons.get(genotype):
            case Number(value=value, margin=margin):
                middle += weight * value
                squares += (weight * margin) ** 2
            case BelowThreshold(less_than=threshold):
                hidden += weight * threshold
            case None:
                pass
    if not middle:
        return BelowThreshold(less_than=hidden)
    return Number(value=middle + hidden // 2, margin=math.ceil(math.sqrt(squares) + hidden / 2))
