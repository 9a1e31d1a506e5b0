"""All questions in one process, whose cores were set before it began: `python -m benchmarks.genotypes.measure`."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.genotypes.bandwidth import bandwidth
from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.building import building
from benchmarks.genotypes.by_class import by_class as cost_by_class
from benchmarks.genotypes.carriers import burden, one_variant
from benchmarks.genotypes.counts import by_class, whole
from benchmarks.genotypes.dataset import SIZES, dataset
from benchmarks.genotypes.first_use import first_use
from benchmarks.genotypes.memory import memory
from benchmarks.genotypes.population import equilibrium, linkage
from benchmarks.genotypes.record import Row
from benchmarks.genotypes.scores import scores
from benchmarks.genotypes.small import small_peers
from engine.kernels.warm import warm_up

ON_ONE_CORE: tuple[Callable[[Bench], list[Row]], ...] = (
    bandwidth, whole, by_class, one_variant, burden, scores, linkage, equilibrium, building, cost_by_class, memory,
    first_use, small_peers,
)  # fmt: skip
ON_MORE: tuple[Callable[[Bench], list[Row]], ...] = (bandwidth, whole, scores, building)
"""What several cores share the work of."""


def measure(root: Path, size: str, only: tuple[str, ...] = ()) -> list[Row]:
    """Every question that suits the cores this process has, or those named."""
    bench = Bench(dataset(root, SIZES[size]), len(os.sched_getaffinity(0)))
    warm_up()
    rows: list[Row] = []
    try:
        for question in ON_ONE_CORE if bench.threads == 1 else ON_MORE:
            if only and question.__name__ not in only:
                continue
            start = time.perf_counter()
            rows += question(bench)
            print(f"  {question.__name__}, {bench.threads} core(s): {time.perf_counter() - start:.0f} s", flush=True)
    finally:
        shutil.rmtree(bench.work)
    return rows


def main(root: str, size: str, out: str, *only: str) -> None:
    """Write the rows as JSON."""
    Path(out).write_text(json.dumps([row.to_json() for row in measure(Path(root), size, only)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
