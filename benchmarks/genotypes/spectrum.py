"""How often the alternate alleles of a whole genome occur: classes of frequency, allele counts and missing calls.

The classes and their shares are those of a 40,000-variant sample of a genome of 770,000 people: most variants are
carried by a handful of people, and a tenth of them by everybody's neighbours.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_EXPONENT = 1.55
"""Allele counts k of rare variants are as frequent as k ** -1.55, the slope that fits mean counts of each class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyClass:
    """Variants of similar frequency: `share` of all variants; `low` and `high` bound allele counts of 2 x 770,000
    alleles where the class is rare, and minor allele frequencies where it is common."""

    name: str
    share: float
    low: float
    high: float
    is_common: bool

    def allele_counts(self, number: int, persons: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
        """int64[number]: how many of the 2 x `persons` alleles are alternate, for a rare class."""
        scale = persons / 770_000 if self.high > 10 else 1.0
        low, high = (max(1, round(scale * bound)) for bound in (self.low, self.high))
        counts = np.arange(low, high + 1)
        weights = counts**-_EXPONENT
        return random.choice(counts, number, p=weights / weights.sum())


CLASSES = (
    FrequencyClass(name="singleton", share=0.3735, low=1, high=1, is_common=False),
    FrequencyClass(name="AC 2-10", share=0.3519, low=2, high=10, is_common=False),
    FrequencyClass(name="AC > 10, AF < 0.1 %", share=0.1764, low=11, high=1_539, is_common=False),
    FrequencyClass(name="AF 0.1-1 %", share=0.0084, low=1_540, high=15_399, is_common=False),
    FrequencyClass(name="MAF 1-5 %", share=0.0309, low=0.01, high=0.05, is_common=True),
    FrequencyClass(name="MAF 5-25 %", share=0.0415, low=0.05, high=0.25, is_common=True),
    FrequencyClass(name="MAF >= 25 %", share=0.0174, low=0.25, high=0.5, is_common=True),
)

RARE_MISSING, COMMON_MISSING = (1e-6, 3e-3), (1e-4, 1e-2)
"""Shares of people without a call: log-uniform between these for each variant."""


def draw_classes(variants: int, random: np.random.Generator) -> npt.NDArray[np.int8]:
    """int8[variants]: the class of each variant, common ones among rare ones as along a genome."""
    shares = np.array([own.share for own in CLASSES])
    numbers = np.floor(shares / shares.sum() * variants).astype(int)
    numbers[0] += variants - numbers.sum()
    return random.permutation(np.repeat(np.arange(len(CLASSES), dtype=np.int8), numbers))


def draw_missing(is_common: npt.NDArray[np.bool_], random: np.random.Generator) -> npt.NDArray[np.float64]:
    """float64 per variant: the share of people without a call."""
    low, high = np.log(np.where(is_common[:, None], COMMON_MISSING, RARE_MISSING)).T
    return np.exp(random.uniform(low, high))


def class_of(allele_count: npt.NDArray[np.int64], allele_number: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
    """int8 per variant: the class its measured allele count puts it in."""
    minor = np.minimum(allele_count, allele_number - allele_count) / np.maximum(allele_number, 1)
    rare = np.searchsorted([1, 10], allele_count)
    return np.where(minor < 0.001, rare, 3 + np.searchsorted([0.01, 0.05, 0.25], minor, side="right")).astype(np.int8)
