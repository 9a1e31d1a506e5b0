"""A Hail MatrixTable (`.mt`) or VariantDataset (`.vds`) as a source of records, through its exchange folder."""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.ingest.variants.hail.exchange import check_can_export, exported
from engine.ingest.variants.readers.problems import cannot_open, damaged, other_kind
from engine.ingest.variants.readers.ranges import record_ranges
from engine.ingest.variants.source import Alleles, InfoValue, Part, Record, Sex
from schemas.errors import DataProblem

Progress = Callable[[str, float], None]
"""Told the step and the share of it that is done, 0 to 1."""

EXCHANGE_VARIABLE = "KOHORT_HAIL_EXCHANGE"
_EXCHANGES = "var/hail"
_CALLS_AT_ONCE = 1 << 23
_MOST_ROWS = 1024
_COLUMNS = ("contig", "position", "ref", "alts", "id", "filters")
_LISTED = ("columns", "first", "second", "phased")
_NO_CALL, _NO_COPY = -1, -2
_VDS_PARTS = ("reference_data", "variant_data")


class HailSource:
    """A MatrixTable or VariantDataset; see `VariantSource`.

    Opening it runs Hail in a process of its own unless its exchange folder is there already (under
    `KOHORT_HAIL_EXCHANGE`, else `var/hail`), which takes time in proportion to rows x samples; `progress` is told the
    step and its share, 0 to 1. The reference genome's name is the assembly. Sexes are those of the column field
    `is_female`. INFO fields are the texts, numbers and flags of the row field `info`, and VEP's text where it is kept
    beside them; Hail keeps no descriptions of them, except of VEP's.
    """

    reference_known = True

    def __init__(self, path: Path, *, progress: Progress = lambda _step, _share: None) -> None:
        check_kind(path)
        self.name = path.name
        folder = _exchange_folder(path)
        self._exchange = exchange = exported(
            path, folder, lambda share: progress(f"Hail reads {path.name}: {share:.0%}", share)
        )
        self._folder = folder
        self.samples = exchange.samples
        sexes = (Sex(sex) if sex else None for sex in exchange.sexes)
        self.sexes: tuple[Sex | None, ...] = tuple(sexes) if exchange.sexes else (None,) * len(self.samples)
        self.assembly: str | None = exchange.reference
        self.info_fields: Mapping[str, str] = dict(exchange.info)

    def __enter__(self) -> "HailSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between reads."""

    def parts(self) -> tuple[Part, ...]:
        """Ranges of the exchange folder's files."""
        total = max(1, sum(self._exchange.rows))
        parts = record_ranges(len(self._exchange.files))
        shares = (sum(self._exchange.rows[part.first : part.last]) / total for part in parts)
        return tuple(
            replace(part, name=f"files-{part.first:06d}", share=share)
            for part, share in zip(parts, shares, strict=True)
        )

    def records(self, part: Part, info: tuple[str, ...] = ()) -> Iterator[Record]:
        """Every record of a part, in order, with these INFO fields."""
        places = {name: f"info_{number}" for number, (name, _) in enumerate(self._exchange.info) if name in info}
        at_once = min(_MOST_ROWS, max(1, _CALLS_AT_ONCE // max(1, len(self.samples))))
        for file in self._exchange.files[part.first : part.last]:
            try:
                columns = [*_COLUMNS, *_LISTED, "missing", *places.values()]
                for batch in pq.ParquetFile(file).iter_batches(at_once, columns=columns):
                    yield from self._records(batch, places)
            except (OSError, pa.ArrowException, ValueError, IndexError) as error:
                raise damaged(
                    self._folder, f"damaged in {file.name}: remove the folder, and Hail writes it anew"
                ) from error

    def _records(self, batch: pa.RecordBatch, places: dict[str, str]) -> Iterator[Record]:
        lists = {name: _Lists(batch.column(name)) for name in (*_LISTED, "missing")}
        infos = {name: batch.column(column).to_pylist() for name, column in places.items()}
        rows = zip(*(batch.column(name).to_pylist() for name in _COLUMNS), strict=True)
        for row, (contig, position, ref, alts, name, filters) in enumerate(rows):
            values = ((field, _info_value(column[row])) for field, column in infos.items())
            yield Record(
                contig=contig,
                position=position,
                id=name,
                ref=ref.upper(),
                alts=tuple(alt.upper() for alt in alts),
                filter=None if filters in (None, "PASS") else filters,
                alleles=self._alleles({name: held.of(row) for name, held in lists.items()}, len(alts)),
                info={field: value for field, value in values if value is not None},
            )

    def _alleles(self, held: dict[str, Any], alternates: int) -> Alleles:
        """All are homozygous for the reference, but for those listed; `ValueError` where the lists contradict."""
        columns, first, second = held["columns"], held["first"], held["second"]
        if len({held[name].size for name in _LISTED}) > 1:
            raise ValueError("lists of different lengths")
        if not _within(first, 0, alternates) or not _within(second, _NO_COPY, alternates):
            raise ValueError("an allele number without an allele")
        if not _within(np.concatenate([columns, held["missing"]]), 0, len(self.samples) - 1):
            raise ValueError("a column without a sample")
        alleles = np.zeros((len(self.samples), 3), np.int16)
        alleles[columns, 0], alleles[columns, 1], alleles[columns, 2] = first, second, held["phased"]
        alleles[held["missing"], :2] = _NO_CALL
        return alleles


def _exchange_folder(path: Path) -> Path:
    """Of one place, so that data sets of one name in different places do not replace each other."""
    place = hashlib.sha256(bytes(path.resolve())).hexdigest()[:8]
    return Path(os.environ.get(EXCHANGE_VARIABLE, _EXCHANGES)) / f"{path.name}-{place}"


def _within(numbers: Any, lowest: int, highest: int) -> bool:
    return not numbers.size or bool(lowest <= numbers.min() and numbers.max() <= highest)


class _Lists:
    """A column of lists, of which each row's is one slice."""

    def __init__(self, column: Any) -> None:
        self._offsets = column.offsets.to_numpy()
        self._values = column.values.to_numpy(zero_copy_only=False)

    def of(self, row: int) -> Any:
        return self._values[self._offsets[row] : self._offsets[row + 1]]


def check_ready(path: Path) -> None:
    """Refuse a folder that is no data set of Hail's, or that Hail would have to read where it is not set up."""
    check_kind(path)
    check_can_export(path, _exchange_folder(path))


def check_kind(path: Path) -> None:
    """Refuse a folder that is not a whole MatrixTable or VariantDataset, without starting Hail."""
    if not path.is_dir():
        raise DataProblem("variants-unreadable", f"there is no folder {path.name}", place=path)
    is_dataset = (path / _VDS_PARTS[0]).is_dir() or (path / _VDS_PARTS[1]).is_dir()
    for part in _VDS_PARTS if is_dataset else (".",):
        if not is_dataset and not (path / "metadata.json.gz").is_file():
            raise other_kind(
                path, "a Hail MatrixTable or VariantDataset", hint="give the folder itself: `x.mt`, `x.vds`"
            )
        _check_matrix(path, path / part)


def _check_matrix(path: Path, folder: Path) -> None:
    try:
        with gzip.open(folder / "metadata.json.gz", "rt") as stream:
            kind = json.load(stream).get("name")
    except (OSError, ValueError, EOFError, zlib.error, AttributeError) as error:
        if isinstance(error, PermissionError):
            raise cannot_open(path, error) from error
        raise damaged(path, "cut short: its metadata is missing or cannot be read") from error
    if kind != "MatrixTableSpec":
        raise other_kind(path, "a Hail MatrixTable", hint="a Table of Hail has no calls: give the MatrixTable")
    if not (folder / "_SUCCESS").is_file():
        raise damaged(path, "not whole: Hail did not finish writing it")


def _info_value(value: Any) -> InfoValue | None:
    """As VCF has it: one number or a tuple, texts joined by commas, a flag only where it is set."""
    if value is None or value is False or isinstance(value, str | int | float):
        return value or None if value is False else value
    if value and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return value[0] if len(value) == 1 else tuple(value) or None
