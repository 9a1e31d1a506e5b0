"""The results of a run over one release: kept as JSON beside the page made from them."""

import json
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path

from benchmarks.scale.engines import ENGINES
from benchmarks.scale.measure import SERVICE
from benchmarks.scale.record import Row

FOLDER = Path("docs/understand/scale-speed")
_POOLED = 5
"""Warm turns of each question that count among all, so that none weighs more than another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All questions of an engine on so many cores: seconds of their warm turns together, the median of the cold ones,
    and the most memory, in bytes."""

    engine: str
    cores: int
    answered: int
    given_up: int
    p50: float
    p95: float
    p99: float
    cold_p50: float | None
    peak: int
    anon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Rows with where they come from: `machine` says what it is, `data` the release's size and bytes, `bandwidth` the
    bytes a second that so many cores read from memory."""

    machine: Mapping[str, str]
    data: Mapping[str, str | float]
    bandwidth: Mapping[int, float]
    rows: tuple[Row, ...] = field(repr=False)

    @staticmethod
    def read(name: str) -> "Results | None":
        """Of the last run over a release, by `name`; absent when there was none."""
        path = FOLDER / f"{name}.json"
        if not path.is_file():
            return None
        found = json.loads(path.read_text())
        return Results(
            machine=found["machine"],
            data=found["data"],
            bandwidth={int(cores): value for cores, value in found["bandwidth"].items()},
            rows=tuple(map(Row.from_json, found["rows"])),
        )

    @staticmethod
    def all() -> "list[Results]":
        """Of every release measured, the one with the most events first."""
        names = (path.stem for path in FOLDER.glob("release-*.json"))
        found = [results for name in names if (results := Results.read(name)) is not None]
        return sorted(found, key=lambda results: -results.events)

    def write(self) -> None:
        """Replace those of the last run over this release."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        found = {
            "machine": self.machine,
            "data": self.data,
            "bandwidth": self.bandwidth,
            "totals": [asdict(own) for own in self.totals()],
            "shares_of_bandwidth": {
                cores: {row.number: round(self.share_of_bandwidth(row), 4) for row in self.of(SERVICE, cores)}
                for cores in self.bandwidth
            },
            "rows": [row.to_json() for row in self.rows],
        }
        (FOLDER / f"{self.name}.json").write_text(json.dumps(found, indent=1) + "\n")

    @property
    def name(self) -> str:
        """Of its file."""
        return f"release-{self.data['release']}"

    @property
    def persons(self) -> int:
        return int(self.data["persons"])

    @property
    def events(self) -> int:
        return int(self.data["events"])

    @property
    def cores(self) -> tuple[int, ...]:
        """On how many cores questions were asked."""
        return tuple(sorted({row.cores for row in self.rows}))

    @property
    def engines(self) -> tuple[str, ...]:
        """Those that were asked."""
        return tuple(name for name in ENGINES if any(row.engine == name for row in self.rows))

    def of(self, engine: str, cores: int, *, whole: bool = True) -> list[Row]:
        """The rows of an engine: whole questions, or what of them OHDSI's definitions can say."""
        own = [row for row in self.rows if row.engine == engine and row.cores == cores]
        return [row for row in own if row.is_whole] if whole else own

    def row(self, engine: str, cores: int, number: int, *, is_whole: bool = True) -> Row | None:
        """One row, absent where it was not measured."""
        found = (
            row for row in self.of(engine, cores, whole=False) if row.number == number and row.is_whole == is_whole
        )
        return next(found, None)

    def pooled(self, engine: str, cores: int) -> list[float]:
        """Seconds of warm turns of all whole questions, as many of each, ascending."""
        turns = [
            second for row in self.of(engine, cores) for second in islice(cycle(row.warm or (row.seconds,)), _POOLED)
        ]
        return sorted(turns)

    def edits(self, cores: int) -> list[float]:
        """Seconds of all edits, ascending."""
        return sorted(second for row in self.of(SERVICE, cores) for second in row.edits)

    def ratios(self, engine: str, cores: int) -> Iterator[tuple[Row, Row, float]]:
        """Our row, the other's and how many times longer it took, for every case that one of them at least answered."""
        for theirs in self.of(engine, cores, whole=False):
            ours = self.row(SERVICE, cores, theirs.number, is_whole=theirs.is_whole)
            if ours is not None and not (ours.over and theirs.over):
                yield ours, theirs, theirs.seconds / ours.seconds

    def geometric_mean(self, engine: str, cores: int) -> float:
        """Of the ratios."""
        ratios = [ratio for *_, ratio in self.ratios(engine, cores)]
        return statistics.geometric_mean(ratios) if ratios else float("nan")

    def totals(self) -> list[Totals]:
        """Of every engine on every number of cores that it was asked on."""
        asked = [(engine, cores) for engine in self.engines for cores in self.cores]
        return [self._total(*one) for one in asked if self.of(*one, whole=False)]

    def _total(self, engine: str, cores: int) -> Totals:
        rows = self.of(engine, cores, whole=False)
        ordered = self.pooled(engine, cores) if engine != "official" else sorted(row.seconds for row in rows)
        cold = [row.cold for row in rows if row.cold is not None]
        p50, p95, p99 = (quantile(ordered, share) for share in (0.5, 0.95, 0.99))
        return Totals(
            engine=engine,
            cores=cores,
            answered=len(rows),
            given_up=sum(row.over is not None for row in rows),
            p50=p50,
            p95=p95,
            p99=p99,
            cold_p50=statistics.median(cold) if cold else None,
            peak=max(row.peak for row in rows),
            anon=max(row.anon for row in rows),
        )

    def share_of_bandwidth(self, row: Row) -> float:
        """What a question touches in a second, of what so many cores read from memory in one."""
        return row.touched / row.seconds / self.bandwidth[row.cores]

    def differing(self) -> list[str]:
        """Cases to which one of our targets gives other people or rows than the kernels, and where OHDSI's SQL finds
        other people than we do by the same definition in its mode; nothing of such a run is to be believed."""
        found = []
        for row in self.rows:
            ours = self.row(SERVICE, row.cores, row.number, is_whole=row.is_whole)
            if ours is None or row.over is not None or ours.over is not None or row is ours:
                continue
            if row.engine == "official":
                is_same = ours.exact is None or ours.exact == row.persons
                expected = f"{ours.exact} people in its mode"
            else:
                is_same = (ours.persons, ours.rows, ours.digest) == (row.persons, row.rows, row.digest)
                expected = f"{ours.persons} people, {ours.rows} rows"
            if not is_same:
                found.append(f"{row.engine}, {row.title}: {row.persons} people, {row.rows} rows; kernels {expected}")
        return list(dict.fromkeys(found))


def quantile(ordered: list[float], share: float) -> float:
    """The smallest of the ascending values that `share` of all do not exceed; NaN of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
