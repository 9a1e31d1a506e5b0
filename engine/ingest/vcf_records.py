"""Records of VCF and BCF files, plain, gzip or bgzip. The only door to cyvcf2 and htslib."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cyvcf2
import numpy as np
import numpy.typing as npt
from cyvcf2.cyvcf2 import set_htslib_log_level  # pyrefly: ignore[missing-import]

from schemas.errors import DataProblem

_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_WARNINGS = 3
_REFERENCE_BLOCKS = frozenset({"<NON_REF>", "<*>"})

InfoValue = str | int | float | bool | tuple[str | int | float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. `alleles` is int16[samples, ploidy + 1] as `engine.kernels.calls.split_allele` reads it, absent
    without a GT field; `filter` is absent for PASS; `info` has the fields asked for that the record gives."""

    contig: str
    position: int
    id: str | None
    ref: str
    alts: tuple[str, ...]
    filter: str | None
    alleles: npt.NDArray[np.int16] | None = field(repr=False)
    info: Mapping[str, InfoValue] = field(repr=False)


class VcfFile:
    """An open file: its samples, the INFO fields its header describes, and its records, once. A context manager.

    Raises `DataProblem` when the file is missing, not a VCF or BCF, cut short, or a gVCF.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.path = path
        _check_whole(path)
        self.bytes = path.stat().st_size
        self._stream = path.open("rb")  # htslib reads through it, so that its position tells how far we are
        with quiet_htslib():
            try:
                self._file = cyvcf2.VCF(self._stream.fileno())
                self.samples: tuple[str, ...] = tuple(self._file.samples)
                self.info_fields: dict[str, str] = dict(_described(self._file))
            except Exception as error:  # cyvcf2 raises bare exceptions
                self._stream.close()
                raise DataProblem("vcf-unreadable", f"{self.name} cannot be read as VCF or BCF") from error

    @property
    def bytes_read(self) -> int:
        """How much of the file htslib has taken in."""
        return os.lseek(self._stream.fileno(), 0, os.SEEK_CUR)

    def __enter__(self) -> "VcfFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._stream.close()

    def records(self, info: tuple[str, ...] = ()) -> Iterator[Record]:
        """Every record in order, with these INFO fields."""
        done, place = 0, "the header"
        with quiet_htslib():
            iterator = iter(self._file)
            while True:
                try:
                    variant = next(iterator, None)
                    record = None if variant is None else _record(variant, info, has_samples=bool(self.samples))
                except Exception as error:  # cyvcf2 raises bare exceptions
                    raise DataProblem(
                        "vcf-damaged",
                        f"{self.name} is damaged or cut short: {done:,} records could be read, the last at {place}",
                        hint="copy the file again and compare its checksum",
                    ) from error
                if record is None:
                    return
                if not _REFERENCE_BLOCKS.isdisjoint(record.alts):
                    raise _gvcf(self.name)
                done, place = done + 1, f"{record.contig}:{record.position}"
                yield record


@contextmanager
def quiet_htslib() -> Iterator[None]:
    """htslib says nothing on stderr; what is wrong is said once, as a `DataProblem`."""
    set_htslib_log_level(0)
    try:
        yield
    finally:
        set_htslib_log_level(_WARNINGS)


def _gvcf(name: str) -> DataProblem:
    return DataProblem(
        "vcf-gvcf",
        f"{name} is a gVCF: it describes one sample's reference blocks, not genotypes compared between people",
        hint="genotype the gVCFs jointly first (GATK GenotypeGVCFs or GLnexus) and give the result",
    )


def _check_whole(path: Path) -> None:
    """Refuse a file whose end is visibly missing, which htslib only warns of."""
    try:
        with path.open("rb") as stream:
            head = stream.read(18)
            stream.seek(max(0, path.stat().st_size - len(_BGZF_END)))
            tail = stream.read()
    except OSError as error:
        raise DataProblem("vcf-unreadable", f"{path.name} cannot be opened: {error.strerror}") from error
    if head[:2] == b"\x1f\x8b":
        whole = head[12:14] != b"BC" or tail == _BGZF_END
    else:
        whole = head[:3] == b"BCF" or tail.endswith(b"\n")
    if not whole:
        raise DataProblem(
            "vcf-damaged",
            f"{path.name} is cut short: its last block or line is not whole",
            hint="copy the file again and compare its checksum",
        )


def _described(file: cyvcf2.VCF) -> Iterator[tuple[str, str]]:
    for line in file.header_iter():
        if line.type == "INFO":
            entry = line.info()
            yield entry["ID"], entry.get("Description", "").strip('"')


def _record(variant: cyvcf2.Variant, info: tuple[str, ...], *, has_samples: bool) -> Record:
    has_calls = has_samples and "GT" in (variant.FORMAT or ())
    values = ((name, variant.INFO.get(name)) for name in info)
    return Record(
        contig=variant.CHROM,
        position=variant.POS,
        id=variant.ID,
        ref=variant.REF.upper(),
        alts=tuple(alt.upper() for alt in variant.ALT),
        filter=variant.FILTER,
        alleles=variant.genotype.array() if has_calls else None,
        info={name: value for name, value in values if value is not None},
    )
