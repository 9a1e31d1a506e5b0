"""Text files that lie beside a file of calls: finding them, and their lines."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from engine.ingest.variants.readers.problems import cannot_open, damaged
from schemas.errors import DataProblem

_ZSTANDARD = b"\x28\xb5\x2f\xfd"


def companion(path: Path, *endings: str) -> Path:
    """The first of `path` with its ending replaced that is there; `DataProblem` when none is."""
    candidates = [path.with_suffix(ending) for ending in endings]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    names = " or ".join(candidate.name for candidate in candidates)
    raise DataProblem(
        "variants-companion",
        f"{path.name} needs {names} beside it, which is not there",
        hint="copy all files of the set into one folder, under one name",
        place=path,
    )


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a text file, plain or compressed with Zstandard, read as they are asked for.

    Raises `DataProblem` when the file cannot be opened, is cut short or is not text.
    """
    try:
        with path.open("rb") as stream:
            compressed = stream.read(len(_ZSTANDARD)) == _ZSTANDARD
            stream.seek(0)
            plain = cast(BinaryIO, pa.CompressedInputStream(stream, "zstd")) if compressed else stream
            with io.TextIOWrapper(plain, encoding="utf-8") as lines:
                yield from lines
    except UnicodeDecodeError as error:
        raise damaged(path, "damaged: it holds bytes that are not text") from error
    except OSError as error:
        if error.errno is not None:
            raise cannot_open(path, error) from error
        raise damaged(path, "damaged or cut short: its compressed blocks cannot be read") from error
