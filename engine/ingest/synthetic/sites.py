"""All variants of a release: the autosomal ones, some that meet in one person's gene, and those of X, Y and MT.

And variants that the annotation describes and nobody carries, drawn in the same way, so that being described does not
tell whether anybody carries a variant.
"""

from dataclasses import replace

import numpy as np

from engine.ingest.synthetic.allosomes import ALLOSOMAL_GENES, allosomal_sites, known_allosomal_sites
from engine.ingest.synthetic.genes import GENES, Gene, KnownVariant
from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.variants import (
    Site,
    draw_site,
    draw_sites,
    in_order,
    known_site,
    loss_of_function,
    make_sites,
    numbered,
)

ALL_GENES = (*GENES, *ALLOSOMAL_GENES)

_MEETING = {
    "LDLR": (0.009, 0.008, 0.007, 0.006),
    "ATP7B": (0.006, 0.005, 0.004),
    "GBA1": (0.006, 0.004),
    "MUTYH": (0.006, 0.005),
}
"""Frequencies of missense variants of a gene, high enough that some people have two in trans."""
_COMPANION = 0.8
"""Copies of a gene's first such variant that have a second one beside them."""
_GJB2 = KnownVariant(
    "13", 20189473, "C", "T", "rs72474224", "GJB2", "missense_variant", 0.012, "p.Val37Ile", None, "pathogenic"
)
"""With rs80338943, what a Korean child deaf from birth is often compound heterozygous for."""
_ABSENT = 0.5
"""Variants nobody carries, as a share of those of the release."""


def release_sites(persons: int, founders: int, seed: int) -> tuple[Site, ...]:
    """Every variant of a release of this size, in release order."""
    sites = make_sites(persons, founders, seed)
    keys = {site.key for site in sites}
    more = [known_site(_GJB2), *known_allosomal_sites(), *_meeting_sites(founders, seed)]
    more += allosomal_sites(persons, founders, seed, "allosomes")
    sites += numbered((site for site in more if site.key not in keys), len(sites))
    return tuple(in_order(sites))


def absent_sites(persons: int, founders: int, seed: int, present: tuple[Site, ...]) -> tuple[Site, ...]:
    """Variants of the same distribution that nobody carries."""
    random = stream(seed, "absent sites")
    count = int(_ABSENT * (800 + 18 * persons**0.5))
    drawn = [site for gene in GENES for site in loss_of_function(gene, random)][:: round(1 / _ABSENT)]
    drawn += draw_sites(count, founders, random, GENES)
    drawn += allosomal_sites(int(_ABSENT**2 * persons), founders, seed, "absent allosomes")
    keys = {site.key for site in present}
    return tuple(numbered(site for site in drawn if site.key not in keys))


def _meeting_sites(founders: int, seed: int) -> list[Site]:
    random = stream(seed, "meeting sites")
    genes = {gene.symbol: gene for gene in GENES}
    sites: list[Site] = []
    for symbol, frequencies in _MEETING.items():
        copies = [max(1, round(2 * founders * frequency)) for frequency in frequencies]
        own = [_missense(genes[symbol], founders, number, random) for number in copies]
        beside = _missense(genes[symbol], founders, max(1, int(_COMPANION * copies[0])), random)
        sites += [*own, replace(beside, rides_on=own[0].key)]
    return sites


def _missense(gene: Gene, founders: int, copies: int, random: np.random.Generator) -> Site:
    return draw_site(gene, random, consequence="missense_variant", frequency=copies / (2 * founders), copies=copies,
                     clinvar="uncertain_significance")  # fmt: skip
