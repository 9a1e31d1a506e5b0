"""How large a release is: its events, and the bytes they take in Parquet and in the index."""

from dataclasses import dataclass
from pathlib import Path

from engine.catalog.event_index.layout import FOLDER, RUNS, TIMELINES
from engine.catalog.release import Release
from engine.ingest.publish import DERIVED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSize:
    """`events` are the rows of every event table; bytes are of their Parquet files, of the index of events, of all
    files of the release, and of everything derived."""

    events: int
    event_bytes: int
    event_index_bytes: int
    release_bytes: int
    derived_bytes: int


def measure_release(release: Release) -> ReleaseSize:
    """What a published release holds and takes."""
    events = [entry for entry in release.manifest.files if entry.path.startswith("events/")]
    return ReleaseSize(
        events=sum(entry.rows or 0 for entry in events),
        event_bytes=sum(entry.size for entry in events),
        event_index_bytes=sum(_bytes(release.file(part)) for part in (FOLDER, RUNS, TIMELINES)),
        release_bytes=sum(entry.size for entry in release.manifest.files),
        derived_bytes=_bytes(release.file(DERIVED)),
    )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
