"""Which of several consequences of a variant is the most severe."""

from schemas.consequences import SEVERITY

INTERGENIC = frozenset({"intergenic_variant", "intergenic_region"})
"""Terms of variants that lie in no gene, whatever gene the annotation names as nearest."""

_RANK = {term: rank for rank, term in enumerate(SEVERITY)}
_SNPEFF = {
    "conservative_inframe_insertion": "inframe_insertion",
    "disruptive_inframe_insertion": "inframe_insertion",
    "conservative_inframe_deletion": "inframe_deletion",
    "disruptive_inframe_deletion": "inframe_deletion",
    "5_prime_UTR_premature_start_codon_gain_variant": "5_prime_UTR_variant",
    "intergenic_region": "intergenic_variant",
    "intragenic_variant": "intron_variant",
}


def rank(term: str) -> int:
    """0 for the most severe; a term that is not listed comes after all that are."""
    return _RANK.get(_SNPEFF.get(term, term), len(SEVERITY))


def most_severe(terms: str) -> str:
    """Of terms joined by `&`, the most severe, as it was written."""
    return min(terms.split("&"), key=rank)
