"""Whether the files of a release are what its manifest says, without reading gigabytes each time it is opened.

A full check reads every byte. What it found to be right is noted in `<root>/.verified/<release id>.json` with what the
file system says of each file: size, times of change, inode. Opening a release reads only the files of which the file
system says something else, or of which nothing is noted. Whoever writes to a file changes its `ctime`, which no
program can set back; a disk that loses bits by itself changes nothing, so a server reads everything again after each
start, in the background (`engine.catalog.rereading`). See docs/understand/release-checks.md.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from engine.catalog.manifest import FileEntry
from schemas.errors import DataProblem

NOTES = ".verified"
_FORMAT = 1
_CHUNK = 1 << 22

Seen = tuple[int, int, int, int, int]
"""Size, modification and change time in nanoseconds, inode, device."""

Chunk = Callable[[int], None]
"""Told how many bytes were read; may wait, or raise to end the reading."""


def seen(file: Path) -> Seen | None:
    """What the file system says of a regular file; absent where there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev


def check_whole(path: Path, files: Iterable[FileEntry], *, anew: bool = False) -> None:
    """Compare the files of the release at `path` with their entries and note what is right.

    Reads those that changed since they were last read; `anew` reads all of them. Raises `DataProblem` naming the first
    that is missing, longer, shorter or changed.
    """
    files = tuple(files)
    noted: Mapping[str, Seen] = {} if anew else _read_notes(path)
    now = {entry.path: seen(path / entry.path) for entry in files}
    unread = [entry for entry in files if now[entry.path] is None or noted.get(_key(entry)) != now[entry.path]]
    with ThreadPoolExecutor() as pool:
        for entry, fault in zip(unread, pool.map(partial(find_fault, path), unread), strict=True):
            if fault:
                raise damaged(path, entry, fault)
    if unread:
        _write_notes(path, {_key(entry): found for entry in files if (found := now[entry.path])})


def note_whole(path: Path, files: Iterable[FileEntry]) -> None:
    """Note that the files are what their entries say, by whoever has just read or written them."""
    _write_notes(path, {_key(entry): found for entry in files if (found := seen(path / entry.path))})


def find_fault(path: Path, entry: FileEntry, on_chunk: Chunk = lambda _bytes: None) -> str | None:
    """What is wrong with a file, in words; its bytes are read where its size is right."""
    file = path / entry.path
    if not file.is_file():
        return "is missing"
    if file.stat().st_size != entry.size:
        return f"has {file.stat().st_size:,} bytes where the manifest says {entry.size:,}"
    return None if sha256(file, on_chunk) == entry.sha256 else "does not have the checksum of the manifest"


def damaged(path: Path, entry: FileEntry, fault: str) -> DataProblem:
    """The problem to raise for a file with a fault."""
    return DataProblem(
        "release-damaged",
        f"{path.name}/{entry.path} {fault}; the release will not be opened",
        hint="restore the file, or ingest the release again",
        place=path / entry.path,
    )


def sha256(file: Path, on_chunk: Chunk = lambda _bytes: None) -> str:
    """SHA-256 of a file in hexadecimal, read in chunks."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            on_chunk(len(chunk))
    return digest.hexdigest()


def _read_notes(path: Path) -> Mapping[str, Seen]:
    """By checksum and path of each file; nothing where the notes cannot be read."""
    try:
        held = json.loads(_file(path).read_text())
        return {key: _seen(values) for key, values in held["files"].items()} if held["format"] == _FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_notes(path: Path, notes: Mapping[str, Seen]) -> None:
    """Where the folder cannot be written to, every opening reads everything."""
    target = _file(path)
    aside = target.with_name(f".{target.name}.new-{os.getpid()}")
    with suppress(OSError):
        target.parent.mkdir(exist_ok=True)
        aside.write_text(json.dumps({"format": _FORMAT, "files": notes}))
        aside.replace(target)


def _key(entry: FileEntry) -> str:
    return f"{entry.sha256} {entry.path}"


def _seen(values: list[int]) -> Seen:
    size, modified, changed, inode, device = values
    return size, modified, changed, inode, device


def _file(path: Path) -> Path:
    return path.parent / NOTES / f"{path.name}.json"
