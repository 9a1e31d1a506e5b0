"""A question that runs away is stopped in time, is charged, and leaves its memory free."""

import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from cohort_dsl import parse
from engine.catalog.database import Database
from engine.catalog.interruption import Interruption
from engine.disclosure.request import Principal
from engine.execute import Wanted, execute
from engine.execute.run import Run
from engine.logical.analyze import analyze
from engine.physical.planner import plan_cohort
from engine.pipeline import Request, count
from engine.session import EngineSettings, Session
from schemas.errors import InternalError, TooExpensive
from schemas.policy import AccessTier, Precision
from tests.lib.random_release import random_release

RUNAWAY = "SELECT count(*) AS n FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3"
"""Some hours of work."""
IN_TIME = 20.0
"""Seconds: far more than stopping takes on a busy machine, far less than the work does."""


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    root = tmp_path_factory.mktemp("interruption")
    random_release(root, 0)
    opened = Session.open(EngineSettings(releases=root, state=root / "state"))
    yield opened
    opened.close()


def held_bytes(database: Database) -> int:
    ((held,),) = database.rows("SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory()")
    return int(str(held))


def stopped(session: Session, stop: Interruption, sql: str = RUNAWAY) -> str:
    started = time.monotonic()
    with pytest.raises(TooExpensive) as problem:
        session.database.columns(sql, {}, stop=stop)
    assert time.monotonic() - started < IN_TIME
    return problem.value.code


def test_the_database_stops_at_the_limit(session):
    stop = Interruption()
    stop.limit(0.2)
    assert stopped(session, stop) == "time-limit"


def test_the_database_stops_when_nobody_waits_any_more(session):
    stop = Interruption()
    threading.Timer(0.2, stop.interrupt).start()
    assert stopped(session, stop) == "time-limit"


def test_what_a_stopped_query_held_is_free(session):
    before = held_bytes(session.database)
    stop = Interruption()
    stop.limit(1.0)
    hungry = "SELECT a.range AS n, list(b.range) FROM range(100000000) a, range(1000) b GROUP BY a.range ORDER BY 1"
    stopped(session, stop, hungry)
    assert held_bytes(session.database) <= before + (1 << 20)
    assert session.database.rows("SELECT 1") == [(1,)]


def test_a_stop_is_not_called_after_its_block():
    stop, called = Interruption(), []
    with stop.stopping(lambda: called.append(1)):
        pass
    stop.interrupt()
    assert not called
    with pytest.raises(TooExpensive), stop.stopping(lambda: called.append(1)):
        called.append(2)
    assert not called


@pytest.mark.parametrize("wanted", Wanted)
def test_a_plan_given_up_keeps_nothing_half_done(session, wanted):
    plan = analyze(parse('cohort "x"\nindex condition in concept 1\ninclude "y" when age at index > 3'),
                   session.dictionaries, {}).plan  # fmt: skip
    stop = Interruption()
    stop.interrupt()
    means = session.means(session.genotypes)
    with pytest.raises(TooExpensive):
        execute(plan_cohort(plan, "duckdb"), means, wanted, stop=stop)
    assert execute(plan_cohort(plan, "duckdb"), means, wanted).rows.person.size


@pytest.mark.parametrize("wanted", Wanted)
def test_who_keeps_the_error_of_a_plan_given_up_keeps_none_of_its_values(session, wanted):
    plan = analyze(parse('cohort "x"\nindex condition in concept 1'), session.dictionaries, {}).plan
    stop = Interruption()
    stop.interrupt()
    with pytest.raises(TooExpensive) as given_up:
        execute(plan_cohort(plan, "duckdb"), session.means(session.genotypes), wanted, stop=stop)
    files = {Path(frame.f_code.co_filename) for frame, _ in traceback.walk_tb(given_up.value.__traceback__)}
    assert Path(execute.__code__.co_filename) in files
    assert Path(Run.result.__code__.co_filename) not in files


def test_a_question_given_up_is_charged_and_logged_like_one_that_failed(session):
    principal = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)
    request = Request(
        cohort=parse('cohort "x"\nindex everyone\ninclude "old" when age at index >= 41'),
        principal=principal,
        precision=Precision.COARSE,
    )
    stop = Interruption()
    stop.interrupt()
    before = {balance.kind: balance.spent for balance in session.budget(principal)}
    with pytest.raises(InternalError) as problem:
        count(session, replace(request, stop=stop))
    assert problem.value.code == "question-stopped", "that time ran out depends on people, and is not told"
    after = {balance.kind: balance.spent for balance in session.budget(principal)}
    assert all(after[kind] > before[kind] for kind in before)
    assert count(session, request).receipt.charged > 0, "nothing was answered, so nothing is free"
