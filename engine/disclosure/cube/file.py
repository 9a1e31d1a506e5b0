"""A published cube: one immutable folder of open files, `<cubes>/<release>/<edition>/`.

`manifest.json` says what it is and seals `categories.parquet` and `cells.parquet` by SHA-256; `manifest.sha256` seals
the manifest. `<cubes>/current` names the one in service. What is in here was protected before it was written: no true
count, no noisy one that is hidden.
This module reads nothing else, and imports nothing that can read people.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from schemas.cube import FIRST_TABLES, CubeFamily, CubeTable
from schemas.errors import DataProblem, located

MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
CURRENT: Final = "current"
FORMAT: Final = 2
"""Cubes of format 1 were made before there were tables by race and by year. They are read as they are."""
_CATEGORIES: Final = "categories.parquet"
_CELLS: Final = "cells.parquet"
_EDITION: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}/[1-9][0-9]{0,5}")
_NUMBER: Final = pa.int32()
_COLUMNS: Final = {
    _CATEGORIES: pa.schema(
        [("family", pa.string()), ("code", pa.string()), ("label", pa.string()), ("label_ko", pa.string())]
    ),
    _CELLS: pa.schema(
        [("family", pa.string()), ("code", pa.string()), ("table", pa.string()), ("sex", pa.string()),
         ("age", pa.string()), ("region", pa.string()), ("race", pa.string()), ("year", pa.string()),
         ("value", _NUMBER), ("margin", _NUMBER), ("less_than", _NUMBER)]
    ),
}  # fmt: skip
_SINCE_FORMAT_2: Final = frozenset({"race", "year"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeCategory:
    """One entry of a family's published list."""

    code: str
    label: str
    label_ko: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeCell:
    """One cell: labels by dimension, and either a value with its ± at 95 % or the threshold it lies below."""

    label: tuple[str, ...]
    value: int | None
    margin: int | None
    less_than: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeFamilyEntry:
    """What a manifest says of a family: `nano_rho` is the price of its tables, `measurements` are their names in the
    log. `sigma` is the noise of its totals and `table_sigma` of its cells, where these are not the cube's and not the
    same, and `tables` are those that it has, where these are not the first three: cubes made before there was a choice
    do not say so."""

    family: str
    rule: str
    most: int
    categories: int
    nano_rho: int
    measurements: tuple[str, ...]
    sigma: int | None = None
    table_sigma: int | None = None
    tables: tuple[str, ...] | None = None

    def has(self, table: CubeTable) -> bool:
        """Whether its categories are counted by this table."""
        return table in FIRST_TABLES if self.tables is None else table.value in self.tables


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeFileEntry:
    """One file of a cube."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeManifest:
    """What `manifest.json` says. `persons` is the release's published number; `charged` what all tables together tell
    of one person and `budget` the most that is ever told of this release, in nano-rho; `labels` the cells of each
    table."""

    format: int
    release_id: str
    release_created: str
    phase: int
    persons: int
    created: str
    policy_version: str
    policy_sha256: str
    sigma: int
    floor: int
    rounding: int
    charged: int
    budget: int
    families: tuple[CubeFamilyEntry, ...]
    labels: Mapping[str, tuple[tuple[str, ...], ...]]
    files: tuple[CubeFileEntry, ...]

    def cells_of(self, entry: CubeFamilyEntry) -> tuple[tuple[CubeTable, tuple[str, ...]], ...]:
        """The table and the label of each cell of a category of this family, in the order of the files."""
        return tuple((table, label) for table in CubeTable if entry.has(table) for label in self.labels[table.value])

    def sigma_of(self, entry: CubeFamilyEntry) -> int:
        """The noise of a family's totals, in persons."""
        return entry.sigma or self.sigma

    def table_sigma_of(self, entry: CubeFamilyEntry) -> int:
        """The noise of each cell of its other tables, in persons."""
        return entry.table_sigma or self.sigma_of(entry)

    def measurements(self) -> tuple[str, ...]:
        """What the cube consists of, by the names that the log has for it."""
        return tuple(name for family in self.families for name in family.measurements)


