"""The first pass over VCF and BCF files: every allele that can be kept is put aside, every other is counted."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.genotypes.alleles import CONTIG_RANK
from engine.ingest.annotation import Annotation, Annotator
from engine.ingest.vcf_alleles import Rejection, SplitAllele, provenance, split
from engine.ingest.vcf_records import Record, VcfFile
from engine.ingest.vcf_samples import SampleAxis
from engine.ingest.vcf_scratch import CALLED_SCHEMA, CalledAllele, CallsBin, RowWriter
from engine.kernels.calls import PHASED_01, split_allele
from engine.kernels.words import Ids

Progress = Callable[[str, float], None]
"""Told the step and the share of the work that is done, 0 to 1."""

_TOLD_EVERY = 200
_DIPLOID_COLUMNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file. Alleles in (a record without alternates counts as one) = alleles out + rejected, by reason."""

    name: str
    samples: int
    records: int
    alleles_in: int
    alleles_out: int
    rejected: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def of(name: str, *, samples: int, records: int, outcomes: "Counter[Rejection | None]") -> "FileReport":
        """From the fate of every allele; no rejection means that it was kept."""
        return FileReport(
            name=name,
            samples=samples,
            records=records,
            alleles_in=outcomes.total(),
            alleles_out=outcomes[None],
            rejected={reason.value: outcomes[reason] for reason in Rejection if outcomes[reason]},
        )

    def refusing(self, duplicates: int) -> "FileReport":
        """The same with some of the alleles kept rejected after all, as duplicates."""
        if not duplicates:
            return self
        rejected = dict(self.rejected) | {Rejection.DUPLICATE.value: duplicates}
        return replace(self, alleles_out=self.alleles_out - duplicates, rejected=rejected)


@dataclass(slots=True, kw_only=True)
class CallsReading:
    """Reads the files once, in order. `positions` says for each where its kept samples are on the sample axis."""

    axis: SampleAxis
    files: tuple[VcfFile, ...]
    bin: CallsBin
    positions: tuple[Ids, ...] = ()
    _phased: bool = False
    _ordinal: int = 0

    def read(self, out: Path, progress: Progress) -> tuple[list[FileReport], bool]:
        """Write the called alleles to `out`; returns a report a file, and whether any call is phased."""
        total, before = sum(file.bytes for file in self.files), 0
        reports: list[FileReport] = []
        with RowWriter(out, CALLED_SCHEMA) as rows:
            for number, file in enumerate(self.files):
                columns, positions = self.axis.place(file.samples)
                self.positions = (*self.positions, positions)
                annotator = Annotator.of(file.info_fields, is_external=False)
                outcomes: Counter[Rejection | None] = Counter()
                records = 0
                for record in file.records(annotator.info):
                    if records % _TOLD_EVERY == 0:
                        progress(f"reading {file.name}", (before + file.bytes_read) / total)
                    records += 1
                    outcomes.update(self._keep(record, number, columns, annotator, rows))
                before += file.bytes
                reports.append(FileReport.of(file.name, samples=len(file.samples), records=records, outcomes=outcomes))
        return reports, self._phased

    def _keep(
        self, record: Record, file: int, columns: npt.NDArray[np.intp], annotator: Annotator, rows: RowWriter
    ) -> Iterator[Rejection | None]:
        """Put the alleles of a record aside; for each, nothing or why not."""
        alleles = _diploid(record, columns)
        for item in split(record):
            if isinstance(item, Rejection):
                yield item
            elif isinstance(alleles, Rejection):
                yield alleles
            else:
                rows.append(self._called(record, item, file, alleles, annotator.annotate(record, item.number)))
                yield None

    def _called(
        self, record: Record, item: SplitAllele, file: int, alleles: npt.NDArray[np.int16], annotation: Annotation
    ) -> CalledAllele:
        calls = np.empty(alleles.shape[0], np.int8)
        count, number, homozygotes, missing = split_allele(alleles, item.number, calls)
        self._phased = self._phased or bool((calls >= PHASED_01).any())
        start, length = self.bin.put(calls)
        self._ordinal += 1
        allele = item.allele
        return CalledAllele(
            *(CONTIG_RANK[allele.contig], allele.position, allele.ref, allele.alt),
            *(self._ordinal, file, start, length),
            *(count, number, homozygotes, missing),
            *(provenance(record), record.filter, rsid(record.id)),
            *annotation,
        )


def rsid(ids: str | None) -> str | None:
    """The first dbSNP id of an ID field."""
    return next((name for name in (ids or "").split(";") if name[:2] == "rs" and name[2:].isdecimal()), None)


def _diploid(record: Record, columns: npt.NDArray[np.intp]) -> npt.NDArray[np.int16] | Rejection:
    """int16[kept samples, 2 or 3] as `split_allele` reads it, or why not."""
    if record.alleles is None:
        return Rejection.NO_CALLS
    if not columns.size:
        return Rejection.NO_SAMPLES
    alleles = record.alleles if columns.size == len(record.alleles) else record.alleles[columns]
    if alleles.shape[1] > _DIPLOID_COLUMNS:
        if (alleles[:, 2:-1] != -2).any():
            return Rejection.PLOIDY
        alleles = alleles[:, [0, 1, -1]]
    return np.ascontiguousarray(alleles)
