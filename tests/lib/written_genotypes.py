"""Genotypes as the language reference writes them: one row a variant, one column a person, calls as in VCF."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.kernels.calls import PHASED_01, PHASED_10

_CALLS = {
    "0/0": 0, "0/1": 1, "1/1": 2, "./.": -1,
    "0|0": 0, "0|1": PHASED_01, "1|0": PHASED_10, "1|1": 2,
    "0": 0, "1": 2, ".": -1,
    "-": -1,
}  # fmt: skip
"""`-` is no call because there is no copy."""


def persons_in(written: Sequence[Mapping[str, object]]) -> list[int]:
    """The people with a sample: those with a column."""
    return sorted(int(name) for name in written[0] if name != "variant")


def calls_of(written: Sequence[Mapping[str, object]]) -> npt.NDArray[np.int8]:
    """int8[variants, samples]."""
    people = persons_in(written)
    return np.array([[_CALLS[str(row[str(person)])] for person in people] for row in written], np.int8)
