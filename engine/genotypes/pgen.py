"""Calls as a PGEN file: one biallelic variant a record, phase and dosages kept. The only door to pgenlib.

A record has phase or dosages, not both: the library does not write both. A dosage within 0.1 of a whole number makes a
call and others make none, in all that PLINK 2 writes; where that is not what the calls say, they are kept without the
dosages.
"""

import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pgenlib

from engine.kernels.calls import MISSING, PHASED_01, PHASED_10, Calls
from engine.kernels.words import Ids
from schemas.errors import DataProblem

_HAPLOTYPES = np.full((14, 2), MISSING, np.int32)
_HAPLOTYPES[[9, 10, 11, 9 + PHASED_01, 9 + PHASED_10]] = [(0, 0), (0, 1), (1, 1), (0, 1), (1, 0)]


Levels = npt.NDArray[np.uint16]
"""Dosages in PGEN's own precision: alternate alleles times 16,384, `NO_LEVEL` where there is none."""

NO_LEVEL = 65_535
LEVELS_PER_ALLELE = 16_384
_CERTAIN = 1_638
"""A tenth of an allele in levels: as far as a dosage may lie from a whole number to make a call."""


class CallsWriter:
    """Writes int8[samples] calls (0, 1, 2, `MISSING`, `PHASED_01`, `PHASED_10`), one variant after another.

    The number of variants must be the one promised. Use it as a context manager.
    """

    def __init__(self, path: Path, *, samples: int, variants: int, phased: bool, dosages: bool = False) -> None:
        self._phased, self._dosages = phased, dosages
        self._writer = pgenlib.PgenWriter(  # pyrefly: ignore[missing-attribute]  # it ships no types
            bytes(path),
            samples,
            variant_ct=variants,
            nonref_flags=False,
            hardcall_phase_present=phased,
            dosage_present=dosages,
        )

    def append(self, calls: Calls, levels: Levels | None = None) -> bool:
        """The calls of the next variant; returns whether any dosages were kept with them."""
        phased = calls >= PHASED_01
        if self._phased and phased.any():
            self._writer.append_partially_phased(_HAPLOTYPES[calls + 9].ravel(), phased.view(np.uint8), 2)
            return False
        plain = np.where(phased, np.int8(1), calls)
        if self._dosages and levels is not None and np.array_equal(certain_calls(levels), plain):
            dosages = levels / np.float32(LEVELS_PER_ALLELE)
            self._writer.append_dosages(np.where(levels == NO_LEVEL, np.float32(MISSING), dosages))
            return True
        self._writer.append_biallelic(plain)
        return False

    def __enter__(self) -> "CallsWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._writer.close()


class CallsReader:
    """Reads the calls of a PGEN file of biallelic variants; threads may share it.

    Raises `DataProblem` when the file is not one, or is damaged.
    """

    def __init__(self, path: Path, *, samples: int) -> None:
        self._name = path.name
        self._lock = threading.Lock()
        try:
            self._reader = pgenlib.PgenReader(bytes(path), raw_sample_ct=samples)  # pyrefly: ignore[missing-attribute]
        except RuntimeError as error:
            raise self._damaged() from error
        self._subset: Any = None
        self._path = path
        self.samples = samples
        self.variants: int = self._reader.get_variant_ct()
        self.phased = bool(self._reader.hardcall_phase_present())

    def read(self, variant: int) -> Calls:
        """int8[samples]: 0, 1, 2 alternate alleles, `MISSING` where there is no call."""
        calls = np.empty(self.samples, np.int8)
        self._read("read", variant, calls)
        return calls

    def read_phased(self, variant: int) -> Calls:
        """As `read`, with phased heterozygotes as `PHASED_01` and `PHASED_10`."""
        alleles, phased = np.empty(2 * self.samples, np.int32), np.empty(self.samples, np.uint8)
        self._read("read_alleles_and_phasepresent", variant, alleles, phased)
        first, second = alleles[::2], alleles[1::2]
        calls = np.where(first < 0, MISSING, first + second).astype(np.int8)
        known = (phased == 1) & (calls == 1)
        calls[known] = np.where(first[known] == 1, PHASED_10, PHASED_01)
        return calls

    def read_dosages(self, variant: int) -> npt.NDArray[np.float32]:
        """float32[samples]: expected alternate alleles, those of the calls where no dosage was kept; NaN for none."""
        dosages = np.empty(self.samples, np.float32)
        self._read("read_dosages", variant, dosages)
        return np.where(dosages == MISSING, np.float32(np.nan), dosages)

    def read_sparse(self, variant: int) -> tuple[Ids, Calls] | None:
        """Samples not homozygous for the reference, ascending, and their calls; absent for a common variant."""
        with self._lock:
            if not self._reader.has_sparse(variant):
                return None
        samples, calls = self._read("read_sparse8", variant)
        return samples, calls

    def read_phase(self, variant: int, samples: Ids) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Of some samples (ascending): whether the alternate allele is on the first haplotype, and whether the call is
        phased at all. Reading few samples of many is quicker than `read_phased`."""
        alleles, phased = np.empty(2 * samples.size, np.int32), np.empty(samples.size, np.uint8)
        if samples.size:
            with self._lock:
                if self._subset is None:
                    self._subset = pgenlib.PgenReader(bytes(self._path), raw_sample_ct=self.samples)  # pyrefly: ignore[missing-attribute]
                self._subset.change_sample_subset(samples)
            self._read("read_alleles_and_phasepresent", variant, alleles, phased, reader=self._subset)
        return alleles[::2] == 1, phased == 1

    def _read(self, method: str, *arguments: int | npt.NDArray[np.generic], reader: Any = None) -> tuple[Ids, Calls]:
        try:
            with self._lock:
                return getattr(reader or self._reader, method)(*arguments)
        except RuntimeError as error:
            raise self._damaged() from error

    def _damaged(self) -> DataProblem:
        return DataProblem("calls-damaged", f"{self._name} cannot be read as calls of biallelic variants")


def certain_calls(levels: Levels) -> Calls:
    """int8: the calls that dosages make."""
    whole = (levels.astype(np.int32) + LEVELS_PER_ALLELE // 2) // LEVELS_PER_ALLELE
    certain = np.abs(levels - whole * LEVELS_PER_ALLELE) <= _CERTAIN
    return np.where(certain & (levels != NO_LEVEL), whole, MISSING).astype(np.int8)
