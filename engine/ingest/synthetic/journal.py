"""Which parts of an interrupted synthesis are finished, so that the next one goes on from there.

Lines are only added: the recipe first, then one a finished part with the size and SHA-256 of each of its files. A
part counts as finished while these files are as they were left; a last line cut short by the interruption counts for
nothing.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from engine.catalog.verification import sha256
from engine.ingest.synthetic.recipe import Recipe
from schemas.errors import DataProblem

_NAME = "journal.jsonl"

Written: TypeAlias = Mapping[str, tuple[int, str]]
"""Path below the folder of a file of a part -> its size and SHA-256."""


class Journal:
    """Finished parts of the synthesis under way, whose files lie somewhere below `folder`."""

    def __init__(self, file: Path, folder: Path, parts: dict[str, Written]) -> None:
        self._file, self._folder, self._parts = file, folder, parts

    @staticmethod
    def begin(work: Path, folder: Path, recipe: Recipe) -> "Journal":
        """An empty journal in the work folder."""
        journal = Journal(work / _NAME, folder, {})
        journal._file.write_text("")
        journal._append({"recipe": str(recipe), "program": recipe.program})
        return journal

    @staticmethod
    def resume(work: Path, folder: Path, recipe: Recipe) -> "Journal | None":
        """The journal that an interrupted synthesis left in the work folder; absent where there is none to go on from.

        Raises `DataProblem` when it was of another recipe or made by another version of the program.
        """
        lines = _read_lines(work / _NAME)
        if not lines:
            return None
        head, *parts = lines
        _require_same(head, recipe)
        return Journal(work / _NAME, folder, {part["part"]: _written(part["files"]) for part in parts})

    def has(self, part: str, needed: Callable[[str], bool] = lambda _path: True) -> bool:
        """Whether a part is finished and its files, those that are `needed`, are as they were left."""
        files = self._parts.get(part)
        return files is not None and all(
            _is_left(self._folder / path, left) for path, left in files.items() if needed(path)
        )

    def add(self, part: str, files: Written) -> None:
        """Note that a part is finished; durable before this returns."""
        self._parts[part] = files
        self._append({"part": part, "files": files})

    def add_files(self, part: str, files: list[Path]) -> None:
        """The same of files that are read for their checksums."""
        self.add(part, {str(path.relative_to(self._folder)): (path.stat().st_size, sha256(path)) for path in files})

    def _append(self, line: Mapping[str, object]) -> None:
        with self._file.open("a") as stream:
            stream.write(json.dumps(line) + "\n")
            stream.flush()
            os.fsync(stream.fileno())


def digest(data: memoryview) -> str:
    """SHA-256 of bytes in memory, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _require_same(head: Mapping[str, object], recipe: Recipe) -> None:
    if head.get("recipe") != str(recipe):
        raise DataProblem(
            "synthetic-unfinished",
            f"an unfinished synthetic release of this id was begun with {head.get('recipe')}; this is {recipe}",
            hint="give the same options to finish it, `--fresh` to throw it away and begin anew, or another id",
        )
    if head.get("program") != recipe.program:
        raise DataProblem(
            "synthetic-unfinished",
            "an unfinished synthetic release of this id was begun by another version of the program",
            hint="give `--fresh` to throw it away and begin anew, or another id",
        )


def _read_lines(file: Path) -> list[dict[str, Any]]:
    """The lines that are whole."""
    found: list[dict[str, Any]] = []
    with suppress(OSError, ValueError), file.open() as stream:
        found.extend(json.loads(line) for line in stream)
    return found


def _written(files: Mapping[str, tuple[int, str]]) -> Written:
    return {str(path): (int(size), str(checksum)) for path, (size, checksum) in files.items()}


def _is_left(path: Path, left: tuple[int, str]) -> bool:
    size, checksum = left
    return path.is_file() and path.stat().st_size == size and sha256(path) == checksum
