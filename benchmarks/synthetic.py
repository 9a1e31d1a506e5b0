"""Making synthetic releases: seconds, peak memory, size on disk, events a second, per size.

    python -m benchmarks.synthetic [--sizes 20000x60 100000x300] [--national] [--folder FOLDER]

Each size runs in a fresh process, so that its peak memory (`ru_maxrss`, page cache of mapped files included) is its
own. The last line extrapolates to 770,000 people with 1,000 events each from the size with the most events a person:
genotypes and surveys cost by the person, so sizes with few events say little about it. `--national` makes that release
itself, which takes 45 GB of disk for a while: `--folder` says where, and it stays there. Seconds include the indexes.
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

from engine.ingest.synthetic import ReleaseSize, measure_release, synthesize

SIZES = ((20_000, 60), (100_000, 300))
NATION = (770_000, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one release holds and took; `peak_bytes` is the most memory the process ever held."""

    persons: int
    size: ReleaseSize
    seconds: float
    peak_bytes: int

    @property
    def events_per_second(self) -> float:
        return self.size.events / self.seconds


def run(sizes: Sequence[tuple[int, int]] = SIZES, folder: Path | None = None) -> list[Figures]:
    """Make a release of each (persons, events a person), in a temporary folder or to stay, and say what that took."""
    fresh = multiprocessing.get_context("spawn")
    figures = []
    for persons, events in sizes:
        with ProcessPoolExecutor(1, mp_context=fresh) as pool:
            figures.append(pool.submit(_measure, persons, events, folder).result())
    return figures


def _measure(persons: int, events_per_person: int, folder: Path | None) -> Figures:
    if folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return _measure(persons, events_per_person, Path(temporary))
    start = time.perf_counter()
    release = synthesize(folder, f"bench-{persons}x{events_per_person}", persons=persons, seed=1,
                         events_per_person=events_per_person, progress=lambda _step, _done: None)  # fmt: skip
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Figures(persons=persons, size=measure_release(release), seconds=seconds, peak_bytes=peak)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["20000x60", "100000x300"], metavar="PERSONSxEVENTS")
    parser.add_argument("--national", action="store_true", help="770,000 people with 1,000 events each")
    parser.add_argument("--folder", type=Path, help="where releases are made to stay")
    asked = parser.parse_args()
    sizes = [(int(persons), int(events)) for persons, events in (size.split("x") for size in asked.sizes)]
    show(run([NATION] if asked.national else sizes, asked.folder))


def show(figures: list[Figures]) -> None:
    """One line a size, then the extrapolation."""
    for found in figures:
        size = found.size
        print(f"{found.persons:>9,} people {size.events:>13,} events {found.seconds:8.1f} s "
              f"{found.events_per_second / 1e6:5.2f} M events/s {found.peak_bytes / 2**30:5.2f} GiB peak "
              f"{size.release_bytes / 2**30:6.2f} GiB release {size.derived_bytes / 2**30:6.2f} GiB indexes "
              f"{size.event_bytes / size.events:4.1f} bytes an event, in the index "
              f"{size.event_index_bytes / size.events:4.1f}")  # fmt: skip
    densest = max(figures, key=lambda found: found.size.events / found.persons)
    persons, events = NATION
    print(f"{persons:,} x {events:,} at {densest.events_per_second / 1e6:.2f} M events/s: "
          f"{persons * events / densest.events_per_second / 60:.0f} minutes")  # fmt: skip


if __name__ == "__main__":
    main()
