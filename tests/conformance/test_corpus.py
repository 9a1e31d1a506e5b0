"""The people and dates of OHDSI's own SQL, on the shared corpus of cohort definitions.

Here a share of the definitions runs on every target; `make conformance` runs all of them.
"""

from pathlib import Path

import pytest

from tests.conformance.__main__ import run

REFUSED = {900012}
"""Names a concept set that the definition does not hold, so that nobody can say what it means."""


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


@pytest.mark.parametrize(
    ("dataset", "target", "every"),
    [
        ("synthea27nj", "reference", 10),
        ("synthea27nj", "duckdb", 2),
        ("synthea27nj", "polars", 2),
        ("synthea1k", "duckdb", 2),
        ("synthea1k", "polars", 2),
        ("gibleed", "duckdb", 2),
        ("gibleed", "polars", 2),
        ("synth10k", "duckdb", 1),
        ("synth10k", "polars", 2),
        ("synthea27nj", "kernels", 1),
        ("synthea1k", "kernels", 1),
        ("gibleed", "kernels", 1),
        ("synth10k", "kernels", 1),
    ],
)
def test_definitions_give_the_rows_of_ohdsi_s_sql(
    shared: Path, releases: Path, dataset: str, target: str, every: int
) -> None:
    tally = run(shared, [dataset], [target], every, releases)
    unexpected = [line for line in tally.failures if not any(f" {number}: refused" in line for number in REFUSED)]
    assert unexpected == []
