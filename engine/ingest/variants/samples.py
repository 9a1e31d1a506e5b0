"""Which sample of which file is which person, and how many copies of a chromosome that person has."""

import csv
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from engine.genotypes.ploidy import Ploidy
from engine.ingest.variants.source import Sex, VariantSource
from engine.ingest.variants.text_files import header_of, is_parquet, open_bytes, write_table
from engine.kernels.calls import EITHER
from engine.kernels.words import Ids
from schemas.errors import DataProblem
from schemas.release import PERSON, SAMPLE

_COLUMNS = ("sample_id", "person_id")
_SEX_OF_CONCEPT = {8507: Sex.MALE, 8532: Sex.FEMALE}
_COPIES = {
    Ploidy.DIPLOID: {Sex.MALE: 2, Sex.FEMALE: 2, None: 2},
    Ploidy.X: {Sex.MALE: 1, Sex.FEMALE: 2, None: EITHER},
    Ploidy.Y: {Sex.MALE: 1, Sex.FEMALE: 0, None: 1},
    Ploidy.MT: {Sex.MALE: 1, Sex.FEMALE: 1, None: 1},
}


@dataclass(frozen=True, slots=True)
class People:
    """The persons of the release by `person_id` of the source: their index and, where known, their sex."""

    by_source_id: Mapping[int, tuple[int, Sex | None]] = field(repr=False)

    @staticmethod
    def read(path: Path) -> "People":
        """From `person.parquet`."""
        table = pq.ParquetFile(path).read(["source_person_id", "person", "gender_concept_id"])
        ids, persons, sexes = (column.to_numpy().tolist() for column in table.columns)
        people = ((person, _SEX_OF_CONCEPT.get(sex)) for person, sex in zip(persons, sexes, strict=True))
        return People(dict(zip(ids, people, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """How samples met persons: counts, never ids.

    Every sample of the files is `matched`, `unmatched` (the map does not list it), `conflicting` (the map gives it
    several persons), `person_unknown` (its person is not in the person table) or `duplicate` (its person has
    another sample before it). `absent` samples of the map are in no file, and `persons_without` persons of the release
    have no sample. Of the matched, `sex_unknown` have no sex in the person table or a file, `sex_from_file` only in a
    file, and `sex_differs` another one there; the person table's is taken.
    """

    in_files: int
    in_map: int
    matched: int
    unmatched: int
    conflicting: int
    person_unknown: int
    duplicate: int
    absent: int
    persons_without: int
    sex_unknown: int
    sex_from_file: int
    sex_differs: int

    def rows(self) -> Iterator[tuple[str, int]]:
        """Words and a number each, to print; those that stand for trouble only where there is any."""
        always = (("in the files", self.in_files), ("of a person", self.matched))
        trouble = (
            ("not in the sample map", self.unmatched),
            ("of several persons in the map", self.conflicting),
            ("of a person that the release does not have", self.person_unknown),
            ("of a person who has an earlier sample", self.duplicate),
            ("of the map, in no file", self.absent),
            ("sex only known from the file of calls", self.sex_from_file),
            ("sex differs from the person table", self.sex_differs),
            ("sex unknown", self.sex_unknown),
        )
        yield from (*always, *((words, number) for words, number in trouble if number))
        yield "persons without a sample", self.persons_without


@dataclass(frozen=True, slots=True)
class Placed:
    """The kept samples of one file: their columns there, and the sample index of each."""

    columns: npt.NDArray[np.intp] = field(repr=False)
    positions: Ids = field(repr=False)


@dataclass(frozen=True, slots=True)
class SampleAxis:
    """The samples of a release in the order of their persons: person indices, names in the source, and sexes."""

    persons: tuple[int, ...] = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    sexes: tuple[Sex | None, ...] = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.ids)

    def place(self, source: VariantSource) -> Placed:
        """The kept samples among the columns of a file; `DataProblem` where one of them is there twice."""
        index = {name: position for position, name in enumerate(self.ids)}
        kept = [(column, index[name]) for column, name in enumerate(source.samples) if name in index]
        if len({position for _, position in kept}) < len(kept):
            raise DataProblem(
                "samples-twice",
                f"{source.name} has two samples of one id that the map gives a person",
                hint="give every sample an id of its own",
            )
        columns, positions = zip(*kept, strict=True) if kept else ((), ())
        return Placed(np.array(columns, np.intp), np.array(positions, np.uint32))

    def copies(self) -> npt.NDArray[np.uint8]:
        """uint8[4, samples]: by `Ploidy` of a place, how many copies of it each sample has, as `split_allele` takes."""
        return np.array([[_COPIES[ploidy][sex] for sex in self.sexes] for ploidy in Ploidy], np.uint8)

    def write(self, path: Path) -> None:
        """Write table SAMPLE."""
        columns = {
            "sample": range(self.size), "person": self.persons,
            "sex": [sex and sex.value for sex in self.sexes], "source_sample_id": self.ids,
        }  # fmt: skip
        write_table(path, SAMPLE, columns)


def match_samples(
    sources: Sequence[VariantSource], sample_map: Path, people: People
) -> tuple[SampleAxis, SampleReport]:
    """The sample axis of these files' samples, through the map; the first sample of a person is taken.

    Raises `DataProblem` when the map cannot be read and when no sample finds a person.
    """
    listed = read_map(sample_map)
    in_files = _sexes_by_name(sources)
    fates = dict(_fates(in_files, listed, people))
    matched = sorted((fate, name) for name, fate in fates.items() if isinstance(fate, int))
    own = _sexes_by_person(people)
    sexes = [(own.get(person), in_files[name]) for person, name in matched]
    count = list(fates.values()).count
    report = SampleReport(
        in_files=len(in_files),
        in_map=len(listed),
        matched=len(matched),
        unmatched=count("unmatched"),
        conflicting=count("conflicting"),
        person_unknown=count("person_unknown"),
        duplicate=count("duplicate"),
        absent=len(listed.keys() - in_files.keys()),
        persons_without=len(people.by_source_id) - len(matched),
        sex_unknown=sexes.count((None, None)),
        sex_from_file=sum(person is None and file is not None for person, file in sexes),
        sex_differs=sum(None not in (person, file) and person is not file for person, file in sexes),
    )
    if not matched:
        raise _nobody(sample_map, len(in_files), report.unmatched, report.person_unknown)
    persons, names = zip(*matched, strict=True)
    return SampleAxis(persons, names, tuple(person or file for person, file in sexes)), report


def check_listed(sources: Sequence[VariantSource], sample_map: Path) -> None:
    """Raises the `DataProblem` of `match_samples` where the map lists no sample of these files, whoever is a person."""
    samples, listed = {name for source in sources for name in source.samples}, read_map(sample_map)
    if samples.isdisjoint(listed):
        raise _nobody(sample_map, len(samples), len(samples), 0)


def _nobody(sample_map: Path, samples: int, unmatched: int, person_unknown: int) -> DataProblem:
    return DataProblem(
        "samples-unmatched",
        f"none of the {samples:,} samples has a person: {unmatched:,} are not in {sample_map.name}, "
        f"{person_unknown:,} belong to persons the release does not have",
        hint=f"sample_id must be written as in the file of calls and person_id as in {PERSON.source}",
    )


def _sexes_by_name(sources: Iterable[VariantSource]) -> dict[str, Sex | None]:
    """Every sample of the files in their order, with the sex of the first file that tells it."""
    found: dict[str, Sex | None] = {}
    for source in sources:
        for name, sex in zip(source.samples, source.sexes, strict=True):
            found[name] = found.get(name) or sex
    return found


def _sexes_by_person(people: People) -> dict[int, Sex | None]:
    return dict(people.by_source_id.values())


def _fates(samples: Iterable[str], listed: Mapping[str, int | None], people: People) -> Iterator[tuple[str, int | str]]:
    """The person index of each sample, or why it has none."""
    taken: set[int] = set()
    for name in samples:
        source = listed.get(name)
        person = None if source is None else people.by_source_id.get(source)
        if name not in listed:
            yield name, "unmatched"
        elif source is None:
            yield name, "conflicting"
        elif person is None:
            yield name, "person_unknown"
        elif person[0] in taken:
            yield name, "duplicate"
        else:
            taken.add(person[0])
            yield name, person[0]


def read_map(path: Path) -> dict[str, int | None]:
    """The person the map gives each sample, none where it gives several; rows that lack either are left out.

    Raises `DataProblem` when it cannot be read, or lacks a column.
    """
    try:
        table = _read_table(path)
        names = table.column("sample_id").cast(pa.string()).to_pylist()
        people = table.column("person_id").cast(pa.int64()).to_pylist()
    except OSError as error:
        raise DataProblem("sample-map-unreadable", f"{path.name} cannot be opened", place=path) from error
    except (pa.ArrowException, csv.Error, zlib.error, ValueError, EOFError) as error:
        raise DataProblem(
            "sample-map-unreadable",
            f"{path.name} cannot be read as a sample map",
            expected=("CSV, TSV or Parquet with the columns sample_id and person_id, the latter whole numbers",),
            place=path,
        ) from error
    listed: dict[str, int | None] = {}
    for name, person in zip(names, people, strict=True):
        if name and person is not None:
            listed[name] = person if listed.get(name, person) == person else None
    return listed


def _read_table(path: Path) -> pa.Table:
    if is_parquet(path):
        file = pq.ParquetFile(path)
        _check_columns(path, file.schema_arrow.names)
        return file.read(columns=list(_COLUMNS))
    with open_bytes(path) as text:
        names, delimiter = header_of(text.readline().decode("utf-8-sig"))
        _check_columns(path, names)
        return pa_csv.read_csv(
            text,
            read_options=pa_csv.ReadOptions(column_names=names),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter),
            convert_options=pa_csv.ConvertOptions(
                column_types={"sample_id": pa.string(), "person_id": pa.int64()}, include_columns=list(_COLUMNS)
            ),
        )


def _check_columns(path: Path, names: Sequence[str]) -> None:
    """What the first line has instead is not told: without a header it would be somebody's ids."""
    lacking = [name for name in _COLUMNS if name not in names]
    if lacking:
        raise DataProblem(
            "sample-map-unreadable",
            f"the header of {path.name} lacks {' and '.join(lacking)}",
            expected=_COLUMNS,
            hint="the first line names the columns, with commas, tabs, semicolons or bars between them",
            place=path,
        )
