"""The genotype index: carriers and missing calls of every variant on the person axis, memory-mapped.

It is derived from the calls and the sample table and may be deleted at any time; one that is absent, damaged or
made from other files is built again. Layout of `index/genotype/`:

* `carriers.u32`, `missing.u32`: two streams of little-endian u32, one record a variant. A record is a list of
  person ids or bit planes, whichever is smaller (`engine.kernels.carriers` says what each encoding holds).
  Records with a plane begin at a multiple of 64 bytes.
* `variant.parquet`: for each variant the encoding, offset (in u32) and lengths of its two records.
* `seal.json`: what it was made from, and the checksum of each file.

Missing calls lie apart because for rare variants they are most of the bytes and carriers are what is asked for.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from engine.genotypes.streams import CARRIERS, COLUMNS, MISSING, TABLE, IndexSource, write_streams
from engine.kernels.carriers import Codes, Numbers
from engine.kernels.words import Ids
from schemas.errors import DataProblem

FOLDER = "index/genotype"
_FORMAT = 1
_SEAL = "seal.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenotypeIndex:
    """The streams (u32, mapped) and, for each variant, where its records lie in them."""

    carriers: Ids = field(repr=False)
    missing_calls: Ids = field(repr=False)
    carrier_encoding: Codes = field(repr=False)
    carrier_offset: Numbers = field(repr=False)
    het: Numbers = field(repr=False)
    hom: Numbers = field(repr=False)
    missing_encoding: Codes = field(repr=False)
    missing_offset: Numbers = field(repr=False)
    missing: Numbers = field(repr=False)


def open_index(folder: Path, source: IndexSource) -> GenotypeIndex:
    """The index at `folder`, built first when it is absent, damaged or made from something else."""
    if not _is_sound(folder, source):
        build_index(folder, source)
    table = pq.ParquetFile(folder / TABLE).read()
    columns = {name: table.column(name).to_numpy() for name in COLUMNS}
    return GenotypeIndex(carriers=_map(folder / CARRIERS), missing_calls=_map(folder / MISSING), **columns)


def build_index(folder: Path, source: IndexSource) -> None:
    """Write the index aside and rename it into place, replacing what is there."""
    aside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        write_streams(aside, source)
        checksums = {name: _checksum(aside / name) for name in (CARRIERS, MISSING, TABLE)}
        (aside / _SEAL).write_text(json.dumps({"source": _seal(source), "files": checksums}, indent=1))
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        if not _is_sound(folder, source):  # another process may have put its own there meanwhile
            raise DataProblem(
                "genotype-index-unwritable",
                f"the genotype index cannot be written: {error.strerror}",
                hint=f"make {FOLDER}/ of the release writable, or free some space",
            ) from error


def _seal(source: IndexSource) -> dict[str, int | str]:
    fields = ("calls_size", "calls_sha256", "samples_sha256", "persons", "variants")
    return {"format": _FORMAT} | {name: getattr(source, name) for name in fields}


def _is_sound(folder: Path, source: IndexSource) -> bool:
    try:
        seal = json.loads((folder / _SEAL).read_text())
        return seal["source"] == _seal(source) and all(
            _checksum(folder / name) == seal["files"][name] for name in (CARRIERS, MISSING, TABLE)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _map(file: Path) -> Ids:
    return np.memmap(file, np.uint32, "r") if file.stat().st_size else np.zeros(0, np.uint32)
