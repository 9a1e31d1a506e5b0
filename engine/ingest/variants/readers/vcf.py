"""VCF and BCF files, plain, gzip or bgzip. The only door to cyvcf2 and htslib.

A file that can be read from several places at once is cut where records begin: text and bgzip at lines, BCF at the
places its index (.csi) names. Each part is copied, with the header before it, to a temporary file that htslib reads,
so that parts tile the file exactly, whatever an index says of positions.
"""

import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import cyvcf2
import numpy as np
import numpy.typing as npt
from cyvcf2.cyvcf2 import set_htslib_log_level  # pyrefly: ignore[missing-import]

from engine.ingest.variants.readers.bgzf import BlockError, Blocks, PlainText
from engine.ingest.variants.readers.contigs import SPELLINGS
from engine.ingest.variants.readers.csi import are_records, record_places
from engine.ingest.variants.readers.ranges import PARTS
from engine.ingest.variants.readers.vcf_head import Packing, VcfHead, cut_short, read_head
from engine.ingest.variants.source import Alleles, Part, Record, Sex
from schemas.errors import DataProblem

_WARNINGS = 3
_REFERENCE_BLOCKS = frozenset({"<NON_REF>", "<*>"})
_SMALLEST, _LARGEST = 1 << 20, 1 << 26
"""Bytes of a part as the file has them."""
_HEADERS = 16
"""A part is at least so many times the header, which is read again with each."""
_WHOLE = Part(name="whole", share=1.0)
_DIPLOID_COLUMNS = 3
_NO_COPY = -2


