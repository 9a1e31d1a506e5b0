"""Making our index from PGEN: variants a second, and bytes."""

import shutil

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.questions import BUILD, BYTES
from benchmarks.genotypes.record import Row, rows_of
from benchmarks.genotypes.timing import NO_TIME, interleaved
from engine.genotypes.index import FOLDER

_TURNS = 2


def building(bench: Bench) -> list[Row]:
    """The whole index, on as many threads as there are cores; then the bytes of the files, as `items`."""
    folder = bench.work / "index"
    times = interleaved({"kohort": lambda: bench.release.build(folder, threads=bench.threads)}, turns=_TURNS)
    shutil.rmtree(folder)
    rows = rows_of(BUILD, "from PGEN", times, threads=bench.threads, items=bench.every.size)
    for path in (bench.data.calls, *sorted(bench.release.file(FOLDER).iterdir())):
        rows += rows_of(BYTES, path.name, {"": NO_TIME}, threads=bench.threads, items=path.stat().st_size)
    return rows
