"""The command: `python -m benchmarks.genotypes`."""

import argparse

from benchmarks.genotypes.dataset import FULL, QUICK
from benchmarks.genotypes.report import show, write_pages
from benchmarks.genotypes.run import run


def main() -> None:
    """Measure, unless only the pages are wanted; print; write the pages."""
    parser = argparse.ArgumentParser(description="Genotypes of 770,000 people against plink2, pgenlib, Hail and others")
    parser.add_argument("--full", action="store_true", help="500,000 variants instead of 40,000")
    parser.add_argument(
        "--only", default="", help="measure some questions anew, as `whole,scores`, and keep the others"
    )
    parser.add_argument("--report", action="store_true", help="only write the pages anew, from the last results")
    chosen = parser.parse_args()
    if not chosen.report:
        results = run(FULL if chosen.full else QUICK, tuple(filter(None, chosen.only.split(","))))
        results.write()
        show(results)
    write_pages()


if __name__ == "__main__":
    main()
