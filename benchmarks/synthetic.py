"""Making synthetic releases: seconds, peak memory, size on disk, events a second, per size.

    python -m benchmarks.synthetic [--sizes 20000x60 100000x300]

Each size runs in a fresh process, so that its peak memory (`ru_maxrss`, page cache of mapped files included) is its
own. The last line extrapolates to 770,000 people with 1,000 events each from the size with the most events a person:
genotypes and surveys cost by the person, so sizes with few events say little about it.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from engine.ingest.synthetic import synthesize

SIZES = ((20_000, 60), (100_000, 300))
NATION = 770_000 * 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`events` counts the rows of every event table; `peak_bytes` is the most memory the process ever held."""

    persons: int
    events: int
    seconds: float
    peak_bytes: int
    release_bytes: int

    @property
    def events_per_second(self) -> float:
        return self.events / self.seconds


def run(sizes: Sequence[tuple[int, int]] = SIZES) -> list[Figures]:
    """Make a release of each (persons, events a person) in a temporary folder, and say what that took."""
    fresh = multiprocessing.get_context("spawn")
    figures = []
    for persons, events in sizes:
        with ProcessPoolExecutor(1, mp_context=fresh) as pool:
            figures.append(pool.submit(_measure, persons, events).result())
    return figures


def _measure(persons: int, events_per_person: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        release = synthesize(Path(folder), "bench", persons=persons, seed=1, events_per_person=events_per_person,
                             progress=lambda _step, _done: None)  # fmt: skip
        seconds = time.perf_counter() - start
        events = sum(entry.rows or 0 for entry in release.manifest.files if entry.path.startswith("events/"))
        return Figures(persons=persons, events=events, seconds=seconds,
                       peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                       release_bytes=sum(entry.size for entry in release.manifest.files))  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["20000x60", "100000x300"], metavar="PERSONSxEVENTS")
    sizes = [(int(persons), int(events)) for persons, events in (size.split("x") for size in parser.parse_args().sizes)]
    show(run(sizes))


def show(figures: list[Figures]) -> None:
    """One line a size, then the extrapolation."""
    for found in figures:
        print(f"{found.persons:>9,} people {found.events:>13,} events {found.seconds:8.1f} s "
              f"{found.peak_bytes / 2**30:5.2f} GiB peak {found.release_bytes / 2**30:6.2f} GiB release "
              f"{found.events_per_second / 1e6:5.2f} M events/s")  # fmt: skip
    densest = max(figures, key=lambda found: found.events / found.persons)
    print(f"770,000 x 1,000 at {densest.events_per_second / 1e6:.2f} M events/s: "
          f"{NATION / densest.events_per_second / 60:.0f} minutes")  # fmt: skip


if __name__ == "__main__":
    main()
