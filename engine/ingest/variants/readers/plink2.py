"""PLINK 2 files: a `.pgen` of calls with its `.pvar` (or `.pvar.zst`) of variants and `.psam` of samples.

The only door to pgenlib outside `engine.genotypes.pgen`, which has the calls of releases, biallelic and our own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pgenlib

from engine.ingest.variants.readers.companions import companion
from engine.ingest.variants.readers.pgen_header import PgenHeader, read_pgen_header
from engine.ingest.variants.readers.problems import damaged, differ
from engine.ingest.variants.readers.pvar import Pvar, Site
from engine.ingest.variants.readers.ranges import record_ranges
from engine.ingest.variants.readers.sample_tables import read_psam
from engine.ingest.variants.source import Alleles, Part, Record

_MISSING_DOSAGE = -9


class Plink2Source:
    """A `.pgen` with its `.pvar` and `.psam`; see `VariantSource`.

    PGEN has calls of two copies everywhere: what PLINK 2 took in as haploid is homozygous here. Only heterozygous
    calls are marked as phased, since PGEN keeps no phase of others. `reference_known` is false where any reference
    allele is marked as provisional, as in files made from PLINK 1. `families` are the family ids, `0` for none.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path
        pvar, psam = companion(path, ".pvar", ".pvar.zst"), companion(path, ".psam")
        header = read_pgen_header(path)
        people = read_psam(psam)
        self.samples, self.families, self.sexes = people.ids, people.families, people.sexes
        self._pvar = Pvar(pvar)
        self._has_dosage = header.has_dosage
        self.info_fields: Mapping[str, str] = self._pvar.header.info_fields
        self.assembly: str | None = self._pvar.header.assembly
        self.reference_known = not (self._pvar.provisional if header.provisional is None else header.provisional)
        if header.samples != len(self.samples):
            raise differ(f"{path.name} has {header.samples:,} samples", f"{psam.name} names {len(self.samples):,}")
        if header.variants != self._pvar.variants:
            raise differ(f"{path.name} has {header.variants:,} variants", f"{pvar.name} names {self._pvar.variants:,}")
        self._reader = self._open(header)
        self._codes = np.empty(2 * header.samples, np.int32)
        self._phased = np.empty(header.samples, np.uint8)

    def _open(self, header: PgenHeader) -> Any:
        multiallelic = self._pvar.alleles[-1] != 2 * header.variants
        try:
            return pgenlib.PgenReader(  # pyrefly: ignore[missing-attribute]  # it ships no types
                bytes(self._path),
                raw_sample_ct=header.samples,
                variant_ct=header.variants,
                allele_idx_offsets=self._pvar.alleles.astype(np.uintp) if multiallelic else None,
            )
        except RuntimeError as error:
            raise damaged(self._path, "damaged, or has alleles that its .pvar does not") from error

    def __enter__(self) -> "Plink2Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()

    def parts(self) -> tuple[Part, ...]:
        """Ranges of records."""
        return record_ranges(self._pvar.variants)

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:
        """Every record of a part, in order, with these INFO fields."""
        for index, site in enumerate(self._pvar.sites(part.first, part.last, info), start=part.first):
            try:
                yield self._record(index, site)
            except RuntimeError as error:
                raise damaged(self._path, f"damaged in record {index + 1:,}") from error

    def _record(self, index: int, site: Site) -> Record:
        return Record(
            contig=site.contig,
            position=site.position,
            id=site.id,
            ref=site.ref,
            alts=site.alts,
            filter=site.filter,
            alleles=self._calls(index),
            dosage=self._dosage(index) if self._has_dosage and len(site.alts) == 1 else None,
            info=site.info,
        )

    def _calls(self, index: int) -> Alleles:
        self._reader.read_alleles_and_phasepresent(index, self._codes, self._phased)
        first, second = self._codes[::2], self._codes[1::2]
        calls = np.empty((len(self.samples), 3), np.int16)
        np.maximum(first, -1, out=calls[:, 0], casting="unsafe")
        np.maximum(second, -1, out=calls[:, 1], casting="unsafe")
        np.logical_and(self._phased == 1, first != second, out=calls[:, 2], casting="unsafe")
        return calls

    def _dosage(self, index: int) -> npt.NDArray[np.float32]:
        dosage = np.empty(len(self.samples), np.float32)
        self._reader.read_dosages(index, dosage)
        dosage[dosage == _MISSING_DOSAGE] = np.nan
        return dosage
