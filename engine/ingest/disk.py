"""A full disk told as one problem, whichever library ran into it."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import DataProblem

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_space(root: Path) -> Iterator[None]:
    """Raises `DataProblem` in place of the error of a disk that is full, or of a quota that is used up."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise _full(root) from error


def require_space(root: Path, needed: int) -> None:
    """Raise `DataProblem` when the disk of `root` has not so many bytes free."""
    free = shutil.disk_usage(root).free
    if free < needed:
        raise DataProblem(
            "release-disk",
            f"the release needs about {needed / 1e9:,.1f} GB of disk while it is made; {free / 1e9:,.1f} GB are free",
            hint=f"free some space where {root.name}/ lies, or make fewer people or events",
        )


def _full(root: Path) -> DataProblem:
    return DataProblem(
        "release-disk",
        f"the disk that holds {root.name}/ is full; nothing was published",
        hint="free some space and give the same command again: what is finished is kept where it can be",
    )
