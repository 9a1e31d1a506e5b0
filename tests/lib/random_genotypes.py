"""The genotypes of random releases: few variants of few genes, on chromosomes of which people have two, one or no copies.

Every second variant is another allele of the place of the one before. A call is one the person can have: haploid where
there is one copy, absent where there is none.
"""

import random
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Rows = list[dict[str, object]]

PLACES = (
    *(("1", 1_000 + 10 * number) for number in range(5)),
    ("X", 20_000),  # pseudoautosomal
    *(("X", 50_000_000 + 10 * number) for number in range(2)),
    *(("Y", 12_000_000 + 10 * number) for number in range(1)),
    *(("MT", 700 + 10 * number) for number in range(1)),
)
ALLELES = tuple((*place, alt) for place in PLACES for alt in "GT")
GENES_OF = {"1": ("PCSK9", "LDLR", "APOE"), "X": ("XG",), "Y": ("SRY",), "MT": ("MT-ND1",)}
GENES = tuple(gene for genes in GENES_OF.values() for gene in genes)
PANELS = {"lipids": ("LDLR", "PCSK9"), "sex": ("SRY", "XG")}
SCORES = {"ldl": (0.5, {1: 1009 / 8, 11: -2003 / 8, 18: 5003 / 8}), "nothing": (-1.0, {})}
"""Constant and weights. No two sums are equal but where the calls are: the weights are primes, in eighths."""
SHARED_RSID = "rs4"
"""Of both alleles of one place."""


def variant_name(number: int) -> str:
    """`contig-position-ref-alt` of a variant."""
    contig, position, alt = ALLELES[number]
    return f"{contig}-{position}-A-{alt}"


def genotype_tables(pick: random.Random, persons: Sequence[int]) -> dict[str, Rows]:
    """The tables of a release in which these people have samples."""
    return {
        "variant": [_variant(pick, number) for number in range(len(ALLELES))],
        "sample": [
            {"sample": n, "person": person, "sex": pick.choice(("male", "female", None)), "source_sample_id": str(n)}
            for n, person in enumerate(persons)
        ],
        "gene": [{"gene": gene, "contig": contig} for contig, genes in GENES_OF.items() for gene in genes],
        "panel": [{"panel": panel, "gene": gene} for panel, genes in PANELS.items() for gene in genes],
        "score": [
            {"score": score, "constant": constant, "listed": len(weights), "matched": len(weights)}
            for score, (constant, weights) in SCORES.items()
        ],
        "score_weight": [
            {"score": score, "variant": variant, "weight": weight}
            for score, (_, weights) in SCORES.items()
            for variant, weight in weights.items()
        ],
    }


def random_calls(pick: random.Random, samples: Sequence[Mapping[str, object]], *, phased: bool) -> npt.NDArray[np.int8]:
    """int8[variants, samples], phased calls among them or none."""
    two = (0, 0, 0, 1, 2, 3, 4, 3, 4, -1) if phased else (0, 0, 0, 1, 1, 2, -1)
    choices = {0: (-1,), 1: (0, 0, 2, -1), 2: two}
    return np.array([[pick.choice(choices[_copies(n, row["sex"])]) for row in samples] for n in range(len(ALLELES))])


def _copies(variant: int, sex: object) -> int:
    match ALLELES[variant][:2]:
        case ("1", _) | ("X", 20_000):
            return 2
        case ("X", _):
            return 1 if sex == "male" else 2
        case ("Y", _):
            return 0 if sex == "female" else 1
        case _:
            return 1


def _variant(pick: random.Random, number: int) -> dict[str, object]:
    contig, position, alt = ALLELES[number]
    allele_number = pick.choice((0, 20))
    return {
        "variant": number,
        "contig": contig,
        "position": position,
        "ref": "A",
        "alt": alt,
        "rsid": SHARED_RSID if number == 5 else f"rs{number}" if number % 3 else None,
        "gene": pick.choice((None, *GENES_OF[contig], *GENES_OF[contig])),
        "transcript": pick.choice((None, "ENST1.2")),
        "consequence": pick.choice((None, "missense_variant", "stop_gained")),
        "hgvs_c": f"ENST1.2:c.{number}A>{alt}",
        "hgvs_p": pick.choice((None, f"ENSP1:p.Arg{number}Leu")),
        "lof": pick.choice((None, "HC", "LC")),
        "clinvar": pick.choice((None, "benign", "pathogenic", "pathogenic|risk_factor")),
        "af_external": pick.choice((None, 0.0001, 0.01, 0.3)),
        "filter": pick.choice((None, "PASS", "LowQual", "LowQual;q10")),
        "allele_count": pick.randrange(allele_number + 1),
        "allele_number": allele_number,
        "homozygotes": 0,
        "hemizygotes": 0,
        "missing_calls": 0,
    }
