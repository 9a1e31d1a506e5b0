"""What the committee and operators see, who else does not, and what is never in it."""

import datetime
import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.auth import open_local_tokens
from api.operations.alarms import LATE, clock_alarms, late_alarms, room_alarms
from api.operations.examining import Examining
from api.operations.room import Room
from api.operations.state import Oversight
from api.service import Service
from api.settings import ServerSettings
from engine import ClockRecord, LogReport, LogWatch, Operator, Principal, record_clock
from engine.disclosure.ledger import Ledger
from engine.disclosure.years import KOREA
from schemas.errors import DataProblem
from schemas.policy import AccessTier
from schemas.wire.operations import OperationsAnswer
from tests.api.conftest import ADULTS
from tests.disclosure.backup_world import claim
from tests.lib.oversight import state_of
from tests.lib.policies import wide_policy
from tests.lib.servers import application
from tests.lib.waiting import until
from tests.operations.conftest import As


def test_only_those_named_see_it(as_user: As, watched: TestClient) -> None:
    for user in ("member", "other", "operator"):
        assert as_user(user).get("/v1/operations").status_code == 200
    refused = as_user("researcher").get("/v1/operations")
    assert (refused.status_code, refused.json()["code"]) == (403, "operations-role")
    for near in ("member other", "mem", "MEMBER"):
        assert as_user(near).get("/v1/operations").status_code == 403
    assert watched.get("/v1/operations").status_code == 401
    assert watched.get("/operations").status_code == 200


def test_everybody_is_told_their_own_roles(as_user: As) -> None:
    """By which a page shows the way here."""
    roles = {user: as_user(user).get("/v1/budget").json()["roles"] for user in ("member", "operator", "researcher")}
    assert roles == {"member": ["committee"], "operator": ["operator"], "researcher": []}


def test_a_project_is_there_with_what_it_spent(as_user: As, watched: TestClient) -> None:
    asked = as_user("researcher", "counted").post("/v1/cohorts/count", json={"text": ADULTS}).json()
    state = state_of(watched.app.state.service)
    (project,) = (each for each in state.projects if each.project == "counted")
    assert project.spent == asked["charged"] > 0
    assert project.answered == 1
    assert project.refused == project.failed == 0
    assert project.cap == asked["remaining_budget"][0]["cap"]
    assert project.tier is not None
    assert project.tier.value == "registered"


def test_it_says_what_is_in_force_and_what_comes(watched: TestClient) -> None:
    state = state_of(watched.app.state.service)
    assert [release.release for release in state.releases if release.in_service] == ["small"]
    policy = watched.get("/v1/policy").json()
    assert (state.policy_version, state.policy_sha256) == (policy["version"], policy["sha256"])
    assert len(state.phases) == len(policy["grants"])
    assert {phase.in_force for phase in state.phases} == {True, False}
    dated = [phase.start for phase in state.phases if phase.start is not None]
    assert dated == sorted(dated)


def test_used_up_budgets_and_refusals_are_alarms(settings: ServerSettings, tmp_path: Path) -> None:
    policy = wide_policy(tmp_path)
    policy.write_text(policy.read_text().replace("project = 0.5", "project = 0.003"))
    own = settings.model_copy(update={"state": tmp_path / "state", "policy": policy})
    spender = Principal(user="u", project="spent", institution="i", tier=AccessTier.REGISTERED)
    headers = {"authorization": f"Bearer {open_local_tokens(own.state).issue(spender, hours=1)}"}
    with TestClient(application(own), headers=headers) as client:
        statuses = [
            client.post("/v1/cohorts/count", json={"text": ADULTS.replace("20", str(age))}).status_code
            for age in (20, 30, 40)
        ]
        state = state_of(client.app.state.service)
    assert statuses == [200, 200, 409]
    (project,) = state.projects
    assert (project.answered, project.refused, project.cap) == (2, 1, 3_000_000)
    assert {(alarm.kind, alarm.about) for alarm in state.alarms} >= {
        ("budget-low", "spent"),
        ("budget-refused", "spent"),
    }


def test_nothing_is_about_a_person_a_user_or_a_question(as_user: As, watched: TestClient) -> None:
    as_user("a-very-special-user", "private").post("/v1/cohorts/count", json={"text": ADULTS})
    text = state_of(watched.app.state.service).model_dump_json()
    for secret in ("a-very-special-user", "institute", "Adults", "first visit"):
        assert secret not in text
    fields = set(json.loads(text)["projects"][0])
    assert fields == {"project", "tier", "spent", "cap", "answered", "refused", "failed", "last"}


