"""Calls as a PGEN file: one biallelic variant a record, phase kept. The only door to pgenlib."""

import threading
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pgenlib

from engine.kernels.calls import MISSING, PHASED_01, PHASED_10, Calls
from engine.kernels.words import Ids
from schemas.errors import DataProblem

_HAPLOTYPES = np.full((14, 2), MISSING, np.int32)
_HAPLOTYPES[[9, 10, 11, 9 + PHASED_01, 9 + PHASED_10]] = [(0, 0), (0, 1), (1, 1), (0, 1), (1, 0)]


class CallsWriter:
    """Writes int8[samples] calls (0, 1, 2, `MISSING`, `PHASED_01`, `PHASED_10`), one variant after another.

    The number of variants must be the one promised. Use it as a context manager.
    """

    def __init__(self, path: Path, *, samples: int, variants: int, phased: bool) -> None:
        self._phased = phased
        self._writer = pgenlib.PgenWriter(  # pyrefly: ignore[missing-attribute]  # it ships no types
            bytes(path), samples, variant_ct=variants, nonref_flags=False, hardcall_phase_present=phased
        )

    def append(self, calls: Calls) -> None:
        """The calls of the next variant."""
        phased = calls >= PHASED_01
        if self._phased and phased.any():
            self._writer.append_partially_phased(_HAPLOTYPES[calls + 9].ravel(), phased.view(np.uint8), 2)
        else:
            self._writer.append_biallelic(np.where(phased, np.int8(1), calls))

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
        self.samples = samples
        self.variants: int = self._reader.get_variant_ct()

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

    def read_sparse(self, variant: int) -> tuple[Ids, Calls] | None:
        """Samples not homozygous for the reference, ascending, and their calls; absent for a common variant."""
        with self._lock:
            if not self._reader.has_sparse(variant):
                return None
        samples, calls = self._read("read_sparse8", variant)
        return samples, calls

    def _read(self, method: str, *arguments: int | npt.NDArray[np.generic]) -> tuple[Ids, Calls]:
        try:
            with self._lock:
                return getattr(self._reader, method)(*arguments)
        except RuntimeError as error:
            raise self._damaged() from error

    def _damaged(self) -> DataProblem:
        return DataProblem("calls-damaged", f"{self._name} cannot be read as calls of biallelic variants")
