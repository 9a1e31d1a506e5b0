"""The command: `python -m benchmarks.scale`."""

import argparse
import sys
from pathlib import Path

from benchmarks.scale import growth
from benchmarks.scale.engines import ENGINES
from benchmarks.scale.report import show, write_pages
from benchmarks.scale.run import QUICK_ID, ROOT, quick_release, run
from schemas.errors import Problem


def main() -> None:
    """Measure, unless only the pages are wanted; print; write the pages."""
    parser = argparse.ArgumentParser(description="Thirty questions over a release, beside OHDSI's SQL on DuckDB")
    parser.add_argument("--releases", type=Path, default=Path("var/releases"))
    parser.add_argument("--release", default="national")
    parser.add_argument(
        "--state", type=Path, default=ROOT / "state", help="for keys and the peer's tables, which are large"
    )
    parser.add_argument("--quick", action="store_true", help="a small release of its own, made where it is not there")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--cores", nargs="+", type=int, choices=(1, 2), help="1 and 2, of --quick 2")
    parser.add_argument("--only", nargs="+", type=int, default=[], metavar="NUMBER", help="these questions")
    parser.add_argument(
        "--seconds", type=float, help="for the warm turns of a question; one turn may take ten times that"
    )
    sizes = f"warm times over several releases ({' '.join(growth.RELEASES)}) instead"
    parser.add_argument("--growth", nargs="*", metavar="ID", help=sizes)
    parser.add_argument("--report", action="store_true", help="only write the pages anew, from the last results")
    chosen = parser.parse_args()
    try:
        _measure(chosen)
    except Problem as problem:
        sys.exit(str(problem))
    write_pages()


def _measure(chosen: argparse.Namespace) -> None:
    """What was asked for; nothing where only the pages are wanted."""
    releases, release = (quick_release(), QUICK_ID) if chosen.quick else (chosen.releases, chosen.release)
    if chosen.growth is not None:
        growth.write(growth.grow(releases, chosen.state, chosen.growth or growth.RELEASES))
    elif not chosen.report:
        seconds = chosen.seconds or (0.3 if chosen.quick else 1.5)
        cores = chosen.cores or ([2] if chosen.quick else [1, 2])
        results = run(releases, release, chosen.state, chosen.engines, cores, tuple(chosen.only), seconds)
        results.write()
        show(results)


if __name__ == "__main__":
    main()
