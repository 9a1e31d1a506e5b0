"""What a variant of each class of frequency costs: bytes in PGEN and in our index, and time to write both."""

import shutil
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.genotypes.bench import Bench, class_name
from benchmarks.genotypes.questions import BYTES_OF, WRITE_OF
from benchmarks.genotypes.record import Row, rows_of
from benchmarks.genotypes.release import index_source
from benchmarks.genotypes.spectrum import CLASSES
from benchmarks.genotypes.timing import NO_TIME, interleaved, run_command
from engine.genotypes.encoding import bucket_count
from engine.genotypes.index import build_index
from engine.genotypes.layout import Role
from engine.genotypes.pgen import CallsReader, CallsWriter
from engine.kernels.parts import IDS16, IDS32, Numbers
from engine.personset import word_count

PGEN, CARRIERS, MISSING = "PGEN", "index, carriers", "index, missing"
PEOPLE = "people who carry it"
_VARIANTS = 200
_PGEN_BLOCK = 65_536


def by_class(bench: Bench) -> list[Row]:
    """Bytes of all variants of each class, as `items`, and how many people carry them; seconds to write some of them as
    PGEN, and as an index of it."""
    counts = bench.store.counts(bench.every)
    sizes = {
        PGEN: record_bytes(bench.data.calls),
        CARRIERS: part_bytes(bench, Role.HET) + part_bytes(bench, Role.HOM),
        MISSING: part_bytes(bench, Role.MISSING),
        PEOPLE: counts.heterozygous + counts.homozygous,
    }
    rows: list[Row] = []
    for code in range(len(CLASSES)):
        own, note = bench.classes == code, f"{(bench.classes == code).sum()} variants"
        for way, size in sizes.items():
            total = float(size[own].sum())
            rows += rows_of(BYTES_OF, class_name(code), {way: NO_TIME}, threads=bench.threads, items=total, note=note)
        rows += _writing(bench, code)
    return rows


def part_bytes(bench: Bench, role: Role) -> Numbers:
    """int64 per variant: bytes of its part, without what aligns it (`engine.genotypes.layout`)."""
    _, parts = bench.index.parts(role, bench.every)
    halves = 2 * (bucket_count(bench.persons) + parts.number)
    listed = np.where(parts.encoding == IDS32, 4 * parts.number, halves)
    return np.where(parts.encoding <= IDS16, listed, 8 * word_count(bench.persons)) * (parts.number > 0)


def record_bytes(path: Path) -> Numbers:
    """int64 per variant: length of its record, from the header of a PGEN file of mode 0x10 (plink-ng, `pgen_spec`).

    After 12 bytes (magic, mode, variants, samples, how wide the columns are) come the places of blocks of 65,536
    variants, 8 bytes each, and for each block the kinds of its records, 4 or 8 bits each, then their lengths.
    """
    header = np.memmap(path, np.uint8, "r")
    variants, _, control = struct.unpack_from("<IIB", header, 3)
    assert header[2] == 0x10 and not control & 0x30  # variable records, no allele counts
    kind_bits, width = (8, (control & 15) - 3) if (control & 15) >= 4 else (4, (control & 15) + 1)
    at = 12 + 8 * -(-variants // _PGEN_BLOCK)
    found: list[npt.NDArray[np.int64]] = []
    for first in range(0, variants, _PGEN_BLOCK):
        number = min(_PGEN_BLOCK, variants - first)
        at += -(-number * kind_bits // 8)
        lengths = np.zeros((number, 8), np.uint8)
        lengths[:, :width] = header[at : at + number * width].reshape(number, width)
        found.append(lengths.view("<i8")[:, 0])
        at += number * width + (-(-number // 8) if control >> 6 == 3 else 0)
    return np.concatenate(found)


def _writing(bench: Bench, code: int) -> list[Row]:
    """Some variants alone in a PGEN file, so that the time is theirs."""
    chosen, work = bench.of_class(code, _VARIANTS), bench.work
    listed, calls = work / "class.variants", work / "class.pgen"
    listed.write_text("".join(f"rs{row + 1}\n" for row in chosen))
    run_command(
        "plink2", "--pfile", bench.data.plink_prefix, "--extract", listed, "--make-pgen", "--memory", "4000",
        "--out", work / "class", log=work / "class.printed",
    )  # fmt: skip
    source = index_source(calls, persons=bench.persons, variants=chosen.size)
    reader = CallsReader(calls, samples=bench.persons)
    held = [reader.read(variant) for variant in range(chosen.size)]

    def write() -> None:
        with CallsWriter(work / "written.pgen", samples=bench.persons, variants=chosen.size, phased=False) as writer:
            for own in held:
                writer.append(own)

    ways = {"PGEN": write, "index": lambda: build_index(work / "class.index", source, threads=bench.threads)}
    times = interleaved(ways, turns=3)
    shutil.rmtree(work / "class.index")
    return rows_of(WRITE_OF, class_name(code), times, threads=bench.threads, items=chosen.size)
