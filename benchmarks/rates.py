"""Prevalence and incidence by month, sex and age: what the series costs beside the cohort, and the same from DuckDB.

    python -m benchmarks.rates --releases var/releases --state /tmp/state [--release ID] [--without-peer]

Times are seconds of wall clock. `cohort` is from the analysed plan to the cohort's rows, or its times at risk, with
nothing kept, its files read for the first time; `warm` the same once more, from memory; `series` is all that follows:
strata, placing people under observation, counting; `again` the same once more. A warm question takes `warm` and
`again` together. The peer is one SQL statement over the same rows and the release's observation periods, in memory, by
as many threads; its numbers must be the same.
"""

import argparse
import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from cohort_dsl import parse
from cohort_dsl.ast import Dimension, DimensionKind, Unit
from engine import EngineSettings, Session
from engine.aggregate import times_at_risk
from engine.aggregate.incidence import TimesAtRisk, count_strata, within
from engine.aggregate.intervals import Split, Window, intervals_of, stays_of
from engine.aggregate.prevalence import place_in_time, prevalence_labels
from engine.catalog.interruption import Interruption
from engine.catalog.observation import ObservedDays, load_observed_days
from engine.execute import Wanted, execute, scan_entries
from engine.kernels.rates import Stays
from engine.logical.analyze import analyze
from engine.logical.incidence import at_risk
from engine.personset import PersonSet
from engine.physical.kleene import evaluate
from engine.physical.planner import plan_cohort
from schemas.series import PrevalenceMeasure

TEXT = """cohort "Courses of a disease"
index condition in concept 320128 with descendants
end 90 days after start
incidence of first condition in concept 201826 with descendants per month
"""
WINDOW = Window(first=datetime.date(2015, 1, 1), last=datetime.date(2019, 12, 31), per=Unit.MONTH)
BY = (Dimension(kind=DimensionKind.SEX), Dimension(kind=DimensionKind.AGE, width=10))

Found = TypeVar("Found")
Rows = dict[tuple[str, ...], tuple[int, ...]]

_MONTHS = """months AS (
    SELECT strftime(opens, '%Y-%m') AS name, opens, opens + INTERVAL 1 MONTH - INTERVAL 1 DAY AS closes
    FROM (SELECT unnest(generate_series(DATE '2015-01-01', DATE '2019-12-01', INTERVAL 1 MONTH)) AS opens)
), named AS (
    SELECT name, (opens::DATE - DATE '1970-01-01')::INTEGER AS opens,
        (closes::DATE - DATE '1970-01-01')::INTEGER AS closes,
        date_part('year', opens) AS year, 32 * date_part('month', opens) + 1 AS month_day,
        datediff('month', DATE '2015-01-01', opens::DATE) AS place
    FROM months
), born AS (
    SELECT person AS id, CASE gender_concept_id WHEN 8507 THEN 'male' WHEN 8532 THEN 'female' ELSE 'unknown' END AS sex,
        date_part('year', birth_date) AS year,
        32 * date_part('month', birth_date) + date_part('day', birth_date) AS month_day
    FROM person
)"""
_BAND = "least(greatest(m.year - b.year - (m.month_day < b.month_day)::INTEGER, 0) // 10, 10)"
_MONTHS_OF = """SELECT DISTINCT person, unnest(range(
        greatest(datediff('month', DATE '2015-01-01', DATE '1970-01-01' + first), 0),
        least(datediff('month', DATE '2015-01-01', DATE '1970-01-01' + last), 59) + 1)) AS place"""
_PREVALENCE = f"""WITH {_MONTHS}, seen AS ({_MONTHS_OF} FROM observed), cases AS ({_MONTHS_OF} FROM stays)
SELECT m.name, b.sex, {_BAND} AS band, count(*) AS observed, count(c.person) AS cases
FROM seen s JOIN named m ON m.place = s.place JOIN born b ON b.id = s.person
    LEFT JOIN cases c ON c.person = s.person AND c.place = s.place
GROUP BY ALL"""
_INCIDENCE = f"""WITH {_MONTHS}
SELECT name, b.sex, {_BAND} AS band, count(DISTINCT t.person) AS at_risk,
    sum(least(last, closes) - greatest(first, opens) + 1)::BIGINT AS days,
    count(DISTINCT CASE WHEN ended AND last <= closes THEN t.person END) AS ill,
    count(*) FILTER (ended AND last <= closes) AS outcomes
FROM stays t JOIN named m ON first <= closes AND last >= opens JOIN born b ON b.id = t.person GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one series, and how many rows it was made from."""

    name: str
    stays: int
    cohort: float
    warm: float
    series: float
    again: float
    peer: float | None


