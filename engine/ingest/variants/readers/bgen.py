"""BGEN files (versions 1.1 to 1.3), with an Oxford `.sample` beside them. The only door to the library bgen."""

import logging
import threading
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from bgen import BgenReader
from bgen.reader import BgenVar

from engine.ingest.variants.readers.bgen_calls import biallelic_calls, multiallelic_calls
from engine.ingest.variants.readers.contigs import plink_contig
from engine.ingest.variants.readers.problems import cannot_open, damaged, differ, other_kind
from engine.ingest.variants.readers.ranges import record_ranges
from engine.ingest.variants.readers.sample_tables import read_oxford_samples
from engine.ingest.variants.source import Alleles, Part, Record, Sex
from schemas.errors import DataProblem

_ANONYMOUS = "(anonymous_sample_"
_MAGIC = (b"bgen", bytes(4))
_DIPLOID = 2


class BgenSource:
    """A BGEN file; see `VariantSource`.

    The first allele is given as the reference, as UK Biobank and PLINK 2's `ref-first` have it; BGEN itself does not
    say, so `reference_known` is false. Dosages are those of the one alternate allele. A call is made where the
    expected number of every allele is within 0.1 of a whole number (`bgen_calls.CERTAINTY`) and is missing elsewhere;
    it is phased where the file has haplotypes and both are that certain. A record in which anyone has more than two
    copies has no calls.

    Samples without ids in the file (or anonymous ones) are those of the `.sample` file beside it: of the same name, or
    the only one whose name begins with it. Its sexes are taken in any case.
    """

    reference_known = False
    assembly: str | None = None

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.info_fields: Mapping[str, str] = {}
        self._path = path
        _check_magic(path)
        try:
            self._head = BgenReader(str(path), delay_parsing=True)
            header, names = self._head.header, tuple(self._head.samples)
        except ValueError as error:
            raise damaged(path, "damaged or cut short in its head") from error
        self._records = header.nvariants
        named = header.has_sample_ids and not all(name.startswith(_ANONYMOUS) for name in names)
        self.samples, self.sexes = _people(path, names if named else None, header.nsamples)

    def __enter__(self) -> "BgenSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._head.close()

    def parts(self) -> tuple[Part, ...]:
        """Ranges of records."""
        return record_ranges(self._records)

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:  # noqa: ARG002  # it has no INFO
        """Every record of a part, in order."""
        index, end = part.first, 0
        with BgenReader(str(self._path), delay_parsing=True) as reader, _Malformed() as malformed:
            variants = islice(reader, part.first, part.last)
            while True:
                try:
                    variant = next(variants, None)
                    record = None if variant is None else _record(variant)
                except (ValueError, IndexError) as error:
                    raise damaged(self._path, f"damaged or cut short in record {index + 1:,}") from error
                if malformed.found:
                    raise damaged(self._path, f"damaged in record {index + 1:,}: its probabilities exceed 1")
                if variant is None or record is None:
                    break
                end = variant.next_variant_offset
                index += 1
                yield record
        if part.last == self._records and end < self._path.stat().st_size:
            raise damaged(self._path, f"damaged: it goes on after the {self._records:,} records its head promises")


class _Malformed(logging.Filter):
    """Notices, and keeps to itself, the warning that the library logs of probabilities above 1 in this thread."""

    def __init__(self) -> None:
        super().__init__()
        self.found = False
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        ours = record.pathname == __file__ and record.thread == self._thread
        self.found |= ours
        return not ours

    def __enter__(self) -> "_Malformed":
        logging.getLogger().addFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeFilter(self)


def _record(variant: BgenVar) -> Record:
    ref, *alts = variant.alleles
    ploidy = variant.ploidy
    readable = bool(alts) and ploidy.max(initial=0) <= _DIPLOID
    biallelic = readable and len(alts) == 1
    dosage = variant.alt_dosage if biallelic else None
    return Record(
        contig=plink_contig(variant.chrom),
        position=variant.pos,
        id=next((name for name in (variant.rsid, variant.varid) if name not in ("", ".")), None),
        ref=ref,
        alts=tuple(alts),
        filter=None,
        alleles=_alleles(variant, ploidy, dosage) if readable else None,
        dosage=dosage,
        is_polyploid=ploidy.max(initial=0) > _DIPLOID,
    )


def _alleles(variant: BgenVar, ploidy: npt.NDArray[np.uint8], dosage: npt.NDArray[np.float32] | None) -> Alleles:
    phased = variant.is_phased
    if dosage is not None:
        return biallelic_calls(dosage, ploidy, variant.probabilities if phased else None)
    return multiallelic_calls(variant.probabilities, ploidy, alleles=len(variant.alleles), phased=phased)


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            magic = stream.read(20)[16:]
    except OSError as error:
        raise cannot_open(path, error) from error
    if magic not in _MAGIC:
        raise other_kind(path, "a BGEN file", hint="bytes 17 to 20 must be `bgen`")


def _people(path: Path, names: tuple[str, ...] | None, samples: int) -> tuple[tuple[str, ...], tuple[Sex | None, ...]]:
    """Ids and sexes, from the file where it has ids and from the .sample beside it."""
    beside = _sample_file(path)
    if beside is None:
        if names is None:
            raise DataProblem(
                "bgen-no-sample-ids",
                f"{path.name} does not say who its samples are",
                hint=f"put the .sample file that came with it beside it, as {path.with_suffix('.sample').name}",
                place=path,
            )
        return names, (None,) * samples
    table = read_oxford_samples(beside)
    if len(table.ids) != samples:
        raise differ(f"{path.name} has {samples:,} samples", f"{beside.name} names {len(table.ids):,}")
    if names is not None and names not in (table.ids, table.families):
        raise differ(f"{path.name} names its samples", f"{beside.name} has other names or another order")
    return names or table.ids, table.sexes


def _sample_file(path: Path) -> Path | None:
    own = path.with_suffix(".sample")
    if own.is_file():
        return own
    others = [other for other in path.parent.glob("*.sample") if other.name.startswith(path.stem)]
    return others[0] if len(others) == 1 else None
