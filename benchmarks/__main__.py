"""Every figure of benchmarks/README.md, one benchmark after another. `--quick` takes smaller data."""

import argparse
import os
import platform
from importlib.metadata import version

from benchmarks import circe, count, ingest, ledger, synthetic
from benchmarks.genotypes.asked import asked
from benchmarks.genotypes.results import Results
from tests.lib.shared import shared_folder

PEERS = ("duckdb", "polars", "numba", "pgenlib", "opendp", "fastapi")


def main() -> None:
    """Run and print all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the data where that is much")
    quick = parser.parse_args().quick
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}")
    print(", ".join(f"{name} {version(name)}" for name in PEERS))
    print("\n# Protected count")
    count.show(count.run())
    print("\n# Synthetic releases")
    synthetic.show(synthetic.run(((20_000, 60), (20_000, 300)) if quick else synthetic.SIZES))
    print("\n# Ingest of a table larger than the memory limit")
    ingest.show(ingest.run(rows=3_000_000 if quick else 30_000_000, memory_limit="256MB" if quick else "1GB"))
    print("\n# The ledger at scale")
    ledger.show(ledger.run(1_000 if quick else ledger.ANSWERS))
    print("\n# Genotypes")
    _genotypes()
    print("\n# OHDSI cohort definitions")
    shared = shared_folder()
    if shared is None:
        print("the shared corpus is not here: set KOHORT_SHARED to its folder")
        return
    for persons in (10_000,) if quick else (10_000, 200_000):
        for target in ("kernels", "polars", "duckdb"):
            circe.show(circe.run(persons, shared, target, every=10 if quick else 1))


def _genotypes() -> None:
    """The last results, for making them anew takes an environment of its own."""
    for size in ("full", "quick"):
        results = Results.read(size)
        if results is not None:
            for line in asked(results):
                print(line)
            return
    print("make bench-genotypes measures them")


if __name__ == "__main__":
    main()
