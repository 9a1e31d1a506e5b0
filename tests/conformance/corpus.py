"""The shared corpus of OHDSI cohort definitions, and what OHDSI's own SQL gives on each data set."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

DATASETS = ("gibleed", "synthea27nj", "synthea1k", "synth10k", "synth100k")
_RECOMPUTED = Path(__file__).with_name("recomputed.json")

Row = tuple[int, str, str]
"""Source person id, first and last day in ISO form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One cohort definition: its Circe JSON and the features it uses."""

    cohort_id: int
    expression: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What OHDSI's SQL gives: digests of rows and of persons, and inclusion statistics.

    `row_digests` holds more than one where the SQL depends on the order of rows; `loose` where only the persons are
    settled. `statistics` are [mode, rule, passed, gain, total] and `patterns` [mode, mask, count]; absent where the
    data set has none. `recomputed` is the digest of OHDSI's SQL run anew, for the few definitions whose recorded
    digest is not what that SQL gives on the data as shipped, or depends on the order of rows without saying so
    (`recomputed.json` names the package it was made with).
    """

    row_digests: frozenset[str]
    person_digest: str
    persons: int
    loose: bool
    statistics: tuple[tuple[int, ...], ...] | None
    patterns: tuple[tuple[int, ...], ...] | None
    recomputed: str | None

    def accepts(self, rows: list[Row]) -> bool:
        """Whether the rows, in order, are those of OHDSI's SQL."""
        return row_digest(rows) in self.row_digests or (self.loose and person_digest(rows) == self.person_digest)


def definitions(shared: Path) -> dict[int, Definition]:
    """Every definition of the corpus by id."""
    folder = shared / "data" / "circe"
    with gzip.open(folder / "features.json.gz", "rt") as file:
        features = {int(key): tuple(value["features"]) for key, value in json.load(file).items()}
    found = {}
    with gzip.open(folder / "definitions.jsonl.gz", "rt") as file:
        for line in file:
            raw = json.loads(line)
            number = int(raw["cohort_id"])
            found[number] = Definition(
                cohort_id=number, expression=json.dumps(raw["expression"]), features=features.get(number, ())
            )
    return found


def expected(shared: Path, dataset: str) -> dict[int, Expected]:
    """What OHDSI's SQL gives on the data set, by definition."""
    folder = shared / "data" / "circe" / "expected"
    if dataset == "synth100k":
        recorded = pl.read_csv(folder / "synth100k.csv")
    else:
        recorded = pl.read_parquet(folder / "oracle.parquet").filter(pl.col("dataset") == dataset)
    anew = _recomputed(dataset)
    return {row["cohort_id"]: _expected(row, anew.get(row["cohort_id"])) for row in recorded.iter_rows(named=True)}


def _recomputed(dataset: str) -> dict[int, str]:
    return {int(number): digest for number, digest in json.loads(_RECOMPUTED.read_text()).get(dataset, {}).items()}


def _expected(row: dict[str, object], recomputed: str | None) -> Expected:
    digests = (row["digest"], row.get("digest_tie_asc"), row.get("digest_tie_desc"))
    return Expected(
        row_digests=frozenset(str(digest) for digest in digests if digest),
        person_digest=str(row["person_digest"]),
        persons=int(str(row["persons"])),
        loose=row["deterministic"] is False,
        statistics=_numbers(row.get("inclusion_stats")),
        patterns=_numbers(row.get("inclusion_result")),
        recomputed=recomputed,
    )


def _numbers(text: object) -> tuple[tuple[int, ...], ...] | None:
    return None if not text else tuple(sorted(tuple(line) for line in json.loads(str(text))))


def row_digest(rows: Iterable[Row]) -> str:
    """SHA-256 over the rows, one a line, as the corpus defines it."""
    return _sha256(f"{person}|{start}|{end}\n" for person, start, end in rows)


def person_digest(rows: Iterable[Row]) -> str:
    """SHA-256 over the distinct persons in order, one a line."""
    return _sha256(f"{person}\n" for person in sorted({person for person, _, _ in rows}))


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()
