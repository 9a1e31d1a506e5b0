"""Whoever answers the questions: our targets, each by itself or as the service uses them, and OHDSI's SQL."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import duckdb
import numpy as np

from benchmarks.editing import edited
from benchmarks.official import compile_official
from benchmarks.scale.peer import native_tables
from benchmarks.scale.questions import Case
from cohort_dsl import parse
from cohort_dsl.circe import from_circe
from engine import EngineSettings, Session
from engine.catalog.database import Database
from engine.catalog.interruption import Interruption
from engine.catalog.release import open_release
from engine.execute import Means, Record, Target, Wanted, execute
from engine.logical.analyze import analyze
from engine.logical.nodes import CohortPlan
from engine.physical.entries import CohortResult
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import DuckDBTarget
from engine.targets.polars import PolarsTarget
from schemas.errors import InternalError, TooExpensive

ENGINES = ("kernels", "duckdb", "polars", "official")


class TooSlow(Exception):
    """A question that was given up after the seconds it might take."""


class CannotAnswer(Exception):
    """A question whose SQL the engine refuses, or for which its memory is too small."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: people, rows, and a digest of all of them, empty where an engine's rows have another order."""

    persons: int
    rows: int
    digest: str = ""


class Engine(Protocol):
    """Answers questions; `ask` is what is timed, and what it returns tells afterwards what was found."""

    def can(self, case: Case) -> bool:
        """Whether the engine has words for it."""
        ...

    def ask(self, case: Case, seconds: float) -> Callable[[], Found]:
        """Answer from the text; raises `TooSlow` after so many seconds, or `CannotAnswer`."""
        ...

    def read(self, case: Case) -> None:
        """Only read and analyse the text; nothing where that is not ours."""
        ...

    def edits(self, case: Case, seconds: float) -> Iterator[Callable[[], object]]:
        """The case with one criterion changed, over and over; each is to be called once."""
        ...

    def forget(self) -> None:
        """Let go of answers kept."""
        ...

    def close_files(self) -> None:
        """Let go of files kept in own memory, so that a cold question reads them."""
        ...

    def events(self, case: Case) -> int:
        """Events that the planner thinks have to be looked at; 0 where it is not ours."""
        ...

    def exact(self, case: Case) -> int | None:
        """People by the same definition in the mode that promises OHDSI's answer; absent where that cannot be said."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


@contextmanager
def opened(name: str, releases: Path, release_id: str, state: Path, threads: int) -> Iterator[Engine]:
    """An engine of `ENGINES` over a release, warmed."""
    engine: Engine
    if name == "official":
        engine = Official(releases, release_id, state, threads)
    else:
        settings = EngineSettings(releases=releases, state=state, release_id=release_id, threads=threads)
        session = Session.open(settings)
        session.warm()
        targets: Mapping[str, Target] = session.targets
        if name == "polars":
            targets = {"polars": PolarsTarget(session.release)}
        elif name == "duckdb":
            targets = {"duckdb": session.targets["duckdb"]}
        engine = Ours(session, targets, threads)
    try:
        yield engine
    finally:
        engine.close()


class Ours:
    """Our engine with some of its targets, the first preferred."""

    def __init__(self, session: Session, targets: Mapping[str, Target], threads: int) -> None:
        self._session = session
        self._threads = threads
        self._targets = tuple(targets)
        self._means: Means = replace(session.means(session.genotypes), targets=targets)

    def can(self, case: Case) -> bool:  # noqa: ARG002
        return True

    def ask(self, case: Case, seconds: float) -> Callable[[], Found]:
        result = self._run(self._plan(case), seconds)
        return lambda: _described(result)

    def read(self, case: Case) -> None:
        self._plan(case)

    def edits(self, case: Case, seconds: float) -> Iterator[Callable[[], object]]:
        def run(changed: CohortPlan) -> None:
            self._plan(case)  # an edited text is read anew, and is about as long
            self._run(changed, seconds)

        for changed in edited(self._plan(case)):
            yield lambda changed=changed: run(changed)

    def forget(self) -> None:
        self._session.kept.clear()

    def close_files(self) -> None:
        if self._targets[0] != "duckdb":
            return
        database = Database(self._session.release, threads=self._threads)
        self._means = replace(self._means, targets={"duckdb": DuckDBTarget(database)})

    def events(self, case: Case) -> int:
        self.forget()
        record = Record()
        plan = plan_cohort(self._plan(case), *self._targets)
        execute(plan, self._means, Wanted.MEMBERS, record=record)
        return sum(node.estimated.events for node in record.nodes if node.estimated and node.milliseconds is not None)

    def exact(self, case: Case) -> int | None:
        if case.circe is None:
            return None
        plan = analyze(from_circe(case.circe).cohort, self._session.dictionaries, {}).plan
        return _described(self._run(plan, 60)).persons

    def close(self) -> None:
        self._session.close()

    def _plan(self, case: Case) -> CohortPlan:
        return analyze(parse(case.text), self._session.dictionaries, {}).plan

    def _run(self, plan: CohortPlan, seconds: float) -> CohortResult:
        stop = Interruption()
        stop.limit(seconds)
        try:
            return execute(plan_cohort(plan, *self._targets), self._means, Wanted.MEMBERS, stop=stop)
        except TooExpensive as refusal:
            raise TooSlow from refusal
        except InternalError as fault:
            if isinstance(fault.__cause__, duckdb.OutOfMemoryException):
                raise CannotAnswer("more memory than a server allows it") from fault
            raise


def _described(result: CohortResult) -> Found:
    rows = result.rows
    order = np.lexsort((rows.end, rows.start, rows.person))
    digest = hashlib.sha256()
    for column in (rows.person.astype(np.uint32), rows.start.astype(np.int32), rows.end.astype(np.int32)):
        digest.update(column[order].tobytes())
    return Found(int(np.unique(rows.person).size), len(rows), digest.hexdigest()[:16])


class Official:
    """OHDSI's SQL on DuckDB's own tables. Its compiler's time does not count."""

    def __init__(self, releases: Path, release_id: str, state: Path, threads: int) -> None:
        self._file = state / f"{release_id}.duckdb"
        self._release = open_release(releases, release_id)
        self._threads = threads
        self._sql: dict[str, str] = {}
        self._connection = native_tables(self._release, self._file, threads)

    def prepare(self, cases: tuple[Case, ...]) -> None:
        """Compile all of them beforehand."""
        asked = {case.number: case.circe for case in cases if case.circe is not None}
        compiled = compile_official(asked).sql
        self._sql = {circe: compiled[number] for number, circe in asked.items() if number in compiled}

    def can(self, case: Case) -> bool:
        return case.circe is not None and case.circe in self._sql

    def ask(self, case: Case, seconds: float) -> Callable[[], Found]:
        assert case.circe is not None
        cursor = self._connection.cursor()
        timer = threading.Timer(seconds, cursor.interrupt)
        timer.start()
        try:
            cursor.execute(self._sql[case.circe])
        except duckdb.InterruptException as refusal:
            raise TooSlow from refusal
        except (duckdb.BinderException, duckdb.ParserException) as refusal:
            raise CannotAnswer(str(refusal).splitlines()[0]) from refusal
        finally:
            timer.cancel()
        return lambda: self._found(case.number)

    def read(self, case: Case) -> None:
        """Compiled beforehand."""

    def edits(self, case: Case, seconds: float) -> Iterator[Callable[[], object]]:  # noqa: ARG002
        return iter(())

    def forget(self) -> None:
        """It keeps nothing but pages of its tables, which a warm question may find."""

    def close_files(self) -> None:
        self._connection.close()
        self._connection = native_tables(self._release, self._file, self._threads)

    def events(self, case: Case) -> int:  # noqa: ARG002
        return 0

    def exact(self, case: Case) -> int | None:  # noqa: ARG002
        return None

    def close(self) -> None:
        self._connection.close()

    def _found(self, number: int) -> Found:
        query = "SELECT count(DISTINCT subject_id), count(*) FROM cohort WHERE cohort_definition_id = ?"
        row = self._connection.cursor().execute(query, [number]).fetchone()
        assert row is not None
        return Found(int(row[0]), int(row[1]))
