"""PLINK 1 files: a `.bed` of calls, two bits each, with its `.bim` of variants and `.fam` of samples.

Written after the format's description at https://www.cog-genomics.org/plink/1.9/formats#bed.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.ingest.variants.readers.companions import companion, text_lines
from engine.ingest.variants.readers.contigs import plink_contig
from engine.ingest.variants.readers.problems import bad_line, cannot_open, damaged, differ, other_kind
from engine.ingest.variants.readers.ranges import record_ranges
from engine.ingest.variants.readers.sample_tables import read_fam
from engine.ingest.variants.source import Alleles, Part, Record
from schemas.errors import DataProblem

_MAGIC = b"\x6c\x1b"
_VARIANT_MAJOR, _INDIVIDUAL_MAJOR = 1, 0
_HEAD = 3
_ABSENT = frozenset({"0", "."})
_PER_BYTE = 4
_BIM_COLUMNS = 6

# of the two bits 00, 01, 10, 11: two A1, no call, one of each, two A2; A1 is allele 1 and A2 allele 0
_CALLS = np.array([(1, 1, 0), (-1, -1, 0), (0, 1, 0), (0, 0, 0)], np.int16)
_CALLS_OF_BYTE = _CALLS[np.arange(256)[:, None] >> np.arange(0, 8, 2) & 3]
_EXCHANGED = np.array([(0, 0, 0), (-1, -1, 0), (0, 1, 0), (1, 1, 0)], np.int16)
_EXCHANGED_OF_BYTE = _EXCHANGED[np.arange(256)[:, None] >> np.arange(0, 8, 2) & 3]


class Plink1Source:
    """A variant-major `.bed` with its `.bim` and `.fam`; see `VariantSource`.

    A1 is given as the alternate allele and A2 as the reference: PLINK 1 orders them by frequency, so which one the
    reference genome has is not known. Calls are of two copies everywhere, as PLINK 1 has no others. A record that
    lacks one of its alleles (`0`) has no alternates. `families` are the family ids, `0` for none.
    """

    reference_known = False
    assembly: str | None = None

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._bim = companion(path, ".bim")
        fam = companion(path, ".fam")
        people = read_fam(fam)
        self.samples, self.families, self.sexes = people.ids, people.families, people.sexes
        self.info_fields: Mapping[str, str] = {}
        self._bytes_per_record = -(-len(self.samples) // _PER_BYTE)
        self._records = sum(1 for line in text_lines(self._bim) if line.strip())
        _check(path, self._bim, fam, records=self._records, samples=len(self.samples))
        self._path = path
        self._stream = path.open("rb")

    def __enter__(self) -> "Plink1Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def parts(self) -> tuple[Part, ...]:
        """Ranges of records."""
        return record_ranges(self._records)

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:  # noqa: ARG002  # it has no INFO
        """Every record of a part, in order."""
        numbered = ((number, line) for number, line in enumerate(text_lines(self._bim), start=1) if line.strip())
        for index, (number, line) in enumerate(islice(numbered, part.first, part.last), start=part.first):
            fields = line.split()
            if len(fields) != _BIM_COLUMNS or not fields[3].lstrip("-").isdecimal():
                raise bad_line(self._bim, number, "contig, id, centimorgans, whole-numbered position and two alleles")
            yield self._record(index, fields)

    def _record(self, index: int, fields: list[str]) -> Record:
        contig, name, _, position, first, second = fields
        has_first, has_second = first not in _ABSENT, second not in _ABSENT
        return Record(
            contig=plink_contig(contig),
            position=int(position),
            id=None if name == "." else name,
            ref=second if has_second else first,
            alts=(first,) if has_first and has_second else (),
            filter=None,
            alleles=self._calls(index, _CALLS_OF_BYTE if has_second else _EXCHANGED_OF_BYTE),
        )

    def _calls(self, index: int, calls_of_byte: npt.NDArray[np.int16]) -> Alleles:
        self._stream.seek(_HEAD + index * self._bytes_per_record)
        packed = np.frombuffer(self._stream.read(self._bytes_per_record), np.uint8)
        if packed.size != self._bytes_per_record:
            raise damaged(self._path, f"cut short in record {index + 1:,}")
        return calls_of_byte[packed].reshape(-1, 3)[: len(self.samples)]


def _check(path: Path, bim: Path, fam: Path, *, records: int, samples: int) -> None:
    """Refuse a file that is not a variant-major .bed of these records and samples."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise cannot_open(path, error) from error
    if len(head) < _HEAD or head[:2] != _MAGIC or head[2] not in (_VARIANT_MAJOR, _INDIVIDUAL_MAJOR):
        raise other_kind(path, "a PLINK 1 .bed file", hint="its first three bytes must be 6C 1B 01 (hexadecimal)")
    if head[2] == _INDIVIDUAL_MAJOR:
        raise DataProblem(
            "bed-individual-major",
            f"{path.name} is in individual-major order",
            hint="rewrite it with `plink --bfile NAME --make-bed --out NEW`, which gives variant-major order",
            place=path,
        )
    if not samples:
        raise damaged(fam, "empty: it names no samples")
    expected = _HEAD + records * -(-samples // _PER_BYTE)
    if size < expected:
        raise damaged(path, f"cut short: {bim.name} and {fam.name} ask for {expected:,} bytes, and it has {size:,}")
    if size > expected:
        raise differ(
            f"{path.name} has {size:,} bytes",
            f"{records:,} variants of {bim.name} and {samples:,} samples of {fam.name} make {expected:,}",
        )
