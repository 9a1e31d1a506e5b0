"""The head of a VCF or BCF file: how it is packed, its samples, and where its records begin."""

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, cast

from engine.ingest.variants.readers.bgzf import END, is_bgzf
from engine.ingest.variants.readers.vcf_header import VcfHeader
from schemas.errors import DataProblem

_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_BCF, _VCF, _GZIP = b"BCF\x02", b"##fileformat=VCF", b"\x1f\x8b"
_LONGEST_LINE = 1 << 28
_LONGEST_HEAD = 1 << 30


class Packing(Enum):
    """How the bytes of a file are packed."""

    PLAIN = "plain"
    GZIP = "gzip"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class VcfHead:
    """`length` is the number of unpacked bytes before the first record, `first_line` that of the first line of text."""

    packing: Packing
    is_bcf: bool
    header: VcfHeader
    samples: tuple[str, ...]
    first_line: int
    length: int


def starts_as_vcf(path: Path) -> bool:
    """Whether a file begins as a VCF or BCF does, packed or not."""
    try:
        with _unpacked(path, _packing(path)) as stream:
            return stream.read(len(_VCF)).startswith((_VCF, _BCF))
    except (OSError, EOFError, zlib.error):
        return False


def read_head(path: Path) -> VcfHead:
    """Raises `DataProblem` when the file is no VCF or BCF, its end is visibly missing, or its header is malformed."""
    try:
        packing = _packing(path)
        with _unpacked(path, packing) as stream:
            start = stream.read(len(_VCF))
            if not start.startswith((_VCF, _BCF)):
                raise DataProblem("vcf-unreadable", f"{path.name} cannot be read as VCF or BCF",
                                  expected=("a first line ##fileformat=VCF, or BCF 2",), place=path)  # fmt: skip
            is_bcf = start.startswith(_BCF)
            _check_whole(path, packing, is_bcf=is_bcf)
            stream.seek(0)
            return _bcf(path, packing, stream) if is_bcf else _text(path, packing, stream, 0)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise cut_short(path) from error
    except OSError as error:
        raise DataProblem("vcf-unreadable", f"{path.name} cannot be opened: {error.strerror}", place=path) from error


def cut_short(path: Path) -> DataProblem:
    """The file ends before its content does."""
    return DataProblem(
        "vcf-damaged",
        f"{path.name} is cut short or damaged: its last block or line is not whole, or a block cannot be unpacked",
        hint="copy the file again and compare its checksum",
        place=path,
    )


def _packing(path: Path) -> Packing:
    with path.open("rb") as stream:
        start = stream.read(18)
    if start[:2] != _GZIP:
        return Packing.PLAIN
    return Packing.BLOCKS if is_bgzf(start) else Packing.GZIP


@contextmanager
def _unpacked(path: Path, packing: Packing) -> Iterator[BinaryIO]:
    with path.open("rb") as stream:
        yield stream if packing is Packing.PLAIN else cast(BinaryIO, gzip.GzipFile(fileobj=stream))


def _check_whole(path: Path, packing: Packing, *, is_bcf: bool) -> None:
    """Refuse a file whose end is visibly missing, which htslib only warns of."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - len(END)))
        tail = stream.read()
    if packing is Packing.BLOCKS and tail != END:
        raise cut_short(path)
    if packing is Packing.PLAIN and not is_bcf and not tail.endswith(b"\n"):
        raise cut_short(path)


def _bcf(path: Path, packing: Packing, stream: BinaryIO) -> VcfHead:
    length = int.from_bytes(stream.read(9)[5:], "little")
    if length > _LONGEST_HEAD:
        raise _malformed(path, f"a header of at most {_LONGEST_HEAD:,} bytes")
    text = stream.read(length)
    if len(text) < length:
        raise cut_short(path)
    head = _text(path, packing, io.BytesIO(text.rstrip(b"\0")), 9)
    return VcfHead(packing, True, head.header, head.samples, head.first_line, 9 + length)


def _text(path: Path, packing: Packing, stream: BinaryIO, length: int) -> VcfHead:
    header, first_line = VcfHeader(), 0
    while line := stream.readline(_LONGEST_LINE):
        length += len(line)
        first_line = first_line or length
        if not line.startswith(b"##"):
            return VcfHead(packing, False, header, _samples(path, line), first_line, length)
        kind, _, text = line[2:].decode("utf-8", "replace").rstrip("\r\n").partition("=")
        header.add(kind, text.removeprefix("<"))
    raise _malformed(path, "a line #CHROM with the names of the columns")


def _samples(path: Path, line: bytes) -> tuple[str, ...]:
    try:
        fields = line.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError as error:
        raise _malformed(path, "names of samples in UTF-8") from error
    if tuple(fields[: len(_COLUMNS)]) != _COLUMNS:
        raise _malformed(path, f"a line {' '.join(_COLUMNS)} after those with ##, with tabs between its columns")
    if len(fields) > len(_COLUMNS) and fields[len(_COLUMNS)] != "FORMAT":
        raise _malformed(path, "the column FORMAT before the samples")
    names = tuple(fields[len(_COLUMNS) + 1 :])
    if "" in names:
        raise _malformed(path, "a name for every sample")
    repeated = sum(count - 1 for count in Counter(names).values())
    if repeated:
        raise _malformed(path, f"every sample once: {repeated:,} of {len(names):,} names are there already")
    return names


def _malformed(path: Path, expected: str) -> DataProblem:
    return DataProblem("vcf-header", f"the header of {path.name} does not have {expected}", place=path)
