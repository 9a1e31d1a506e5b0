"""Parts of the event index that are made from its columns and lie beside it, in folders of their own.

So an index made before there was such a part need not be made again: the part is, when the index is opened. The
reference of the event index describes their files.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.event_index.checked import CheckedFile, block_count, checksums
from engine.catalog.event_index.layout import CHECKSUMS, SEAL
from engine.catalog.event_index.tables import EventTable
from engine.catalog.release import Release
from schemas.errors import DataProblem

_THREADS = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A derived part: its folder in the release, the format of its files, and what writes those of one table into a
    folder."""

    folder: str
    format: int
    write: Callable[[Path, EventTable], None]

    @property
    def name(self) -> str:
        """What it is called where a file of it is named."""
        return Path(self.folder).name


def open_part(
    part: Part, release: Release, tables: Mapping[str, EventTable], source: Mapping[str, str]
) -> dict[str, CheckedFile]:
    """Its files by name; built first when they are absent, not whole or made from something else.

    Raises `DataProblem` where they cannot be written.
    """
    seal = _sealed(part, release, source)
    if seal is None:
        build_part(part, release, tables, source)
        seal = _sealed(part, release, source)
        if seal is None:
            raise DataProblem("event-index-unwritable", f"{part.folder} of the release changed while it was opened")
    return _opened(part, release.file(part.folder), seal)


def build_part(part: Part, release: Release, tables: Mapping[str, EventTable], source: Mapping[str, str]) -> None:
    """Write the part aside and rename it into place, replacing what is there."""
    folder = release.file(part.folder)
    aside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        for name in tables:
            (aside / name).mkdir(parents=True)
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(part.write, [aside / name for name in tables], tables.values()))
        _write_seal(part, aside, source)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        raise DataProblem(
            "event-index-unwritable",
            f"the {part.name} of the event index cannot be written: {error.strerror}",
            hint=f"make {part.folder}/ of the release writable, or free some space",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_seal(part: Part, folder: Path, source: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(folder.rglob("*.bin"))
    (folder / CHECKSUMS).write_bytes(checksums(files).astype("<u8").tobytes())
    seal = {
        "format": part.format,
        "source": dict(source),
        "files": {path.relative_to(folder).as_posix(): path.stat().st_size for path in files},
        "sha256": {CHECKSUMS: _sha256(folder / CHECKSUMS)},
    }
    (folder / SEAL).write_text(json.dumps(seal, indent=1, ensure_ascii=False))


def _sealed(part: Part, release: Release, source: Mapping[str, str]) -> dict[str, Any] | None:
    folder = release.file(part.folder)
    try:
        seal: dict[str, Any] = json.loads((folder / SEAL).read_text())
        if seal["format"] != part.format or seal["source"] != source:
            return None
        sizes = all((folder / name).stat().st_size == size for name, size in seal["files"].items())
        return seal if sizes and _sha256(folder / CHECKSUMS) == seal["sha256"][CHECKSUMS] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _opened(part: Part, folder: Path, seal: Mapping[str, Any]) -> dict[str, CheckedFile]:
    expected = np.fromfile(folder / CHECKSUMS, "<u8")
    files: dict[str, CheckedFile] = {}
    used = 0
    for name, size in seal["files"].items():
        blocks = block_count(size)
        files[name] = CheckedFile.open(folder / name, expected[used : used + blocks], f"{part.name}/{name}")
        used += blocks
    return files


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
