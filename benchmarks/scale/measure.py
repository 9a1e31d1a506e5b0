"""One engine in a process of its own, whose cores were set before it began: `python -m benchmarks.scale.measure`."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from pathlib import Path

from benchmarks.common.clock import seconds_of
from benchmarks.scale.engines import CannotAnswer, Engine, Found, Official, TooSlow, opened
from benchmarks.scale.process import Watch, bytes_fetched, drop_from_page_cache
from benchmarks.scale.questions import Case, cases
from benchmarks.scale.record import Row

MOST_TURNS = 9
LEAST_TURNS = 5
SERVICE = "kernels"
"""The engine that answers in the service: the only one whose turns are all taken however long they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a process is to measure: an engine over a release, on the cores it has. `seconds` is what a case may take
    in all its warm turns, and one answer ten times as long; `is_warm_only` leaves out everything else."""

    engine: str
    releases: str
    release_id: str
    state: str
    only: tuple[int, ...] = ()
    seconds: float = 1.5
    is_warm_only: bool = False


def measure(job: Job) -> list[Row]:
    """Every case that the engine has words for."""
    cores = len(os.sched_getaffinity(0))
    asked = cases(job.only)
    with opened(job.engine, Path(job.releases), job.release_id, Path(job.state), cores) as engine:
        if isinstance(engine, Official):
            engine.prepare(asked)
        found: list[Row] = []
        for case in filter(engine.can, asked):
            begun = Row(engine=job.engine, cores=cores, number=case.number, name=case.name, is_whole=case.is_whole)
            try:
                found.append(Bench(engine, case, job).row(begun))
            except CannotAnswer as refusal:
                print(f"  {job.engine} cannot answer {begun.title}: {refusal}", flush=True)
                continue
            print(f"  {_line(found[-1])}", flush=True)
        return found


class Bench:
    """One case on one engine."""

    def __init__(self, engine: Engine, case: Case, job: Job) -> None:
        self._engine, self._case, self._job = engine, case, job
        self._limit = 10 * job.seconds
        self._files = (Path(job.releases) / job.release_id, Path(job.state) / f"{job.release_id}.duckdb")

    def row(self, row: Row) -> Row:
        """All that is measured of it. A case that was given up when cold gets another chance with its files there."""
        is_everything = self._case.is_whole and not self._job.is_warm_only
        if is_everything:
            row = self._cold(row)
        try:
            return self._measured(row, is_everything=is_everything)
        except TooSlow:
            return replace(row, over=self._limit)

    def _measured(self, row: Row, *, is_everything: bool) -> Row:
        warm, found = self._warm()
        row = replace(row, warm=warm, persons=found.persons, rows=found.rows, digest=found.digest)
        if self._job.is_warm_only:
            return row
        row = replace(self._watched(row), exact=self._engine.exact(self._case))
        return self._kept(row) if is_everything and self._job.engine == SERVICE else row

    def _cold(self, row: Row) -> Row:
        self._engine.forget()
        drop_from_page_cache(*self._files)
        self._engine.close_files()
        fetched = bytes_fetched()
        try:
            seconds = seconds_of(self._ask)
        except TooSlow:
            return row
        return replace(row, cold=seconds, fetched=bytes_fetched() - fetched)

    def _warm(self) -> tuple[tuple[float, ...], Found]:
        """At least five turns of ours, of others as many as there is time for; the first, which loads, is not one."""
        first = time.perf_counter()
        self._engine.forget()
        answer = self._ask()
        is_ours = self._job.engine == SERVICE
        times: list[float] = []
        while len(times) < MOST_TURNS:
            spent = time.perf_counter() - first
            if spent > self._job.seconds and len(times) >= (LEAST_TURNS if is_ours else 1):
                break
            self._engine.forget()
            times.append(seconds_of(self._ask))
        return tuple(times), answer()

    def _watched(self, row: Row) -> Row:
        self._engine.forget()
        with Watch(self._files[0]) as watch:
            self._ask()
        return replace(row, peak=watch.peak, anon=watch.anon, touched=watch.touched,
                       events=self._engine.events(self._case))  # fmt: skip

    def _kept(self, row: Row) -> Row:
        self._ask()
        again = statistics.median(seconds_of(self._ask) for _ in range(5))
        reading = statistics.median(seconds_of(lambda: self._engine.read(self._case)) for _ in range(5))
        until = time.perf_counter() + 2 * self._job.seconds
        edits = self._engine.edits(self._case, self._limit)
        times = tuple(self._edited(edit) for edit in takewhile(lambda _: time.perf_counter() < until, edits))
        return replace(row, again=again, reading=reading, edits=times)

    def _edited(self, edit: Callable[[], object]) -> float:
        """One that is given up counts as long as it might take."""
        try:
            return seconds_of(edit)
        except (TooSlow, CannotAnswer):
            return self._limit

    def _ask(self) -> Callable[[], Found]:
        return self._engine.ask(self._case, self._limit)


def _line(row: Row) -> str:
    shown = f"over {row.over:.0f} s" if row.over else f"{1e3 * row.seconds:9.1f} ms, {row.persons:,} people"
    return f"{row.engine}, {row.cores} core(s), {row.title}: {shown}"


def main(job: str, out: str) -> None:
    """Write the rows of a job, given as JSON, as JSON."""
    given = json.loads(job)
    rows = measure(Job(**{**given, "only": tuple(given["only"])}))
    Path(out).write_text(json.dumps([row.to_json() for row in rows]))


def as_json(job: Job) -> str:
    """The job for `main`."""
    return json.dumps(asdict(job))


if __name__ == "__main__":
    main(*sys.argv[1:])
