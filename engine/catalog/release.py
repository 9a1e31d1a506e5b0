"""Opening a release: the manifest, the checksums, and which release is current.

Layout: `<root>/<release id>/manifest.json` and the files it lists; `<root>/current` names the release in
service. A release is immutable; see docs/reference/release.md.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.errors import DataProblem
from schemas.release import RELEASE_SCHEMA_VERSION
from schemas.tables import TableSpec

MANIFEST = "manifest.json"
CURRENT = "current"
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of a release: size in bytes, SHA-256 in hexadecimal, rows where it is a table."""

    path: str
    size: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `manifest.json` says. `created` is an ISO 8601 UTC time; `persons` is N, published per release."""

    release_id: str
    schema_version: int
    created: str
    phase: int
    persons: int
    sources: Mapping[str, str]
    files: tuple[FileEntry, ...]

    def to_json(self) -> str:
        """The manifest as indented JSON, ending in a newline."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release whose every byte was checked when it was opened."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        return self.manifest.release_id

    @property
    def persons(self) -> int:
        return self.manifest.persons

    def has(self, table: TableSpec) -> bool:
        """Whether the release holds the table."""
        return any(entry.path == table.path for entry in self.manifest.files)

    def checksum(self, path: str) -> str:
        """SHA-256 of a file of the release, in hexadecimal, as the manifest says and opening checked."""
        return next(entry.sha256 for entry in self.manifest.files if entry.path == path)

    def file(self, path: str) -> Path:
        """Where a file of the release lies."""
        return self.path / path


def open_release(root: Path, release_id: str | None = None) -> Release:
    """The release `release_id`, or the current one, after checking every file against the manifest.

    Raises `DataProblem` naming the file when one is missing, longer, shorter or changed.
    """
    path = root / (release_id or current_release_id(root))
    manifest = read_manifest(path)
    check_files(path, manifest.files)
    return Release(path=path, manifest=manifest)


def current_release_id(root: Path) -> str:
    """The id in `<root>/current`."""
    try:
        return (root / CURRENT).read_text().strip()
    except OSError:
        raise DataProblem(
            "release-none-current",
            f"no current release in {root.name}/",
            hint="make one with `kohort synth` or `kohort ingest`, or choose one with `kohort release use ID`",
        ) from None


def release_ids(root: Path) -> tuple[str, ...]:
    """Ids of every published release under `root`, sorted."""
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{MANIFEST}")))


def read_manifest(path: Path) -> Manifest:
    """The manifest of the release at `path`; `DataProblem` when it is absent, damaged or of another schema."""
    try:
        raw = json.loads((path / MANIFEST).read_text())
        manifest = Manifest(
            release_id=str(raw["release_id"]),
            schema_version=int(raw["schema_version"]),
            created=str(raw["created"]),
            phase=int(raw["phase"]),
            persons=int(raw["persons"]),
            sources=dict(raw["sources"]),
            files=tuple(FileEntry(**entry) for entry in raw["files"]),
        )
    except FileNotFoundError:
        raise DataProblem("release-unknown", f"there is no release {path.name!r}") from None
    except (ValueError, KeyError, TypeError, OSError):
        raise DataProblem("release-damaged", f"{path.name}/{MANIFEST} cannot be read as a manifest") from None
    if manifest.schema_version != RELEASE_SCHEMA_VERSION:
        raise DataProblem(
            "release-schema",
            f"{path.name} has release schema {manifest.schema_version}; this version reads {RELEASE_SCHEMA_VERSION}",
            hint="ingest the sources again",
        )
    return manifest


def check_files(path: Path, files: Iterable[FileEntry]) -> None:
    """Compare size and SHA-256 of each file with its entry; the first that differs is named."""

    def fault(entry: FileEntry) -> str | None:
        file = path / entry.path
        if not file.is_file():
            return "is missing"
        if file.stat().st_size != entry.size:
            return f"has {file.stat().st_size:,} bytes where the manifest says {entry.size:,}"
        return None if sha256(file) == entry.sha256 else "does not have the checksum of the manifest"

    files = tuple(files)
    with ThreadPoolExecutor() as pool:
        for entry, found in zip(files, pool.map(fault, files), strict=True):
            if found:
                raise DataProblem(
                    "release-damaged",
                    f"{path.name}/{entry.path} {found}; the release will not be opened",
                    hint="restore the file, or ingest the release again",
                )


def sha256(file: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in chunks."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
