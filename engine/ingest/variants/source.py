"""What every reader of variant files offers: samples, and records in parts that can be read apart from each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
import numpy.typing as npt

InfoValue = str | int | float | bool | tuple[str | int | float | None, ...]
Alleles = npt.NDArray[np.int16]
"""int16[samples, 3]: the allele numbers of both haplotypes, -1 for a missing one, -2 for one that the sample does not
have; then 1 where the call is phased, else 0 (`engine.kernels.calls.split_allele` reads it)."""


class Sex(Enum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as its file has it. `alleles` is absent where the file has no calls here; `dosage` float32[samples]
    is the expected number of the one alternate allele, NaN where missing, absent unless the file has dosages;
    `filter` is absent for PASS; `info` has the fields asked for that the record gives. Where `is_polyploid`, someone
    has more than two copies, and `alleles` is absent."""

    contig: str
    position: int
    id: str | None
    ref: str
    alts: tuple[str, ...]
    filter: str | None
    alleles: Alleles | None = field(repr=False)
    dosage: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    info: Mapping[str, InfoValue] = field(default_factory=dict, repr=False)
    is_polyploid: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file that can be read without the rest: `name` is unique in its file and the same on every
    run, `share` is its part of the work of a file, 0 to 1. It holds plain values, so that a process can be sent it."""

    name: str
    share: float
    first: int = 0
    last: int = 0
    """What the reader needs to find it: records `first` up to and without `last`, unless the reader says otherwise."""


class VariantSource(Protocol):
    """An open file of calls, or of sites (no samples). A context manager.

    Raises `DataProblem` from its constructor and its iterators when the file is missing, of another kind, damaged or
    cut short.
    """

    name: str
    samples: tuple[str, ...]
    sexes: tuple[Sex | None, ...]
    """As the file says, one a sample; none where it does not."""
    assembly: str | None
    """The reference the file names ("GRCh37", "GRCh38"), where it does."""
    reference_known: bool
    """False where the file does not say which allele is the reference one (PLINK 1)."""
    info_fields: Mapping[str, str]
    """INFO fields and their descriptions, as a VCF header gives them."""

    def parts(self) -> tuple[Part, ...]:
        """The file in the order of its records."""
        ...

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:
        """Every record of a part, in order, with these INFO fields."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
