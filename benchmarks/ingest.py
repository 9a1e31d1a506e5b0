"""Ingest of a table larger than the memory it may use: seconds, peak memory of the process, rows a second.

    python -m benchmarks.ingest [--rows 30000000] [--memory 1GB] [--csv]

The source is made first, in a process of its own: `measurement` rows in random order, so that the sort has work
to do. Peak memory is `ru_maxrss` of a fresh process that does nothing but the ingest. The named peer is DuckDB alone
sorting the same file into Parquet under the same memory limit: no row is checked, mapped to a person or accounted for.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from engine.ingest.run import Sources, ingest_sources

PERSONS = 100_000

SOURCE = {
    "person": """
        SELECT i + 1000 AS person_id, 8507 + 25 * (i % 2) AS gender_concept_id, 1930 + i % 80 AS year_of_birth,
            8515 AS race_concept_id, 0 AS ethnicity_concept_id
        FROM range({persons}) t(i)""",
    "observation_period": """
        SELECT i AS observation_period_id, i + 1000 AS person_id,
            DATE '2000-01-01' AS observation_period_start_date, DATE '2024-12-31' AS observation_period_end_date,
            44814724 AS period_type_concept_id
        FROM range({persons}) t(i)""",
    "measurement": """
        SELECT i AS measurement_id, hash(i) % {persons} + 1000 AS person_id,
            3000000 + hash(i + 1) % 500 AS measurement_concept_id,
            DATE '2003-01-01' + CAST(hash(i + 2) % 7300 AS INTEGER) AS measurement_date,
            32856 AS measurement_type_concept_id, CAST(hash(i + 3) % 10000 AS DOUBLE) / 10 AS value_as_number,
            8840 AS unit_concept_id, 1.5 AS range_low, 9.5 AS range_high, i // 20 AS visit_occurrence_id,
            hash(i + 4) % 5000 AS provider_id, 'L' || CAST(hash(i + 1) % 500 AS VARCHAR) AS measurement_source_value
        FROM range({rows}) t(i)""",
}
"""Source table -> the query that makes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`source_bytes` is the size of the source, `peak_bytes` the most memory the ingesting process ever held;
    `peer_seconds` and `peer_peak_bytes` are the same of DuckDB's bare sort."""

    rows: int
    source_bytes: int
    memory_limit: str
    seconds: float
    peak_bytes: int
    peer_seconds: float
    peer_peak_bytes: int


def run(*, rows: int = 30_000_000, memory_limit: str = "1GB", csv: bool = False) -> Figures:
    """Make the source in a temporary folder, ingest it, and say what that took."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "omop"
        source.mkdir()
        alone(make_source, source, rows, csv)
        seconds, peak = alone(timed_ingest, Path(folder) / "releases", source, memory_limit)
        peer_seconds, peer_peak = alone(timed_sort, source, memory_limit)
        size = sum(path.stat().st_size for path in source.iterdir())
    return Figures(
        rows=rows,
        source_bytes=size,
        memory_limit=memory_limit,
        seconds=seconds,
        peak_bytes=peak,
        peer_seconds=peer_seconds,
        peer_peak_bytes=peer_peak,
    )


def alone(function, *arguments):
    """A function's result, computed in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def timed_ingest(root: Path, source: Path, memory_limit: str) -> tuple[float, int]:
    """Seconds of the ingest and the most memory this process ever held, in bytes."""
    begun = time.perf_counter()
    sources = Sources(omop=source, assume_consent=("GRU",))
    ingest_sources(root, "bench", sources, memory_limit=memory_limit, threads=2, progress=quiet)
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def timed_sort(source: Path, memory_limit: str) -> tuple[float, int]:
    """Seconds and peak memory, in bytes, of sorting the measurements with DuckDB alone."""
    begun = time.perf_counter()
    settings = {"memory_limit": memory_limit, "threads": "2", "temp_directory": str(source.parent / "sort")}
    connection = duckdb.connect(config=settings)
    connection.execute("SET enable_progress_bar = false")
    (file,) = source.glob("measurement.*")
    order = "measurement_concept_id, person_id, measurement_date, measurement_id"
    target = source.parent / "sorted.parquet"
    connection.execute(f"COPY (SELECT * FROM '{file}' ORDER BY {order}) TO '{target}' (COMPRESSION zstd)")
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def quiet(step: str, share: float) -> None:
    """Progress nobody watches."""
    del step, share


def make_source(folder: Path, rows: int, csv: bool) -> None:
    """An OMOP folder of 100,000 persons and `rows` measurements: 500 concepts, 20 years, random order."""
    kind = "csv" if csv else "parquet"
    settings = {"memory_limit": "2GB", "temp_directory": str(folder.parent / "make")}
    connection = duckdb.connect(config=settings)
    connection.execute("SET enable_progress_bar = false")
    for name, query in SOURCE.items():
        query = query.format(persons=PERSONS, rows=rows)
        connection.execute(f"COPY ({query}) TO '{folder / name}.{kind}'")


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=30_000_000)
    arguments.add_argument("--memory", default="1GB")
    arguments.add_argument("--csv", action="store_true")
    chosen = arguments.parse_args()
    show(run(rows=chosen.rows, memory_limit=chosen.memory, csv=chosen.csv))


def show(figures: Figures) -> None:
    """The source, what its ingest took, and what the bare sort took."""
    print(f"{figures.rows:,} measurements of 12 columns, {figures.source_bytes / 1e6:,.0f} MB on disk")
    print(
        f"ingest under {figures.memory_limit}: {figures.seconds:,.1f} s, {figures.rows / figures.seconds:,.0f} rows/s, "
        f"peak memory of the process {figures.peak_bytes / 1e6:,.0f} MB"
    )
    print(
        f"DuckDB's sort alone (peer): {figures.peer_seconds:,.1f} s, {figures.peer_peak_bytes / 1e6:,.0f} MB; "
        f"the ingest takes {figures.seconds / figures.peer_seconds:.1f}x as long"
    )


if __name__ == "__main__":
    main()
