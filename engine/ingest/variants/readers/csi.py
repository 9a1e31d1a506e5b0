"""Where records of a BCF start, from the index beside it (https://samtools.github.io/hts-specs/CSIv1.pdf)."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from engine.ingest.variants.readers.bgzf import BlockError, Blocks

_FIXED = struct.Struct("<IIiiifHHI")
"""Of a record: bytes shared and of samples, contig, position, length, quality, fields, alleles, samples."""
_FIXED_BYTES = 24
_MOST_SHARED = 1 << 28


def record_places(path: Path) -> list[int]:
    """The virtual offsets that a `.csi` beside a BCF gives, ascending; none where there is no index, it is older than
    the BCF, or it cannot be read."""
    index = path.with_name(path.name + ".csi")
    try:
        if index.stat().st_mtime < path.stat().st_mtime:
            return []
        with gzip.open(index, "rb") as stream:
            return sorted(set(_starts(stream.read())))
    except (OSError, EOFError, zlib.error, struct.error):
        return []


def are_records(blocks: Blocks, places: list[int], *, samples: int, contigs: int) -> bool:
    """Whether a record of so many samples starts at each place, so that the index is of this file."""
    try:
        heads = [blocks.bytes_at(place, _FIXED.size) for place in places]
    except BlockError:
        return False
    ascending = all(one < other for one, other in pairwise(places))
    return ascending and all(_is_record(head, samples=samples, contigs=contigs) for head in heads)


def _is_record(head: bytes, *, samples: int, contigs: int) -> bool:
    if len(head) < _FIXED.size:
        return False
    shared, _, contig, position, _, _, _, alleles, of_samples = _FIXED.unpack(head)
    return (
        _FIXED_BYTES <= shared < _MOST_SHARED
        and 0 <= contig < contigs
        and position >= -1
        and alleles > 0
        and of_samples & 0xFFFFFF == samples
    )


def _starts(data: bytes) -> Iterator[int]:
    magic, _, depth, extra = struct.unpack_from("<4siii", data)
    if magic != b"CSI\x01":
        return
    at = 16 + extra
    (contigs,) = struct.unpack_from("<i", data, at)
    at += 4
    statistics = ((1 << 3 * (depth + 1)) - 1) // 7 + 1  # a bin that holds no places
    for _ in range(contigs):
        (bins,) = struct.unpack_from("<i", data, at)
        at += 4
        for _ in range(bins):
            number, _, chunks = struct.unpack_from("<IQi", data, at)
            at += 16
            if number != statistics:
                yield from struct.unpack_from(f"<{2 * chunks}Q", data, at)[::2]
            at += 16 * chunks