class VcfSource:
    """A VCF or BCF file; see `VariantSource`. `Part.first` and `last` are virtual offsets, bytes of plain text, or
    both 0 for all of a file that can only be read from its beginning (gzip, BCF without an index).

    Calls are as htslib reads them: half-calls, haploid calls and phase are kept, and a record in which anyone has more
    than two copies has no calls. The dosages are those of FORMAT/DS at records with one alternate allele.
    """

    reference_known = True

    def __init__(self, path: Path, *, part_bytes: int | None = None) -> None:
        self.name = path.name
        self._path = path
        self._head: VcfHead = read_head(path)
        self._part_bytes = part_bytes
        self.samples = self._head.samples
        self.sexes: tuple[Sex | None, ...] = (None,) * len(self.samples)
        self.info_fields: Mapping[str, str] = self._head.header.info_fields
        self.assembly: str | None = self._head.header.assembly
        self._has_dosage = bool(self.samples) and self._head.header.has_dosage

    def __enter__(self) -> "VcfSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between reads."""

    def parts(self) -> tuple[Part, ...]:
        """Stretches of about equal length, in bytes as the file has them."""
        if self._head.packing is Packing.GZIP or (self._head.is_bcf and self._head.packing is Packing.PLAIN):
            return (_WHOLE,)
        with self._path.open("rb") as stream:
            file = self._file(stream)
            try:
                first = file.place(self._head.length)
                inner = self._inner(file, first)
            except BlockError as error:
                raise cut_short(self._path) from error
        if not inner:
            return (_WHOLE,)
        places = [first, *inner, file.size << 16 if isinstance(file, Blocks) else file.size]
        length = max(1, places[-1] - first)
        return tuple(
            Part(name=f"bytes-{one:020d}", share=(other - one) / length, first=one, last=other)
            for one, other in pairwise(places)
            if other > one
        )

    def _inner(self, file: Blocks | PlainText, first: int) -> list[int]:
        """Where parts end and others begin, ascending; none where there should be one part."""
        start = first >> 16 if isinstance(file, Blocks) else first
        length = self._part_bytes or max(_SMALLEST, _HEADERS * start, min(_LARGEST, (file.size - start) // PARTS))
        offsets = list(range(start + length, file.size, length))
        if not self._head.is_bcf:
            return sorted(set(file.cuts(first, offsets)))
        if not isinstance(file, Blocks):
            return []
        places = [place for place in record_places(self._path) if place > first]
        found = {bisect_left(places, offset << 16) for offset in offsets} - {len(places)}
        chosen = [places[number] for number in sorted(found)]
        is_its = are_records(file, chosen, samples=len(self.samples), contigs=self._head.header.contigs)
        return chosen if is_its else []

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:
        """Every record of a part, in order, with these INFO fields."""
        with self._stretch(part) as stream, quiet_htslib():
            try:
                file = cyvcf2.VCF(stream.fileno())
                for line in self._undeclared() if part.last == 0 else ():
                    file.add_to_header(line)
            except Exception as error:  # cyvcf2 raises bare exceptions
                raise DataProblem("vcf-header", f"the header of {self.name} cannot be read") from error
            try:
                yield from self._records(file, info)
            finally:
                file.close()

    def _records(self, file: cyvcf2.VCF, info: tuple[str, ...]) -> Iterator[Record]:
        done, place = 0, "the header"
        iterator = iter(file)
        while True:
            try:
                variant = next(iterator, None)
                record = None if variant is None else self._record(variant, info)
            except DataProblem:
                raise
            except Exception as error:  # cyvcf2 raises bare exceptions
                raise DataProblem(
                    "vcf-damaged",
                    f"{self.name} is damaged or cut short: {done:,} records could be read, the last at {place}",
                    hint="copy the file again and compare its checksum",
                ) from error
            if variant is None or record is None:
                return
            if _is_reference_block(variant, record):
                raise _gvcf(self.name)
            done, place = done + 1, f"{record.contig}:{record.position}"
            yield record

    @contextmanager
    def _stretch(self, part: Part) -> Iterator[BinaryIO]:
        """The file, or a temporary one with the header and the records of a part."""
        with self._path.open("rb") as stream:
            if part.last == 0:
                yield stream
                return
            with tempfile.TemporaryFile() as copy:
                try:
                    self._copy(self._file(stream), part, cast(BinaryIO, copy))
                except BlockError as error:
                    raise cut_short(self._path) from error
                copy.seek(0)
                yield cast(BinaryIO, copy)

    def _file(self, stream: BinaryIO) -> Blocks | PlainText:
        return Blocks(stream) if self._head.packing is Packing.BLOCKS else PlainText(stream)

    def _copy(self, file: Blocks | PlainText, part: Part, copy: BinaryIO) -> None:
        head, first_line = file.place(self._head.length), file.place(self._head.first_line)
        file.copy(0, first_line, copy)
        copy.write(file.packed("".join(f"{line}\n" for line in self._undeclared()).encode()))
        file.copy(first_line, head, copy)
        file.copy(part.first, part.last, copy)
        copy.write(file.end)

    def _undeclared(self) -> Iterator[str]:
        """Lines for the contigs that the header lacks: cyvcf2 overlooks faults in records of undeclared ones."""
        if not self._head.is_bcf:
            yield from (f"##contig=<ID={contig}>" for contig in self._head.header.undeclared(SPELLINGS))

    def _record(self, variant: cyvcf2.Variant, info: tuple[str, ...]) -> Record:
        alts = tuple(alt.upper() for alt in variant.ALT if alt != ".")
        fields = variant.FORMAT or ()
        has_calls = bool(self.samples) and "GT" in fields
        alleles = self._calls(variant, len(alts)) if has_calls else None
        values = ((name, variant.INFO.get(name)) for name in info)
        return Record(
            contig=variant.CHROM,
            position=variant.POS,
            id=variant.ID,
            ref=variant.REF.upper(),
            alts=alts,
            filter=variant.FILTER,
            alleles=alleles,
            dosage=_dosage(variant) if self._has_dosage and len(alts) == 1 and "DS" in fields else None,
            info={name: value for name, value in values if value is not None},
            is_polyploid=has_calls and alleles is None,
        )

    def _calls(self, variant: cyvcf2.Variant, alternates: int) -> Alleles | None:
        """int16[samples, 3]; none where anyone has more than two copies."""
        found: Alleles = variant.genotype.array()
        if found[:, :-1].max(initial=0) > alternates:
            raise DataProblem(
                "vcf-damaged",
                f"{self.name} has a call of an allele that its record at {variant.CHROM}:{variant.POS} does not list",
                hint="copy the file again and compare its checksum",
            )
        if (found[:, 2:-1] != _NO_COPY).any():
            return None
        calls = np.full((len(found), _DIPLOID_COLUMNS), _NO_COPY, np.int16)
        copies = min(found.shape[1] - 1, 2)
        calls[:, :copies] = found[:, :copies]
        calls[:, 2] = np.where(calls[:, 1] == _NO_COPY, 0, found[:, -1])
        return calls


@contextmanager
def quiet_htslib() -> Iterator[None]:
    """htslib says nothing on stderr; what is wrong is said once, as a `DataProblem`."""
    set_htslib_log_level(0)
    try:
        yield
    finally:
        set_htslib_log_level(_WARNINGS)


def _dosage(variant: cyvcf2.Variant) -> npt.NDArray[np.float32] | None:
    """float32[samples]; none where a sample has several values."""
    found = variant.format("DS")
    if found is None or found.shape[1] != 1:
        return None
    return np.ascontiguousarray(found[:, 0], np.float32)


def _is_reference_block(variant: cyvcf2.Variant, record: Record) -> bool:
    if not record.alts:
        return variant.INFO.get("END") is not None and variant.end > record.position
    return not _REFERENCE_BLOCKS.isdisjoint(record.alts)


def _gvcf(name: str) -> DataProblem:
    return DataProblem(
        "vcf-gvcf",
        f"{name} is a gVCF: it describes one sample's reference blocks, not genotypes compared between people",
        hint="genotype the gVCFs jointly first (GATK GenotypeGVCFs or GLnexus) and give the result",
    )