_MANIFESTS: Final = TypeAdapter(CubeManifest)


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeFamilyTables:
    """A family's list, and its cells: int32[categories, cells of its tables], -1 where there is no such number."""

    entry: CubeFamilyEntry
    categories: tuple[CubeCategory, ...]
    value: npt.NDArray[np.int32]
    margin: npt.NDArray[np.int32]
    less_than: npt.NDArray[np.int32]

    def find(self, code: str) -> int | None:
        """Where in the list a code is; absent when it is not."""
        return next((number for number, each in enumerate(self.categories) if each.code == code), None)

    def search(self, text: str) -> tuple[int, ...]:
        """Where in the list the code or a label holds the text, whatever its case."""
        wanted = text.casefold()
        return tuple(
            number
            for number, each in enumerate(self.categories)
            if any(wanted in part.casefold() for part in (each.code, each.label, each.label_ko or ""))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """An opened cube, every byte of which was checked. `sha256` is that of its manifest, and so of everything."""

    edition: str
    sha256: str
    manifest: CubeManifest
    families: Mapping[CubeFamily, CubeFamilyTables]

    def cells(self, family: CubeFamily, category: int, table: CubeTable) -> tuple[CubeCell, ...]:
        """The cells of one table of one category, in the order of their labels; none where the family lacks it."""
        tables = self.families[family]
        columns = zip(
            *(each[category].tolist() for each in (tables.value, tables.margin, tables.less_than)), strict=True
        )
        return tuple(
            CubeCell(label=label, value=_known(value), margin=_known(margin), less_than=_known(less_than))
            for (of, label), (value, margin, less_than) in zip(
                self.manifest.cells_of(tables.entry), columns, strict=True
            )
            if of is table
        )


def write_cube(
    cubes: Path,
    manifest: CubeManifest,
    families: Sequence[CubeFamilyTables],
) -> Cube:
    """Publish a cube as the release's next edition and put it in service: written aside, synchronised, renamed.

    `manifest.files` is filled here. Raises `DataProblem` when the folder cannot be written to.
    """
    try:
        aside = cubes / f".{secrets.token_hex(8)}"
        aside.mkdir(parents=True)
        _write_tables(aside, manifest, families)
        files = tuple(_file_entry(aside / name) for name in _COLUMNS)
        text = json.dumps({**asdict(manifest), "files": [asdict(each) for each in files]}, ensure_ascii=False, indent=1)
        (aside / MANIFEST).write_text(text + "\n")
        (aside / SEAL).write_text(f"{_file_entry(aside / MANIFEST).sha256}  {MANIFEST}\n")
        for path in (*aside.iterdir(), aside):
            _sync(path)
        edition = _next_edition(cubes, manifest.release_id)
        (cubes / edition).parent.mkdir(exist_ok=True)
        aside.rename(cubes / edition)
        _sync((cubes / edition).parent)
        _put_in_service(cubes, edition)
    except OSError:
        raise DataProblem(
            "cube-unwritable",
            "the public cube cannot be written",
            hint="check disk space and permissions of its folder; what was drawn is in the ledger and costs nothing",
            place=cubes,
        ) from None
    return _open(cubes, edition)


def open_cube(cubes: Path, release_id: str | None = None) -> Cube:
    """The newest cube of a release, or the one in service, after checking every byte.

    Raises `DataProblem`: `cube-none` when there is none, `cube-damaged` when it is not what its manifest says.
    """
    with located(cubes):
        return _open(cubes, _in_service(cubes) if release_id is None else _newest(cubes, release_id))


def has_cube(cubes: Path, release_id: str) -> bool:
    """Whether a cube of the release was published."""
    return _last_edition(cubes, release_id) > 0


def _open(cubes: Path, edition: str) -> Cube:
    folder = cubes / edition
    try:
        text = (folder / MANIFEST).read_bytes()
        sealed = hashlib.sha256(text).hexdigest()
        if (folder / SEAL).read_text() != f"{sealed}  {MANIFEST}\n":
            raise _damaged(f"{MANIFEST} of {edition} does not have its checksum")
        manifest = _read_manifest(text)
        tables = {entry.path: _read_table(folder, entry, manifest.format) for entry in manifest.files}
        families = _families(manifest, tables[_CATEGORIES], tables[_CELLS])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        raise _damaged(f"{edition} is not what its manifest says") from None
    return Cube(edition=edition, sha256=sealed, manifest=manifest, families=families)


def _read_manifest(text: bytes) -> CubeManifest:
    manifest = _MANIFESTS.validate_json(text)
    if not 1 <= manifest.format <= FORMAT:
        raise _damaged(f"it has format {manifest.format}, and this version reads 1 to {FORMAT}")
    return manifest


def _schema(path: str, format_: int) -> pa.Schema:
    """The columns that a file of this format has."""
    fields = _COLUMNS[path]
    return pa.schema([field for field in fields if format_ > 1 or field.name not in _SINCE_FORMAT_2])


def _read_table(folder: Path, entry: CubeFileEntry, format_: int) -> pa.Table:
    """One file whose bytes are those that were sealed; only the two names there are."""
    columns = _schema(entry.path, format_)
    content = (folder / entry.path).read_bytes()
    if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
        raise _damaged(f"{entry.path} does not have the checksum of the manifest")
    table = pq.read_table(pa.BufferReader(content))
    if not table.schema.equals(columns):
        raise _damaged(f"{entry.path} has other columns")
    return table


def _families(manifest: CubeManifest, categories: pa.Table, cells: pa.Table) -> Mapping[CubeFamily, CubeFamilyTables]:
    """Rows are in the order they were written in: family, category, table, cell."""
    listed = [
        CubeCategory(code=row["code"], label=row["label"], label_ko=row["label_ko"]) for row in categories.to_pylist()
    ]
    numbers = [cells[name].fill_null(pa.scalar(-1, _NUMBER)).to_numpy() for name in ("value", "margin", "less_than")]
    found: dict[CubeFamily, CubeFamilyTables] = {}
    start = cell = 0
    for entry in manifest.families:
        width = len(manifest.cells_of(entry))
        end = cell + entry.categories * width
        value, margin, less_than = (each[cell:end].reshape(entry.categories, width) for each in numbers)
        found[CubeFamily(entry.family)] = CubeFamilyTables(
            entry=entry,
            categories=tuple(listed[start : start + entry.categories]),
            value=value,
            margin=margin,
            less_than=less_than,
        )
        start, cell = start + entry.categories, end
    if cell != len(cells):
        raise _damaged("its tables are not as long as the manifest says")
    if start != len(listed):
        raise _damaged("its lists are not as long as the manifest says")
    return found


def _write_tables(folder: Path, manifest: CubeManifest, families: Sequence[CubeFamilyTables]) -> None:
    codes = [(each.entry.family, category) for each in families for category in each.categories]
    categories = {
        "family": [family for family, _ in codes],
        "code": [category.code for _, category in codes],
        "label": [category.label for _, category in codes],
        "label_ko": [category.label_ko for _, category in codes],
    }
    cells = [
        (each.entry.family, category.code, table, label)
        for each in families
        for category in each.categories
        for table, label in manifest.cells_of(each.entry)
    ]
    words = [dict(zip(table.dimensions, label, strict=True)) for _, _, table, label in cells]
    columns = {
        "family": [family for family, _, _, _ in cells],
        "code": [code for _, code, _, _ in cells],
        "table": [table.value for _, _, table, _ in cells],
        **{name: [each.get(name) for each in words] for name in ("sex", "age", "region", "race", "year")},
        "value": _column(each.value for each in families),
        "margin": _column(each.margin for each in families),
        "less_than": _column(each.less_than for each in families),
    }
    for name, found in ((_CATEGORIES, categories), (_CELLS, columns)):
        pq.write_table(pa.table(found, schema=_COLUMNS[name]), folder / name, compression="zstd")


def _column(parts: Iterable[npt.NDArray[np.int32]]) -> "pa.Array[pa.Int32Scalar]":
    numbers = np.concatenate([part.ravel() for part in parts])
    return pa.array(numbers, _NUMBER, mask=numbers < 0)


def _file_entry(path: Path) -> CubeFileEntry:
    content = path.read_bytes()
    return CubeFileEntry(path=path.name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _known(number: int) -> int | None:
    return None if number < 0 else number


def _in_service(cubes: Path) -> str:
    try:
        text = (cubes / CURRENT).read_text().strip()
    except OSError:
        raise _none() from None
    if not _EDITION.fullmatch(text):
        raise _damaged(f"{CURRENT} does not name an edition")
    return text


def _newest(cubes: Path, release_id: str) -> str:
    number = _last_edition(cubes, release_id)
    if not number:
        raise _none()
    return f"{release_id}/{number}"


def _next_edition(cubes: Path, release_id: str) -> str:
    return f"{release_id}/{_last_edition(cubes, release_id) + 1}"


def _last_edition(cubes: Path, release_id: str) -> int:
    """The number of the newest edition, 0 when there is none."""
    editions = (f"{release_id}/{path.parent.name}" for path in (cubes / release_id).glob(f"*/{MANIFEST}"))
    return max((int(each.rpartition("/")[2]) for each in editions if _EDITION.fullmatch(each)), default=0)


def _put_in_service(cubes: Path, edition: str) -> None:
    aside = cubes / f".{CURRENT}.{secrets.token_hex(8)}"
    aside.write_text(edition + "\n")
    _sync(aside)
    aside.replace(cubes / CURRENT)
    _sync(cubes)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _none() -> DataProblem:
    return DataProblem("cube-none", "no public cube was published", hint="make one with `kohort release cube`")


def _damaged(what: str) -> DataProblem:
    return DataProblem(
        "cube-damaged",
        f"the public cube is damaged: {what}",
        hint="remove the edition's folder and run `kohort release cube`: the same numbers come from the ledger",
    )