class Bench:
    """One release, and everybody's observation periods."""

    def __init__(self, session: Session, threads: int, *, has_peer: bool) -> None:
        self._session, self._threads, self._has_peer = session, threads, has_peer
        self._analysis = analyze(parse(TEXT), session.dictionaries, {})
        self._targets = tuple(session.targets)
        self._split = Split(BY, session.people)
        self._everybody = PersonSet.all(session.release.persons)

    def prevalence(self) -> Cost:
        session = self._session
        plan = plan_cohort(self._analysis.plan, *self._targets)
        result, cohort, warm = self._cold_and_warm(
            lambda: execute(plan, session.means(session.genotypes), Wanted.MEMBERS)
        )
        observed, reading = _timed(lambda: load_observed_days(session.database, Interruption()))
        cases = stays_of(result.rows.person, result.rows.start, result.rows.end)
        found, series = _timed(lambda: self._prevalence(cases, observed))
        _, again = _timed(lambda: self._prevalence(cases, observed))
        print(f"observation periods are read once a server, in {reading:.2f} s")
        stays = pa.table({"person": cases.person, "first": cases.start, "last": cases.end})
        periods = pa.table({"person": observed.person, "first": observed.start, "last": observed.end})
        peer = self._peer(_PREVALENCE, {"stays": stays, "observed": periods}, found)
        return Cost("prevalence", cases.person.size, cohort, warm, series, again, peer)

    def incidence(self) -> Cost:
        asked = self._analysis.incidence
        assert asked is not None
        plan = at_risk(self._analysis.plan, asked)

        def times() -> TimesAtRisk:
            session = self._session
            entries = scan_entries(plan_cohort(plan, *self._targets), session.means(session.genotypes))
            ended = evaluate(plan.rules[0].condition, entries.truth, len(entries))
            return times_at_risk(entries, ended, self._everybody)

        every, cohort, warm = self._cold_and_warm(times)
        found, series = _timed(lambda: self._incidence(every))
        _, again = _timed(lambda: self._incidence(every))
        columns = {"person": every.person, "first": every.start, "last": every.end, "ended": every.outcome}
        peer = self._peer(_INCIDENCE, {"stays": pa.table(columns)}, found)
        return Cost("incidence", every.person.size, cohort, warm, series, again, peer)

    def _cold_and_warm(self, work: Callable[[], Found]) -> tuple[Found, float, float]:
        """What it gives, and its seconds at first and once more, with nothing kept of questions."""
        self._session.kept.clear()
        _, cold = _timed(work)
        self._session.kept.clear()
        found, warm = _timed(work)
        return found, cold, warm

    def _prevalence(self, cases: Stays, observed: ObservedDays) -> Rows:
        raw = place_in_time(
            cases,
            stays_of(observed.person, observed.start, observed.end),
            self._everybody,
            intervals=intervals_of(WINDOW, PrevalenceMeasure.PERIOD),
            strata=self._split.strata(),
            labels=prevalence_labels(WINDOW.names, self._split.labels),
        )
        counts = raw.count_all().tolist()
        found = zip(raw.labels[::2], counts[::2], counts[1::2], strict=True)
        return {label[:-1]: (others + cases, cases) for label, others, cases in found if others + cases}

    def _incidence(self, times: TimesAtRisk) -> Rows:
        return {
            (name, *label): (each.at_risk, each.days, each.with_outcome, each.outcomes)
            for name, label, each in count_strata(within(times, WINDOW), WINDOW, self._split)
        }

    def _peer(self, sql: str, tables: dict[str, pa.Table], ours: Rows) -> float | None:
        """Seconds of the same by one statement; stops the program unless its numbers are ours."""
        if not self._has_peer:
            return None
        connection = duckdb.connect()
        connection.execute(f"SET threads = {self._threads}")
        connection.execute("CREATE TABLE person AS FROM read_parquet($path)", {"path": self._person_file()})
        for name, table in tables.items():
            connection.register("given", table)
            connection.execute(f"CREATE TABLE {name} AS FROM given")
        answer, seconds = _timed(lambda: connection.execute(sql).fetchall())
        bands = self._split.words[1]
        theirs = {(name, sex, bands[int(band)]): tuple(numbers) for name, sex, band, *numbers in answer}
        if theirs != ours:
            raise SystemExit("the peer's numbers are others")
        return seconds

    def _person_file(self) -> str:
        return str(self._session.release.path / "person.parquet")


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    started = time.perf_counter()
    found = work()
    return found, time.perf_counter() - started


def show(costs: list[Cost]) -> None:
    """Print a line a series."""
    print(f"{'':12} {'rows':>11}" + "".join(f"{name:>9}" for name in ("cohort", "warm", "series", "again", "DuckDB")))
    for cost in costs:
        seconds = (cost.cohort, cost.warm, cost.series, cost.again, cost.peer)
        shown = ("" if each is None else f"{each:.2f}" for each in seconds)
        print(f"{cost.name:12} {cost.stays:11,}" + "".join(f"{each:>9}" for each in shown))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--releases", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--release", default=None)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    settings = EngineSettings(
        releases=given.releases, state=given.state, release_id=given.release, threads=given.threads
    )
    session = Session.open(settings)
    try:
        session.warm()
        bench = Bench(session, given.threads, has_peer=not given.without_peer)
        print(f"{session.release.persons:,} persons, {len(WINDOW.names)} months by sex and age")
        show([bench.prevalence(), bench.incidence()])
    finally:
        session.close()


if __name__ == "__main__":
    main()