@pytest.fixture
def apart(as_user: As, watched: TestClient, settings: ServerSettings, tmp_path: Path) -> Service:
    """The service over a state folder of its own, in which an answer was given."""
    as_user("researcher", "changed").post("/v1/cohorts/count", json={"text": ADULTS})
    state = tmp_path / "state"
    shutil.copytree(settings.state, state, ignore=shutil.ignore_patterns("temporary", "runs"))
    service: Service = watched.app.state.service
    return replace(service, settings=service.settings.model_copy(update={"state": state}))


@contextmanager
def tampering(service: Service) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(service.settings.state / "ledger.sqlite")) as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {trigger}")
        yield database
        database.commit()


def is_alarmed(answer: OperationsAnswer) -> bool:
    return any(alarm.kind == "audit" and alarm.severity == "critical" for alarm in answer.alarms)


def test_a_log_that_was_changed_before_is_an_alarm(apart: Service) -> None:
    with tampering(apart) as database:
        database.execute("update audit set entry = entry || ' ' where number = 1")
    answer = state_of(apart)
    assert answer.audit.findings
    assert is_alarmed(answer)


def test_a_log_cut_short_is_an_alarm_within_a_minute(apart: Service) -> None:
    now = [0.0]
    oversight = Oversight(apart, clock=lambda: now[0])
    oversight.examine_whole()
    assert not is_alarmed(oversight.state())
    with tampering(apart) as database:
        database.execute("delete from audit where number = (select max(number) from audit)")
    now[0] = 61.0
    assert is_alarmed(oversight.state())


def test_an_old_entry_rewritten_is_an_alarm_once_all_were_examined(apart: Service) -> None:
    watch = LogWatch(apart.settings.state)
    examining = Examining(watch, every=0.05)
    examining.start()
    try:
        until(lambda: watch.look() is not None)
        assert found(watch) == []
        with tampering(apart) as database:
            database.execute("update audit set entry = entry || ' ' where number = 1")
        until(lambda: found(watch) == ["edited"])
    finally:
        examining.stop()


