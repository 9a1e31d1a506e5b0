"""What becomes of a line of a score file."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

Fates = npt.NDArray[np.int8]


class Fate(IntEnum):
    """`MATCHED`, or the reason why a line is left out."""

    MATCHED = 0
    INTERACTION = 1
    """The weight is of several variants together."""
    HAPLOTYPE = 2
    """The effect allele is a haplotype, as those of HLA."""
    NOT_ADDITIVE = 3
    """The weight is of a dominant or recessive effect."""
    BAD_WEIGHT = 4
    """The weight is no finite number."""
    BAD_ALLELE = 5
    """An allele is not written in A, C, G and T, or both are the same."""
    NO_PLACE = 6
    """No chromosome or no position (or no rsID), as of variants that could not be taken to GRCh38."""
    NOT_IN_RELEASE = 7
    """The release has no variant there."""
    ALLELES_DIFFER = 8
    """The release has other alleles there. Strands are not flipped."""
    SEVERAL_FIT = 9
    """More than one variant fits, because the other allele is not given or positions are shared, and reference data
    call none of them common, or several."""
    REFERENCE_EFFECT_OF_X_Y_MT = 10
    """The effect allele is the reference one, and not everybody has two copies, so there is no constant to add."""
    REPEATED = 11
    """Another line gives a weight to the same variant, and none of them is used."""

    @property
    def reason(self) -> str:
        """As a report says it."""
        return self.name.lower().replace("_", "-")
