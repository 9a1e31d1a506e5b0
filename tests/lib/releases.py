"""Small releases written from Python rows, for tests that need to see every row."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.release import Release
from engine.genotypes.alleles import CONTIG_RANK
from engine.genotypes.pgen import CallsWriter
from engine.ingest.publish import ReleaseBuilder
from engine.kernels.calls import MISSING
from schemas.access import TEST_DATA
from schemas.release import CALLS_PATH, GENOTYPE_TABLES, RELEASE_TABLES
from schemas.tables import ColumnSpec, ColumnType, TableSpec

Rows = Sequence[Mapping[str, object]]

_ARROW = {
    ColumnType.PERSON: pa.uint32(),
    ColumnType.CONCEPT: pa.int32(),
    ColumnType.INT32: pa.int32(),
    ColumnType.INT64: pa.int64(),
    ColumnType.FLOAT64: pa.float64(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TEXT: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
}


def write_release(
    root: Path,
    tables: Mapping[str, Rows],
    *,
    release_id: str = "tiny",
    calls: np.ndarray | None = None,
    phase: int = TEST_DATA,
) -> Release:
    """Publish a release whose tables hold the rows given; a column left out is missing, a key is numbered.

    `calls` int8[variants, samples] (0, 1, 2, -1; phased `0|1` 3 and `1|0` 4) goes with the rows of `variant` and
    `sample`.
    """
    builder = ReleaseBuilder(root, release_id, sources={"test": "rows"}, phase=phase)
    for table in RELEASE_TABLES:
        if table in GENOTYPE_TABLES and table.name not in tables:
            continue
        pq.write_table(_table(table, tables.get(table.name, ())), builder.path(table))
    if calls is not None:
        variants, samples = calls.shape
        with CallsWriter(
            builder.file(CALLS_PATH), samples=samples, variants=variants, phased=bool((calls > 2).any())
        ) as writer:
            for row in calls:
                writer.append(np.where(row < 0, MISSING, row).astype(np.int8))
    return builder.publish()


def _table(table: TableSpec, rows: Rows) -> pa.Table:
    unknown = {name for row in rows for name in row} - {column.name for column in table.columns}
    assert not unknown, f"{table.name} has no column {unknown}"
    filled = [{c.name: row.get(c.name, _default(c, number)) for c in table.columns} for number, row in enumerate(rows)]
    ordered = sorted(filled, key=lambda row: tuple(_rank(name, row[name]) for name in table.clustered_by))
    return pa.table({c.name: pa.array([row[c.name] for row in ordered], _ARROW[c.type]) for c in table.columns})


def _rank(column: str, value: object) -> object:
    """Contigs have an order of their own."""
    return CONTIG_RANK[str(value)] if column == "contig" else value


def _default(column: ColumnSpec, number: int) -> object:
    """Numbers for keys, 0 for concepts, empty for the rest."""
    if not column.required:
        return 0 if column.missing == "0" else None
    match column.type:
        case ColumnType.TEXT:
            return ""
        case ColumnType.CONCEPT:
            return 0
        case _:
            return number
