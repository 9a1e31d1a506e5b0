"""Which column of which VCF is which person."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from engine.kernels.words import Ids
from schemas.errors import DataProblem

_COLUMNS = ("sample_id", "person_id")

PersonIndex = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]
"""`person_id` of the source and the person index it has, side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """How samples met persons: counts, never ids.

    Every sample of the files is `matched`, `unmatched` (the map does not list it), `conflicting` (the map gives it
    several persons), `person_unknown` (its person is not in the person table) or `duplicate` (its person has
    another sample before it). `absent` samples of the map are in no file.
    """

    in_files: int
    in_map: int
    matched: int
    unmatched: int
    conflicting: int
    person_unknown: int
    duplicate: int
    absent: int


@dataclass(frozen=True, slots=True)
class SampleAxis:
    """The samples of a release in the order of their persons: `persons` uint32, `ids` the source's names."""

    persons: Ids = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.ids)

    def place(self, samples: Iterable[str]) -> tuple[npt.NDArray[np.intp], Ids]:
        """For the columns of one file: those that are kept, and the sample index of each."""
        index = {name: position for position, name in enumerate(self.ids)}
        kept = [(column, index[name]) for column, name in enumerate(samples) if name in index]
        columns, positions = zip(*kept, strict=True) if kept else ((), ())
        return np.array(columns, np.intp), np.array(positions, np.uint32)


def match_samples(
    files: Iterable[tuple[str, ...]], sample_map: Path, index: PersonIndex
) -> tuple[SampleAxis, SampleReport]:
    """The sample axis of these files' samples, through the map.

    Raises `DataProblem` when the map cannot be read and when no sample finds a person.
    """
    listed = _read_map(sample_map)
    persons = dict(zip(index[0].tolist(), index[1].tolist(), strict=True))
    samples = tuple(dict.fromkeys(name for file in files for name in file))
    fates = dict(_fates(samples, listed, persons))
    matched = sorted((fate, name) for name, fate in fates.items() if isinstance(fate, int))
    count = list(fates.values()).count
    report = SampleReport(
        in_files=len(samples),
        in_map=len(listed),
        matched=len(matched),
        unmatched=count("unmatched"),
        conflicting=count("conflicting"),
        person_unknown=count("person_unknown"),
        duplicate=count("duplicate"),
        absent=len(listed.keys() - set(samples)),
    )
    if not matched:
        raise DataProblem(
            "samples-unmatched",
            f"none of the {len(samples):,} samples has a person: {report.unmatched:,} are not in {sample_map.name}, "
            f"{report.person_unknown:,} belong to persons the release does not have",
            hint="sample_id must be written as in the VCF header and person_id as in the person table",
        )
    return SampleAxis(
        np.array([person for person, _ in matched], np.uint32), tuple(name for _, name in matched)
    ), report


def _fates(
    samples: Iterable[str], listed: Mapping[str, frozenset[int]], persons: Mapping[int, int]
) -> Iterator[tuple[str, int | str]]:
    """The person index of each sample, or why it has none."""
    taken: set[int] = set()
    for name in samples:
        sources = listed.get(name, frozenset())
        person = persons.get(next(iter(sources), -1)) if len(sources) == 1 else None
        if not sources:
            yield name, "unmatched"
        elif len(sources) > 1:
            yield name, "conflicting"
        elif person is None:
            yield name, "person_unknown"
        elif person in taken:
            yield name, "duplicate"
        else:
            taken.add(person)
            yield name, person


def _read_map(path: Path) -> dict[str, frozenset[int]]:
    """The persons the map gives each sample; rows without a sample or a person are left out."""
    try:
        table = _read_table(path)
        names = table.column("sample_id").cast(pa.string()).to_pylist()
        people = table.column("person_id").cast(pa.int64()).to_pylist()
    except OSError as error:
        raise DataProblem("sample-map-unreadable", f"{path.name} cannot be opened") from error
    except (pa.ArrowException, KeyError) as error:
        raise DataProblem(
            "sample-map-unreadable",
            f"{path.name} cannot be read as a sample map",
            expected=("CSV, TSV or Parquet with the columns sample_id and person_id, the latter whole numbers",),
        ) from error
    listed: dict[str, frozenset[int]] = {}
    for name, person in zip(names, people, strict=True):
        if name and person is not None:
            listed[name] = listed.get(name, frozenset()) | {person}
    return listed


def _read_table(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        return pq.ParquetFile(path).read(columns=list(_COLUMNS))
    delimiter = "\t" if path.name.endswith((".tsv", ".tsv.gz", ".txt")) else ","
    return pa_csv.read_csv(
        path,
        parse_options=pa_csv.ParseOptions(delimiter=delimiter),
        convert_options=pa_csv.ConvertOptions(
            column_types={"sample_id": pa.string(), "person_id": pa.int64()}, include_columns=list(_COLUMNS)
        ),
    )
