"""What is made once for all processes of a run: whichever needs it first makes it, and the others wait for that."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import synthesize


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name`, which `make` filled; nobody may write to it. It goes with the temporary folders of the run."""
    home = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        home = home.parent  # each process has a folder of its own in that of the run
    folder, being_made = home / name, home / f"{name}.being-made"
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(being_made, ignore_errors=True)  # of a process that failed or was killed
            being_made.mkdir()
            make(being_made)
            being_made.rename(folder)
    return folder


def synthetic_releases(factory: pytest.TempPathFactory, into: Path, *, persons: int, release_id: str = "small") -> None:
    """Fill the folder `into`, which must not exist, with a release of `persons` synthetic people: the same in each test,
    and a copy of its own."""

    def make(folder: Path) -> None:
        synthesize(folder, release_id, persons=persons, seed=7, progress=lambda step, share: None)

    shutil.copytree(made_once(factory, f"{release_id}-{persons}", make), into)
