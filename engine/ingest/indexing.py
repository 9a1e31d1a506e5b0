"""Everything that is derived from a release's files and makes its questions quick, built before anybody asks.

All of it lies in `index/`, may be deleted at any time, and is built again by whoever opens the release without it.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from engine.catalog import lookups
from engine.catalog.database import Database
from engine.catalog.event_index import build_event_index, open_event_index
from engine.catalog.lookups import WriterSettings, open_lookups
from engine.catalog.release import Release, open_release
from engine.catalog.statistics import FILE, make_statistics, write_statistics
from engine.genotypes import index as genotypes
from engine.genotypes.store import GenotypeStore
from engine.ingest.disk import disk_space
from schemas.release import KNOWN_VARIANT

Progress = Callable[[str, float], None]


def index_release(root: Path, release_id: str | None = None, *, progress: Progress) -> Release:
    """Build anew everything derived from a published release, the current one by default. Raises `DataProblem`."""
    release = open_release(root, release_id)
    with disk_space(root):
        for folder in (genotypes.FOLDER, lookups.FOLDER):
            shutil.rmtree(release.file(folder), ignore_errors=True)
        build_indexes(release, progress=progress)
    return release


def verify_release(root: Path, release_id: str) -> Release:
    """The release, after every byte of it and of its indexes was read and compared with its checksum.

    An index that is absent or of other files is built. Raises `DataProblem` naming the file that is damaged.
    """
    release = open_release(root, release_id, anew=True)
    GenotypeStore.open(release).check()
    open_event_index(release).check()
    return release


def build_indexes(release: Release, *, threads: int = 2, memory_limit: str = "2GB", progress: Progress) -> None:
    """Build the index of events, and those of genotypes and known variants where they are absent or stale.

    `progress` gets words and the share done, 0 to 1. Raises `DataProblem` when they cannot be written.
    """
    progress("index of events", 0.0)
    build_event_index(release, threads=threads, progress=lambda step, share: progress(step, 0.75 * share))
    progress("index of genotypes", 0.75)
    GenotypeStore.open(release)
    with tempfile.TemporaryDirectory(prefix="kohort-") as temporary:
        settings = WriterSettings(threads=threads, memory_limit=memory_limit, temporary=Path(temporary))
        progress("statistics", 0.85)
        _write_statistics(release, settings)
        if release.has(KNOWN_VARIANT):
            progress("index of known variants", 0.95)
            open_lookups(release, settings)
    progress("indexes", 1.0)


def _write_statistics(release: Release, settings: WriterSettings) -> None:
    database = Database(
        release, threads=settings.threads, memory_limit=settings.memory_limit, temporary=settings.temporary
    )
    try:
        write_statistics(make_statistics(release, database), release.file(FILE))
    finally:
        database.close()
