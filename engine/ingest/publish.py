"""Publishing a release: everything is written aside, checked, then renamed into place in one step.

A crash at any moment leaves the previous release serving; what was half-written lies in
`<root>/.staging/<id>` and is replaced by the next attempt.
"""

import datetime
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from engine.catalog.manifest import MANIFEST, MANIFEST_SUM, FileEntry, Manifest, write_manifest
from engine.catalog.release import CURRENT, Release, open_release
from engine.catalog.verification import note_whole, sha256
from engine.ingest.disk import disk_space
from schemas.errors import DataProblem
from schemas.release import PERSON, RELEASE_SCHEMA_VERSION, RELEASE_TABLES
from schemas.tables import TableSpec

DERIVED = "index"
"""Folder of a release for what is derived from its other files, and is not in the manifest."""

_RELEASE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def check_id(release_id: str) -> None:
    """Raise `DataProblem` when it is malformed."""
    if not _RELEASE_ID.fullmatch(release_id):
        raise DataProblem(
            "release-id",
            f"{release_id[:80]!r} is not a release id",
            expected=("lower-case letters, digits, dots, dashes",),
        )


@contextmanager
def only_one(root: Path, release_id: str) -> Iterator[None]:
    """Holds the id against other ingests, of this or another process, until the block ends or the process does.

    Raises `DataProblem` when another one holds it.
    """
    check_id(release_id)
    path = root / ".staging" / f"{release_id}~lock"  # `~` is in no release id
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = path.exists() and path.stat().st_ino == os.fstat(held.fileno()).st_ino
        except BlockingIOError:
            ours = False
        if not ours:  # the other one may have ended, and taken the file with it, since it was opened
            raise DataProblem(
                "release-busy", f"release {release_id!r} is being made by another ingest or `kohort synth`",
                hint="wait until it has ended; if it should not run, stop it and use --resume",
            )  # fmt: skip
        try:
            yield
        finally:
            path.unlink()


class ReleaseBuilder:
    """A release being written. Use `path(table)` for each file, then `publish()`.

    `sources` says in words where the data came from and is kept in the manifest. Raises `DataProblem` when
    the id is malformed or already published.
    """

    def __init__(
        self,
        root: Path,
        release_id: str,
        *,
        sources: Mapping[str, str],
        phase: int = 1,
        keep_staging: bool = False,
    ) -> None:
        check_id(release_id)
        self.root = root
        self.release_id = release_id
        self.sources = dict(sources)
        self.phase = phase
        self.staging = root / ".staging" / release_id
        if (root / release_id).exists():
            raise DataProblem(
                "release-exists", f"release {release_id!r} is already published", hint="choose another id"
            )
        if not keep_staging:
            shutil.rmtree(self.staging, ignore_errors=True)
        shutil.rmtree(self.staging / DERIVED, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    def path(self, table: TableSpec) -> Path:
        """Where to write a table."""
        return self.file(table.path)

    def file(self, path: str) -> Path:
        """Where to write any other file of the release; its folder exists afterwards."""
        target = self.staging / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def publish(self, *, make_current: bool = True, derive: Callable[[Release], None] | None = None) -> Release:
        """Check the tables against their specifications, seal them with checksums, and rename into place.

        `derive` makes what is derived from the files, in `index/`, before anybody can open the release. Raises
        `DataProblem`, also when the disk is full; nothing is published then.
        """
        check_tables(self.staging)
        with disk_space(self.root):
            manifest = self._manifest()
            write_manifest(self.staging, manifest)
            if derive is not None:
                derive(Release(path=self.staging, manifest=manifest))
            _sync_tree(self.staging)
        path = self.root / self.release_id
        self.staging.rename(path)
        _sync(self.root)
        note_whole(path, manifest.files)
        if make_current:
            _make_current(self.root, self.release_id)
        return Release(path=path, manifest=manifest)

    def _manifest(self) -> Manifest:
        own = {MANIFEST, MANIFEST_SUM, DERIVED}
        files = sorted(
            path
            for path in self.staging.rglob("*")
            if path.is_file() and path.relative_to(self.staging).parts[0] not in own
        )
        return Manifest(
            release_id=self.release_id,
            schema_version=RELEASE_SCHEMA_VERSION,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            phase=self.phase,
            persons=pq.read_metadata(self.path(PERSON)).num_rows,
            sources=self.sources,
            files=tuple(
                FileEntry(
                    path=path.relative_to(self.staging).as_posix(),
                    size=path.stat().st_size,
                    sha256=sha256(path),
                    rows=pq.read_metadata(path).num_rows if path.suffix == ".parquet" else None,
                )
                for path in files
            ),
        )


def use_release(root: Path, release_id: str) -> Release:
    """Make a published release the current one, after reading and checking every byte of it."""
    release = open_release(root, release_id, anew=True)
    _make_current(root, release_id)
    return release


def _make_current(root: Path, release_id: str) -> None:
    temporary = root / f".{CURRENT}.new"
    temporary.write_text(release_id + "\n")
    _sync(temporary)
    temporary.replace(root / CURRENT)
    _sync(root)


def check_tables(folder: Path) -> None:
    """Each table present has the columns and types of its specification, in order; persons must be present."""
    if not (folder / PERSON.path).exists():
        raise DataProblem("release-no-persons", "a release needs a person table")
    for table in RELEASE_TABLES:
        path = folder / table.path
        if path.exists():
            _check_columns(table, path)


def _check_columns(table: TableSpec, path: Path) -> None:
    found = {field.name: str(field.type) for field in pq.read_schema(path)}
    expected = {column.name: column.type.arrow for column in table.columns}
    if list(found) != list(expected):
        wrong = sorted(set(found) ^ set(expected)) or ["their order"]
        raise DataProblem("table-columns", f"{table.path}: columns differ from the schema: {', '.join(wrong)}")
    for name, type_name in found.items():
        if type_name != expected[name]:
            raise DataProblem(
                "table-types", f"{table.path}: column {name} is {type_name}, the schema says {expected[name]}"
            )


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
