"""A run: the data are made, then each number of cores has a process of its own, so that no thread can stray."""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common.cores import on_cores
from benchmarks.genotypes.dataset import Size, dataset
from benchmarks.genotypes.machine import description
from benchmarks.genotypes.record import Row
from benchmarks.genotypes.release import GenotypeRelease
from benchmarks.genotypes.results import Results

ROOT = Path("var/benchmarks/genotypes")


def run(size: Size, only: tuple[str, ...] = ()) -> Results:
    """Every question on one core, and on two where the machine has them; or those named by their functions, whose rows
    then take the place of those of the last results."""
    print(f"data: {size.persons:,} people x {size.variants:,} variants", flush=True)
    data = dataset(ROOT, size)
    print(f"  made in {data.seconds:,.0f} s, {data.cpu_seconds:,.0f} s of CPU, when it was made", flush=True)
    start = time.perf_counter()
    GenotypeRelease(data).index()
    print(f"  index opened, or built where it was not there, in {time.perf_counter() - start:.1f} s", flush=True)
    rows = [row for cores in (1, 2) if cores <= os.cpu_count() for row in _measured(size, cores, only)]
    last = Results.read(size.name) if only else None
    if last is not None:
        anew = {(row.question, row.threads) for row in rows}
        rows = [row for row in last.rows if (row.question, row.threads) not in anew] + rows
    about = {
        "size": size.name, "persons": size.persons, "variants": size.variants, "seconds": data.seconds,
        "cpu_seconds": data.cpu_seconds, "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }  # fmt: skip
    return Results(machine=description(), data=about, rows=tuple(rows))


def _measured(size: Size, cores: int, only: tuple[str, ...]) -> list[Row]:
    with tempfile.NamedTemporaryFile(suffix=".json") as out, on_cores(cores):
        command = [sys.executable, "-m", "benchmarks.genotypes.measure", os.fspath(ROOT), size.name, out.name, *only]
        subprocess.run(command, check=True)
        return [Row.from_json(row) for row in json.loads(Path(out.name).read_text())]
