"""Opening a release: the manifest, the checksums, and which release is current.

Layout: `<root>/<release id>/manifest.json` and the files it lists; `<root>/current` names the release in
service. A release is immutable; see docs/reference/release.md.
"""

from dataclasses import dataclass
from pathlib import Path

from engine.catalog.manifest import Manifest, read_manifest
from engine.catalog.verification import check_whole
from schemas.errors import DataProblem
from schemas.tables import TableSpec

CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release whose every byte was checked since its files were last written to."""

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


def open_release(root: Path, release_id: str | None = None, *, anew: bool = False) -> Release:
    """The release `release_id`, or the current one, once its files are known to be what the manifest says.

    `anew` reads every byte, also of files that were not written to since they were last read (see
    `engine.catalog.verification`). Raises `DataProblem` naming the file when one is missing, longer, shorter or
    changed.
    """
    path = root / (release_id or current_release_id(root))
    manifest = read_manifest(path)
    check_whole(path, manifest.files, anew=anew)
    return Release(path=path, manifest=manifest)


def current_release_id(root: Path) -> str:
    """The id in `<root>/current`; `DataProblem` where there is none, or a crash of the machine left the file empty."""
    try:
        named = (root / CURRENT).read_text().strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    if not named:
        raise DataProblem(
            "release-none-current",
            f"no current release in {root.name}/",
            hint="make one with `kohort synth` or `kohort ingest`, or choose one with `kohort release use ID`",
            place=root,
        )
    return named
