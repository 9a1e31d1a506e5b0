"""What this process holds in memory, what it read from disk, and what it has touched of mapped files.

The kernel counts all of it (`/proc/self`, see proc(5)); the page cache is emptied of some files only, so that nothing
but the benchmark notices.
"""

import ctypes
import os
import threading
from collections.abc import Iterator
from pathlib import Path

_SELF = Path("/proc/self")
_ALL_FILE_PAGES = "3"
_PEAK = "5"
_DONT_NEED = 4
_SAMPLE_SECONDS = 0.005


def field(name: str) -> int:
    """Bytes of a line of `/proc/self/status`, as `RssAnon` or `VmHWM`."""
    for line in (_SELF / "status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return 1024 * int(line.split()[1])
    return 0


def bytes_fetched() -> int:
    """Bytes that storage has given this process so far, those of mapped files among them."""
    lines = dict(line.split(": ") for line in (_SELF / "io").read_text().splitlines())
    return int(lines["read_bytes"])


class Watch:
    """What happens to memory inside a `with` block: `peak` is the most resident memory, mapped files included; `anon`
    the most of it that is the process's own, sampled; `touched` the bytes of pages of mapped files below `root` that
    were looked at, whole pages."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._ended = threading.Event()
        self._sampling = threading.Thread(target=self._sample, daemon=True)
        self.peak = self.anon = self.touched = 0

    def __enter__(self) -> "Watch":
        for what in (_ALL_FILE_PAGES, _PEAK):
            (_SELF / "clear_refs").write_text(what)
        self._sampling.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._sampling.join()
        self.peak = field("VmHWM")
        self.touched = sum(1024 * referenced for path, referenced in _referenced() if path.startswith(self._root))

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.anon = max(self.anon, field("RssAnon"))
        self.anon = max(self.anon, field("RssAnon"))


def _referenced() -> Iterator[tuple[str, int]]:
    """Path and referenced KiB of every mapping."""
    path = ""
    with (_SELF / "smaps").open() as lines:
        for line in lines:
            words = line.split()
            if words[0] == "Referenced:":
                yield path, int(words[1])
            elif not words[0].endswith(":"):
                path = words[5] if len(words) > 5 else ""


def drop_from_page_cache(*roots: Path) -> None:
    """Let the system forget the contents of files below these folders; what other processes have mapped it keeps."""
    _forget_mapped(tuple(map(os.fspath, roots)))
    for root in roots:
        for file in (path for path in ([root] if root.is_file() else root.rglob("*")) if path.is_file()):
            handle = os.open(file, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def _forget_mapped(roots: tuple[str, ...]) -> None:
    """Take pages of mapped files out of this process, for they cannot be dropped while they are in one."""
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in (_SELF / "maps").read_text().splitlines():
        words = line.split()
        if len(words) > 5 and words[5].startswith(roots) and "w" not in words[1]:
            start, end = (int(edge, 16) for edge in words[0].split("-"))
            madvise(start, end - start, _DONT_NEED)
