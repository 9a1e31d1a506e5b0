"""Faults of the machine that a command meets: a folder it may not write to, a full disk, a file for a folder."""

import errno
import os
from typing import Final

from schemas.errors import DataProblem

_OF_THE_MACHINE: Final = {
    errno.EACCES: "run the command as the user whose file it is, or give this one the right",
    errno.EPERM: "run the command as the user whose file it is, or give this one the right",
    errno.EROFS: "run the command where this folder is mounted for writing",
    errno.ENOTDIR: "check the path: a part of it that has to be a folder is a file",
    errno.EEXIST: "check the path: a file lies where a folder has to be",
    errno.EISDIR: "check the path: it is a folder, and has to be a file",
    errno.ENOSPC: "free some space, and give the command again",
    errno.EDQUOT: "free some space, and give the command again",
}


def of_the_machine(error: OSError) -> DataProblem | None:
    """The problem in words for who runs the command; absent where the fault may be ours."""
    hint = _OF_THE_MACHINE.get(error.errno or 0)
    if hint is None:
        return None
    place = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    return DataProblem("file-unwritable", f"{os.strerror(error.errno or 0).lower()}{place}", hint=hint)
