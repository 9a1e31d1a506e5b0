"""The exchange folder between Hail and us: what the export left, sealed once it is whole.

    exchange.json     samples, sexes, reference genome, INFO fields (`process/export.py` writes it last)
    parts/*.parquet   rows in order
    seal.json         the fingerprint of the data set, and rows and bytes of every part

A folder is used again only while its seal fits the data set and the parts.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.ingest.variants.hail.environment import Share, hail_python, run_script
from engine.ingest.variants.readers.problems import cannot_open, damaged

FORMAT = 1
_DESCRIBED, _PARTS, _SEAL = "exchange.json", "parts", "seal.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A whole exchange folder. `info` has name and description of the columns `info_0`, `info_1`, …; `rows` of each
    file."""

    samples: tuple[str, ...] = field(repr=False)
    sexes: tuple[str | None, ...] = field(repr=False)
    reference: str | None
    info: tuple[tuple[str, str], ...] = field(repr=False)
    files: tuple[Path, ...] = field(repr=False)
    rows: tuple[int, ...] = field(repr=False)


def fingerprint(dataset: Path) -> str:
    """Of a data set's files: their names, sizes and times of change."""
    entries = []
    for folder, _, names in sorted(os.walk(dataset)):
        for name in sorted(names):
            path = Path(folder) / name
            stat = path.stat()
            entries.append(f"{path.relative_to(dataset).as_posix()}:{stat.st_size}:{stat.st_mtime_ns}")
    return hashlib.sha256("\n".join([f"format {FORMAT}", *entries]).encode()).hexdigest()


def check_can_export(dataset: Path, folder: Path) -> None:
    """Raises `DataProblem` where Hail has to write the exchange folder of a data set, and is not set up."""
    if _sealed(folder, fingerprint(dataset)) is None:
        hail_python()


def exported(dataset: Path, folder: Path, share: Share) -> Exchange:
    """The exchange folder of a data set, which Hail writes unless it is there and whole.

    Raises `DataProblem` as `run_script` does.
    """
    expected = fingerprint(dataset)
    exchange = _sealed(folder, expected)
    if exchange is not None:
        return exchange
    aside = folder.with_name(f"{folder.name}.new")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True, mode=0o700)  # calls of people lie in it
        try:
            run_script("export.py", dataset, aside, share=share)
        except BaseException:
            _clear(aside, keep="*.log")
            raise
        seal(aside, expected)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        raise cannot_open(folder, error) from error
    exchange = _sealed(folder, expected)
    if exchange is None:
        raise damaged(folder, "not what was written there a moment ago")
    return exchange


def seal(folder: Path, expected: str) -> None:
    """Say that the folder is whole, and of which data set."""
    parts = [[path.name, pq.read_metadata(path).num_rows, path.stat().st_size] for path in _files(folder)]
    aside = folder / f"{_SEAL}.new"
    aside.write_text(json.dumps({"fingerprint": expected, "parts": parts}))
    aside.rename(folder / _SEAL)


def _clear(folder: Path, *, keep: str) -> None:
    """Remove what lies in the folder, but for names like `keep`."""
    for path in folder.iterdir():
        if not path.match(keep):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _files(folder: Path) -> list[Path]:
    return sorted((folder / _PARTS).glob("*.parquet"))


def _sealed(folder: Path, expected: str) -> Exchange | None:
    """The exchange of a folder; none where it is absent, of another data set or not whole."""
    try:
        sealed = json.loads((folder / _SEAL).read_text())
        described = json.loads((folder / _DESCRIBED).read_text())
        files = _files(folder)
        sizes = [(path.name, path.stat().st_size) for path in files]
        if sealed["fingerprint"] != expected or described["format"] != FORMAT:
            return None
        if sizes != [(name, size) for name, _, size in sealed["parts"]]:
            return None
        return Exchange(
            samples=tuple(described["samples"]),
            sexes=tuple(described["sexes"]),
            reference=described["reference"],
            info=tuple((name, description) for name, description in described["info"]),
            files=tuple(files),
            rows=tuple(rows for _, rows, _ in sealed["parts"]),
        )
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