def test_a_log_that_cannot_be_read_for_a_while_is_examined_again(
    apart: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watch, file = LogWatch(apart.settings.state), apart.settings.state / "ledger.sqlite"
    file.rename(tmp_path / "aside")
    examining = Examining(watch, every=0.05)
    with caplog.at_level(logging.ERROR, logger="kohort.operations"):
        examining.start()
        try:
            until(lambda: bool(caplog.records))
            (tmp_path / "aside").rename(file)
            until(lambda: watch.look() is not None)
        finally:
            examining.stop()
    assert caplog.records[0].getMessage() == "the log of answers cannot be examined: audit-unreadable"


def test_a_fault_of_ours_does_not_end_the_watch(apart: Service, caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(LogWatch):
        tries = 0

        def examine_whole(self, rest: Callable[[], None] = lambda: None) -> LogReport:
            self.tries += 1
            raise ZeroDivisionError("person 7")

    watch = Faulty(apart.settings.state)
    examining = Examining(watch, every=0.05)
    examining.start()
    try:
        until(lambda: watch.tries > 1)
    finally:
        examining.stop()
    assert "ZeroDivisionError in examine_whole" in caplog.text
    assert "person 7" not in caplog.text


def test_one_that_was_not_begun_is_not_waited_for(apart: Service) -> None:
    examining = Examining(LogWatch(apart.settings.state))
    examining.wait_for_first(60.0)
    examining.stop()


def test_an_examination_ends_with_the_server(apart: Service) -> None:
    class Endless(LogWatch):
        def examine_whole(self, rest: Callable[[], None] = lambda: None) -> LogReport:
            while True:
                rest()

    examining = Examining(Endless(apart.settings.state))
    examining.start()
    examining.stop()
    examining.wait_for_first(10.0)


def found(watch: LogWatch) -> list[str]:
    watched = watch.look()
    assert watched is not None
    return [finding.kind.value for finding in watched.report.findings]


def test_until_all_entries_were_examined_nothing_is_said_of_them(apart: Service) -> None:
    oversight = Oversight(apart)
    answer = oversight.state()
    assert (answer.audit.examined, answer.audit.whole, answer.audit.findings) == (None, None, [])
    assert answer.audit.entries > 0
    oversight.examine_whole()
    answer = oversight.state()
    assert answer.audit.whole is not None
    assert answer.audit.examined is not None
    assert answer.audit.entries == answer.audit.whole_entries > 0


def test_a_server_examines_all_entries_when_it_starts(as_user: As) -> None:
    answer = OperationsAnswer.model_validate(as_user("operator").get("/v1/operations").json())
    assert answer.audit.whole is not None


def test_all_entries_examined_long_ago_is_an_alarm() -> None:
    now = datetime.datetime(2026, 11, 30, 9, tzinfo=datetime.UTC)
    assert list(late_alarms(now - LATE, now)) == []
    (alarm,) = late_alarms(now - LATE - datetime.timedelta(minutes=1), now)
    assert (alarm.kind, alarm.severity) == ("log-unexamined", "warning")
    assert alarm.message.endswith("2026-11-30 05:59+00:00")


def kinds(answer: OperationsAnswer) -> dict[str, str]:
    return {alarm.kind: alarm.severity for alarm in answer.alarms}


def test_a_clock_that_was_ahead_is_an_alarm_and_its_record_another(apart: Service) -> None:
    state, true = apart.settings.state, datetime.datetime.now(datetime.UTC)
    later = (true + datetime.timedelta(days=365)).isoformat(timespec="milliseconds")
    with closing(Ledger(state, clock=lambda: later)) as ledger:
        ledger.record(claim("exact"), {"outcome": "exact"})
    found = state_of(apart)
    assert kinds(found) == {"clock": "critical"}
    assert found.audit.records == []
    who = Operator(name="the-operator", reason="the time server was a year ahead")
    assert record_clock(state, true.astimezone(KOREA).date(), who) == 1
    found = state_of(apart)
    assert kinds(found) == {"clock-recorded": "warning"}
    (record,) = found.audit.records
    assert who.reason in record
    assert later[:4] in record
    assert found.audit.findings == []


def test_the_alarm_of_a_record_goes_with_the_year_that_was_shown() -> None:
    record = ClockRecord(entry=5, time="2026-11-30 10:40:00+00:00", newest="2027-11-30 10:39:00+00:00", ahead=2,
                         user="operator", reason="a time server")  # fmt: skip
    for year in ("2026", "2027"):
        (alarm,) = clock_alarms([record], year)
        assert (alarm.kind, alarm.message) == ("clock-recorded", record.message)
    assert not list(clock_alarms([record], "2028"))


def test_no_room_for_answers_is_an_alarm_until_there_is(apart: Service, tmp_path: Path) -> None:
    now = [0.0]
    room = Room(tmp_path / "gone", clock=lambda: now[0])
    (alarm,) = room_alarms(room)
    assert (alarm.kind, alarm.severity) == ("disk", "critical")
    assert "no such file" in alarm.message
    (tmp_path / "gone").mkdir()
    assert len(list(room_alarms(room))) == 1  # what was found holds for a second
    now[0] = 2.0
    assert not list(room_alarms(room))
    assert list((tmp_path / "gone").iterdir()) == []
    assert "disk" not in kinds(state_of(apart))


def test_it_is_worked_out_once_a_minute(watched: TestClient) -> None:
    now = [0.0]
    oversight = Oversight(watched.app.state.service, clock=lambda: now[0])
    oversight.examine_whole()
    first = oversight.state()
    assert oversight.state() is first
    now[0] = 61.0
    assert oversight.state() is not first


def test_what_was_asked_since_is_added(as_user: As, watched: TestClient) -> None:
    now = [0.0]
    oversight = Oversight(watched.app.state.service, clock=lambda: now[0])
    oversight.examine_whole()
    answered = []
    for age in (31, 32):
        as_user("researcher", "grown").post("/v1/cohorts/count", json={"text": ADULTS.replace("20", str(age))})
        now[0] += 61.0
        (project,) = (each for each in oversight.state().projects if each.project == "grown")
        answered.append(project.answered)
    assert answered == [1, 2]
    assert oversight.state() == state_of(watched.app.state.service).model_copy(
        update={"at": oversight.state().at, "audit": oversight.state().audit}
    )


def test_without_a_ledger_it_says_so(watched: TestClient, tmp_path: Path) -> None:
    service = watched.app.state.service
    oversight = Oversight(replace(service, settings=service.settings.model_copy(update={"state": tmp_path})))
    for ask in (oversight.state, oversight.examine_whole):
        with pytest.raises(DataProblem):
            ask()
