"""The manifest of a release: what it is, where it came from, and every file it has."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.errors import DataProblem
from schemas.release import RELEASE_SCHEMA_VERSION

MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.sha256"
"""The manifest's own checksum, as `sha256sum -c` reads it."""


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


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the manifest of the release at `path`, and its checksum."""
    text = manifest.to_json().encode()
    (path / MANIFEST).write_bytes(text)
    (path / MANIFEST_SUM).write_text(_sum_line(text))


def read_manifest(path: Path) -> Manifest:
    """The manifest of the release at `path`; `DataProblem` when it is absent, damaged or of another schema."""
    try:
        text = (path / MANIFEST).read_bytes()
        raw = json.loads(text)
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
        raise _unknown(path) from None
    except (ValueError, KeyError, TypeError, OSError):
        raise DataProblem(
            "release-damaged", f"{path.name}/{MANIFEST} cannot be read as a manifest",
            place=path / MANIFEST, hint="restore the file, or ingest the release again",
        ) from None  # fmt: skip
    if manifest.schema_version != RELEASE_SCHEMA_VERSION:
        raise DataProblem(
            "release-schema",
            f"{path.name} has release schema {manifest.schema_version}; this version reads {RELEASE_SCHEMA_VERSION}",
            hint="ingest the sources again",
            place=path,
        )
    _check_sum(path, text)
    return manifest


def release_ids(root: Path) -> tuple[str, ...]:
    """Ids of every published release under `root`, sorted."""
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{MANIFEST}")))


def _unknown(path: Path) -> DataProblem:
    known = release_ids(path.parent)
    do = "name one of these" if known else "this folder has none: make one with `kohort ingest` or `kohort synth`"
    return DataProblem(
        "release-unknown",
        f"there is no release {path.name!r}",
        place=path.parent,
        expected=known,
        hint=f"{do}, or name the folder of releases with --releases or KOHORT_RELEASES",
    )


def _check_sum(path: Path, text: bytes) -> None:
    try:
        noted = (path / MANIFEST_SUM).read_bytes()
    except FileNotFoundError:  # made before manifests had one
        return
    except OSError:
        noted = b""
    if noted != _sum_line(text).encode():
        raise DataProblem(
            "release-damaged",
            f"{path.name}/{MANIFEST} and {path.name}/{MANIFEST_SUM} do not belong together",
            hint="restore both files, or ingest the release again",
            place=path,
        )


def _sum_line(text: bytes) -> str:
    return f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n"
