"""Which regions a release tells people apart by, where nobody outside gives a list of them.

A region that stands in a list because one person lives there tells that somebody does. So regions are chosen by what
many people share: a count of each with noise, of which those that reach a threshold are listed (partition selection:
Korolova et al., WWW 2009; Desfontaines, Voss, Gipson and Mandayam, PETS 2022). The list is kept, and nothing of the
counts.

Each person lives in one region. With the record gone one count is smaller by one, at the price of any count,
1/(2 sigma²); or a region has nobody left, which had been listed with a chance of at most `MISSED`. Together this is
`MISSED`-approximate `schemas.cube.REGIONS_COST`-zCDP for leaving a record out.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Final

from engine.disclosure.noise import NoiseSource
from schemas.cube import REGIONS_SIGMA

MISSED: Final = 1e-10
"""The greatest chance (delta) that a region is listed in which a single person lives."""

THRESHOLD: Final = 2 + math.ceil(REGIONS_SIGMA * NormalDist().inv_cdf(1 - MISSED))
"""From which count with noise on a region is listed. One person reaches it where the noise is `THRESHOLD - 1` or more,
and the discrete Gaussian is no more often so large than the continuous one is larger than one less (Canonne, Kamath and
Steinke, NeurIPS 2020)."""


def listed_regions(counts: Mapping[str, int], noise: NoiseSource) -> tuple[str, ...]:
    """The regions that are told, in alphabetical order; `counts` are the people of each that anybody lives in."""
    drawn = noise.draw(REGIONS_SIGMA, len(counts))
    return tuple(
        sorted(
            region for (region, people), more in zip(counts.items(), drawn, strict=True) if people + more >= THRESHOLD
        )
    )
