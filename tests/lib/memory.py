"""Temporary folders in memory, where there is room: tests make hundreds of releases, and each is synced to disk file by
file. What a process leaves that is killed is the same on either; that syncs are asked for is another test's matter."""

import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes: several times what all tests together leave."""
_FREE = 8 << 30
"""Bytes of memory that must be free, as others may be using the machine too."""


def keep_temporary_folders_in_memory() -> None:
    """For this process and those it starts, unless `TMPDIR` names a place."""
    if "TMPDIR" in os.environ or not os.access(_FOLDER, os.W_OK):
        return
    if shutil.disk_usage(_FOLDER).free >= _ROOM and _available() >= _FREE:
        os.environ["TMPDIR"] = str(_FOLDER)
        tempfile.tempdir = None


def _available() -> int:
    """Bytes that could be given to a process now."""
    found = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(found["MemAvailable"].split()[0]) << 10
