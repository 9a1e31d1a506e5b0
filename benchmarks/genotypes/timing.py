"""Times of several ways to one answer, taken in turns so that what else the machine does falls on all of them."""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Way = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds: of CPU (all threads of the process and, for a command, of its own), and by the clock."""

    cpu: float
    cpu_median: float
    wall: float
    wall_median: float

    @staticmethod
    def of(turns: list[tuple[float, float]], *, share: float = 1.0) -> "Times":
        """From (CPU, wall) of each turn; `share` of it, where a turn did more than one thing or a part of it."""
        cpu, wall = (sorted(share * turn[side] for turn in turns) for side in (0, 1))
        return Times(cpu=cpu[0], cpu_median=statistics.median(cpu), wall=wall[0], wall_median=statistics.median(wall))

    def scaled(self, factor: float) -> "Times":
        """So much of it."""
        return Times(cpu=factor * self.cpu, cpu_median=factor * self.cpu_median,
                     wall=factor * self.wall, wall_median=factor * self.wall_median)  # fmt: skip

    def less(self, other: "Times") -> "Times":
        """Without what the other takes, which is the start-up of a command."""
        return Times(
            cpu=max(0.0, self.cpu - other.cpu),
            cpu_median=max(0.0, self.cpu_median - other.cpu_median),
            wall=max(0.0, self.wall - other.wall),
            wall_median=max(0.0, self.wall_median - other.wall_median),
        )


NO_TIME = Times(cpu=0, cpu_median=0, wall=0, wall_median=0)
"""Of what is not a matter of time."""


def interleaved(ways: Mapping[str, Way], *, turns: int, loops: int | Mapping[str, int] = 1) -> dict[str, Times]:
    """Each way in every turn; `loops` calls of it make a turn, for what is too short for the clock.

    A way may return (CPU, wall) seconds that it measured itself, as those that start a command do.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    number = dict.fromkeys(ways, loops) if isinstance(loops, int) else loops
    for _ in range(turns):
        for name, way in ways.items():
            found[name].append(_turn(way, number.get(name, 1)))
    return {name: Times.of(own, share=1 / number.get(name, 1)) for name, own in found.items()}


def _turn(way: Way, loops: int) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(loops):
        given = way()
    took = time.process_time() - cpu, time.perf_counter() - wall
    return (given.cpu, given.wall) if isinstance(given, Run) else took


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took, seconds."""

    cpu: float
    wall: float


def run_command(*arguments: str | Path, log: Path) -> Run:
    """Run a command, what it prints going to a file; raises `RuntimeError` with its end when it fails."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with log.open("wb") as out:
        code = subprocess.run(
            list(map(os.fspath, arguments)), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        ).returncode
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise RuntimeError(f"{arguments[0]} ended with {code}:\n{log.read_text(errors='replace')[-2_000:]}")
    return Run(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)
