"""What a variant costs in memory once the store is open: its row in the variant table, and in the table of parts."""

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.questions import BYTES, TABLE
from benchmarks.genotypes.record import Row, rows_of
from benchmarks.genotypes.timing import NO_TIME
from engine.genotypes.variants import VariantTable
from engine.kernels.parts import Numbers
from schemas.release import VARIANT


def memory(bench: Bench) -> list[Row]:
    """Bytes of the arrays of a `VariantTable`, Arrow's among them; the same on disk is `variant.parquet`."""
    path = bench.data.folder / VARIANT.path
    table = VariantTable.read(path)
    arrays: list[Numbers] = [table.position, table.ploidies, table.frequency, table.external]
    arrays += [words.codes for words in table.words.values()]
    for lookup in (table.by_rsid, table.by_gene):
        arrays += [lookup.keys, lookup.rows]
    names = (table.table, table.by_coding.column, table.by_protein.column)
    size = sum(one.nbytes for one in (*names, *arrays))
    found = {TABLE: size, path.name: path.stat().st_size}
    return [
        row
        for case, number in found.items()
        for row in rows_of(
            BYTES, case, {"": NO_TIME}, threads=bench.threads, items=number, note=f"{table.size} variants"
        )
    ]
