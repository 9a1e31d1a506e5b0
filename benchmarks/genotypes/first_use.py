"""The first question of a fresh process against the next ones: Numba's cache is on disk, memory is not warm.

    python -m benchmarks.genotypes.first_use FOLDER SIZE PERSONS VARIANTS warmed|cold

prints JSON. `warmed` loads kernels and warms the store first, as the server does (`Session.warm`); `cold` leaves that
to the question.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.common.clock import seconds_of
from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.dataset import Dataset, Size
from benchmarks.genotypes.questions import FIRST
from benchmarks.genotypes.record import Row
from benchmarks.genotypes.timing import Times
from cohort_dsl.ast import BurdenUnit
from engine.kernels.warm import warm_up

_PROCESSES = 5
_LATER = 9


def first_use(bench: Bench) -> list[Row]:
    """Each question once in a new process, and again: seconds by the clock."""
    rows: list[Row] = []
    for how in ("warmed", "cold"):
        found = [_in_new_process(bench, how) for _ in range(_PROCESSES)]
        for case in found[0]:
            for way in found[0][case]:
                times = Times.of([(turn[case][way],) * 2 for turn in found])
                rows.append(
                    Row(question=FIRST, case=f"{case}, {how}", way=way, threads=bench.threads, items=1, times=times)
                )
    return rows


def _in_new_process(bench: Bench, how: str) -> dict[str, dict[str, float]]:
    size = bench.data.size
    command = [sys.executable, "-m", "benchmarks.genotypes.first_use", os.fspath(bench.data.folder), size.name]
    ran = subprocess.run(
        [*command, str(size.persons), str(size.variants), how], capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


def _ask(bench: Bench, how: str) -> dict[str, dict[str, float]]:
    """Seconds of each step, and of each question the first time and later."""
    steps: dict[str, dict[str, float]] = {}
    if how == "warmed":
        steps["loading kernels"] = {"first": seconds_of(warm_up)}
    steps["opening"] = {"first": seconds_of(lambda: bench.store)}
    if how == "warmed":
        bench.store.warm()
    gene, one = bench.rare_lof[0], bench.of_class(2, 1)
    cohort = bench.cohort
    questions: dict[str, Callable[[], object]] = {
        "carriers of one variant": lambda: bench.store.carriers(one),
        "burden of a gene": lambda: bench.store.burden(gene, 1, BurdenUnit.VARIANTS),
        "counts of all, 10 % cohort": lambda: bench.store.counts(bench.every, cohort),
    }
    for name, question in questions.items():
        first = seconds_of(question)
        later = [seconds_of(question) for _ in range(_LATER)]
        steps[name] = {"first": first, "later": float(np.median(later))}
    return steps


def main(folder: str, name: str, persons: str, variants: str, how: str) -> None:
    """Ask, in this process."""
    size = Size(name=name, persons=int(persons), variants=int(variants))
    bench = Bench(Dataset(folder=Path(folder), size=size, seconds=0, cpu_seconds=0), len(os.sched_getaffinity(0)))
    print(json.dumps(_ask(bench, how)))


if __name__ == "__main__":
    main(*sys.argv[1:])
