"""Small tables that say where in the known variants a dbSNP id, a gene or a transcript is found.

They are derived from `genotypes/known_variant.parquet`, sorted by what is asked, and may be deleted at any time: those
that are absent, not whole or made from another file are written again. A question then decodes one row group of one
of them and those row groups of the known variants that its place lies in, however many variants there are.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from engine.catalog.release import Release
from engine.catalog.verification import sha256
from schemas.errors import DataProblem
from schemas.release import KNOWN_VARIANT

FOLDER = "index/known_variant"
RSIDS, NAMES = "rsid.parquet", "name.parquet"
_SEAL = "seal.json"
_ROW_GROUP = 122_880

_RSID_QUERY = """
    SELECT substr(rsid, 3)::BIGINT AS number, contig, position FROM read_parquet($file)
    WHERE regexp_full_match(rsid, 'rs[0-9]{1,18}') ORDER BY number, contig, position"""
"""number BIGINT (of the dbSNP id), contig, position."""

_NAME_QUERY = """
    WITH source AS (SELECT contig, position, gene, transcript, hgvs_c, hgvs_p FROM read_parquet($file))
    SELECT name, contig, min(position) AS first, max(position) AS last FROM (
        SELECT lower(gene) AS name, contig, position FROM source
        UNION ALL SELECT lower(split_part(transcript, '.', 1)), contig, position FROM source
        UNION ALL SELECT lower(split_part(split_part(hgvs_c, ':', 1), '.', 1)), contig, position FROM source
            WHERE contains(hgvs_c, ':')
        UNION ALL SELECT lower(split_part(split_part(hgvs_p, ':', 1), '.', 1)), contig, position FROM source
            WHERE contains(hgvs_p, ':'))
    WHERE name <> '' GROUP BY name, contig ORDER BY name, contig"""
"""name (lower case; a gene, or a transcript or protein without its version), contig, first and last position."""

_QUERIES = {RSIDS: _RSID_QUERY, NAMES: _NAME_QUERY}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """How much of the machine sorting may use; what does not fit in `memory_limit` spills to `temporary`."""

    threads: int
    memory_limit: str
    temporary: Path


def open_lookups(release: Release, settings: WriterSettings) -> Path:
    """The folder of the tables, written first where they are absent, not whole or of another file.

    Raises `DataProblem` when they cannot be written.
    """
    folder, source = release.file(FOLDER), release.checksum(KNOWN_VARIANT.path)
    if not _is_whole(folder, source):
        _write(folder, release.file(KNOWN_VARIANT.path), source, settings)
    return folder


def _write(folder: Path, file: Path, source: str, settings: WriterSettings) -> None:
    """Aside, then renamed into place."""
    aside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _write_tables(aside, file, settings)
        (aside / _SEAL).write_text(json.dumps(_seal(aside, source), indent=1))
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except (OSError, duckdb.Error) as error:
        shutil.rmtree(aside, ignore_errors=True)
        if not _is_whole(folder, source):  # another process may have put its own there meanwhile
            raise DataProblem(
                "variant-lookups-unwritable",
                "the look-up tables of known variants cannot be written",
                hint=f"make {FOLDER}/ of the release writable, or free some space",
            ) from error


def _write_tables(folder: Path, file: Path, settings: WriterSettings) -> None:
    options = {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(settings.temporary),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect() as connection:
        for name, value in options.items():
            connection.execute(f"SET {name} = $value", {"value": value})
        for name, query in _QUERIES.items():
            rows = connection.sql(query, params={"file": str(file)})
            rows.write_parquet(str(folder / name), compression="zstd", row_group_size=_ROW_GROUP)


def _seal(folder: Path, source: str) -> dict[str, object]:
    queries = hashlib.sha256("".join(_QUERIES.values()).encode()).hexdigest()
    files = {name: sha256(folder / name) for name in _QUERIES}
    return {"source": source, "queries": queries, "files": files}


def _is_whole(folder: Path, source: str) -> bool:
    try:
        return bool(json.loads((folder / _SEAL).read_text()) == _seal(folder, source))
    except (OSError, ValueError):
        return False
