"""After a clock that was ahead an operator's record lets charging go on, and opens no budget twice, whoever lied."""

import contextlib
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.audit.findings import Kind
from engine.disclosure.audit.log import clock_recorded
from engine.disclosure.audit.reading import open_log, verify_log
from engine.disclosure.backup import back_up, check_copy
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import PERSONS_FOLDER
from engine.disclosure.operator import Operator
from engine.disclosure.oversight import ActivityReader
from engine.disclosure.persons import PersonAxis, PersonBalances, PersonLedger
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.rebuild import rebuild_persons
from engine.disclosure.restore import Known, restore_ledger
from engine.disclosure.wrong_clock import entries_ahead, record_clock
from engine.disclosure.years import KOREA, booked_in, counts_for
from schemas.errors import DataProblem, OverBudget

WHO = Operator(name="operator", reason="the time server was a year ahead")
SPRING = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)
YEAR = datetime.timedelta(days=365)
PEOPLE = 50
COUNTED = 20
CAP = 12
PERSON_CAP = 20
"""So that a person's cap is met by two projects together and not by one."""


@dataclass
class Machine:
    """A state folder, the machine's clock, and who asks; each act is a process of its own."""

    state: Path
    now: datetime.datetime = SPRING
    asked: int = 0
    charged: list[tuple[str, int, str]] = field(default_factory=list)
    """Of each charge: the project, the price, and the newest year that the clock had shown by then."""

    shown: str = ""
    """The newest year that an entry of the log bears."""

    def year(self) -> str:
        return str(self.now.astimezone(KOREA).year)

    def open(self) -> contextlib.closing[Ledger]:
        return contextlib.closing(Ledger(self.state, clock=lambda: self.now.isoformat(timespec="milliseconds")))

    def claim(self, qid: str, project: str = "p", cost: int = 3) -> Claim:
        return Claim(
            accounts=(Account(kind=AccountKind.PROJECT, id=project, cap=CAP),),
            questions=(Question(qid=qid, sigma=10, cost=cost, cells=1),),
            period=self.year(),
            action="count",
            tier="controlled",
            release_id="r1",
            policy_version="1",
            population=PEOPLE,
        )

    def ask(self, project: str = "p", cost: int = 3) -> int:
        """A new question about the first people; gives how many of them could pay."""
        self.asked += 1
        counted: list[int] = []

        def measure(unanswered: frozenset[str], balances: PersonBalances) -> dict[str, tuple[int, ...]]:
            people = np.arange(COUNTED, dtype=np.uint32)
            counted.append(int(balances.admit(people, cost=cost, cap=PERSON_CAP).sum()))
            return dict.fromkeys(unanswered, (5,))

        with self.open() as ledger:
            try:
                ledger.charge_and_release(self.claim(f"q{self.asked}", project, cost), measure)
            except OverBudget:
                self.shown = max(self.shown, self.year())
                raise
        self.shown = max(self.shown, self.year())
        self.charged.append((project, cost, self.shown))
        return counted[0]

    def spend_all(self, project: str = "p") -> int:
        """Ask until the project is refused; gives what that cost."""
        before = self.total(project)
        with pytest.raises(OverBudget):
            while True:
                self.ask(project)
        return self.total(project) - before

    def total(self, project: str = "p", since: str = "") -> int:
        """What was charged since the clock first showed a year."""
        return sum(cost for who, cost, shown in self.charged if who == project and shown >= since)

    def record(self) -> int:
        with self.open() as ledger:
            return ledger.record_clock(WHO.entry("clock", ""), self.now.astimezone(KOREA).date())

    def spent(self, project: str = "p") -> int:
        with self.open() as ledger:
            return ledger.balances(self.claim("", project).accounts, self.year())[0].spent

    def paid_by_person(self) -> int:
        """What the first person has paid in all years together."""
        files = (self.state / PERSONS_FOLDER).glob("*.persons")
        years = {path.stem.split("-")[-1] for path in files}
        people = PersonLedger(self.state / PERSONS_FOLDER)
        axes = [PersonAxis(release_id="r1", period=year, persons=PEOPLE) for year in years]
        return sum(int(people.read(axis, at_least=0).spent[0]) for axis in axes)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "state")


def is_blocked(ask: Callable[[], object]) -> bool:
    with pytest.raises(DataProblem, match="clock-behind") as refused:
        ask()
    return "kohort ledger clock" in str(refused.value.hint)


def test_once_it_is_on_record_charging_goes_on_beside_a_running_server(machine: Machine) -> None:
    machine.now += YEAR
    machine.ask()
    machine.now -= YEAR
    with machine.open() as server:
        assert is_blocked(lambda: server.charge_and_release(machine.claim("new"), lambda *_: {"new": (7,)}))
        assert machine.record() == 1
        given = server.charge_and_release(machine.claim("new"), lambda *_: {"new": (7,)})
    assert given.noisy == ((7,),)
    assert machine.spent() == 6


def test_the_attack_spend_next_year_early_and_put_it_on_record(machine: Machine) -> None:
    """With or without a record a clock that is ahead spends that year's budget; the record gives nothing back."""
    machine.now += YEAR
    assert machine.spend_all() == CAP
    machine.now -= YEAR
    assert is_blocked(machine.ask)
    machine.record()
    assert machine.spend_all() == 0
    machine.now += YEAR  # and the true next year comes
    assert machine.spend_all() == 0
    machine.now += YEAR
    assert machine.spend_all() == CAP


def test_what_was_spent_ahead_and_what_is_spent_after_it_share_both_years(machine: Machine) -> None:
    machine.ask(cost=4)
    machine.now += YEAR
    machine.ask(cost=5)
    machine.now -= YEAR
    machine.record()
    assert machine.spent() == 4 + 5
    machine.ask(cost=2)
    with pytest.raises(OverBudget):
        machine.ask(cost=2)
    machine.now += YEAR
    assert machine.spent() == 5 + 2  # not the 4 from before any clock was wrong
    machine.ask(cost=CAP - 7)
    assert machine.spend_all() == 0


def test_the_attack_call_the_right_clock_wrong(machine: Machine) -> None:
    """A clock set back to a year with budget left, and a record that says that the true year was ahead."""
    machine.ask()
    machine.now += YEAR
    machine.ask()
    machine.now -= YEAR
    machine.record()
    machine.spend_all()
    machine.now += YEAR
    machine.spend_all()
    assert machine.total(since=machine.year()) <= CAP


def test_nobody_pays_twice_however_often_it_is_done(machine: Machine) -> None:
    for _ in range(3):
        machine.now += YEAR
        with contextlib.suppress(OverBudget):
            machine.ask()
        machine.now -= YEAR
        machine.record()
        assert machine.spent() == machine.total()


def test_people_share_the_years_as_accounts_do(machine: Machine) -> None:
    machine.now += YEAR
    for project in ("p", "q"):
        machine.ask(project, cost=9)
    machine.now -= YEAR
    machine.record()
    assert machine.ask("r", cost=3) == 0  # 18 of 20 are spent: nobody can pay 3 more
    assert machine.ask("r", cost=2) == COUNTED
    machine.now += YEAR
    assert machine.ask("s", cost=1) == 0
    assert machine.paid_by_person() == PERSON_CAP


def test_a_budget_that_nothing_is_left_of_stays_closed(machine: Machine) -> None:
    """Years that a restore closed by the clock that was ahead count for this one, too."""
    machine.now += YEAR
    with machine.open() as ledger:
        ledger._database.execute("insert into closed values (?)", (machine.year(),))
        ledger.record(machine.claim("exact"), {"outcome": "exact"})
    machine.now -= YEAR
    machine.record()
    with pytest.raises(OverBudget):
        machine.ask()


def test_a_second_mistake_wants_a_second_record(machine: Machine) -> None:
    machine.now += YEAR
    machine.ask()
    machine.now -= YEAR
    machine.record()
    machine.now += YEAR
    machine.ask()
    machine.now -= YEAR
    assert is_blocked(machine.ask)
    assert machine.record() == 1
    machine.ask()


def test_after_the_record_the_clock_is_judged_as_before(machine: Machine) -> None:
    machine.now += YEAR
    machine.ask()
    machine.now -= YEAR
    machine.record()
    machine.now -= datetime.timedelta(days=2)
    assert is_blocked(machine.ask)


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-3, 3)),
        st.tuples(st.just("ask"), st.integers(1, 6)),
        st.tuples(st.just("record"), st.just(0)),
    ),
    max_size=25,
)


@given(moves=MOVES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_clocks_say_no_year_is_charged_more_than_its_budget(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int]]
) -> None:
    """Since the clock first showed a year it and all later ones have one budget, however it went to and fro."""
    machine = Machine(tmp_path_factory.mktemp("clocks") / "state")
    for what, by in moves:
        match what:
            case "move":
                machine.now += by * YEAR / 2
            case "ask":
                with contextlib.suppress(OverBudget, DataProblem):
                    machine.ask(cost=by)
                    assert machine.total(since=machine.year()) <= CAP
            case _:
                machine.record()
    if machine.charged:
        wrong = {finding.kind for finding in verify_log(machine.state).findings}
        assert wrong <= {Kind.CLOCK}


@pytest.fixture
def ahead(tmp_path: Path) -> Iterator[Machine]:
    """A folder with two entries of next year, and the true clock again."""
    machine = Machine(tmp_path / "state", now=datetime.datetime.now(datetime.UTC))
    read_or_create_key(machine.state)
    machine.ask()
    machine.now += YEAR
    machine.ask()
    machine.ask()
    machine.now -= YEAR
    with machine.open() as ledger:  # what is paid is answered, and logged
        ledger.charge_and_release(machine.claim("q1"), lambda *_: {})
    yield machine


def today() -> datetime.date:
    return datetime.datetime.now(KOREA).date()


def test_what_is_ahead_is_shown(ahead: Machine) -> None:
    found = entries_ahead(ahead.state, limit=1)
    assert (found.today, found.number, found.is_blocking) == (today(), 2, True)
    assert [(each.number, each.action, each.outcome) for each in found.entries] == [(2, "count", "answered")]
    assert found.newest is not None
    record_clock(ahead.state, today(), WHO)
    found = entries_ahead(ahead.state, limit=1)
    assert (found.number, found.newest, found.is_blocking, found.entries) == (0, None, False, ())


def test_an_examination_tells_of_the_record_and_finds_nothing_wrong(ahead: Machine) -> None:
    assert {finding.kind for finding in verify_log(ahead.state).findings} == {Kind.CLOCK}
    assert record_clock(ahead.state, today(), WHO) == 2
    report = verify_log(ahead.state)
    assert report.findings == ()
    (record,) = report.records
    assert (record.entry, record.ahead, record.user, record.reason) == (5, 2, WHO.name, WHO.reason)
    assert str(today().year + 1) in record.newest
    with open_log(ahead.state) as database:
        (newest,) = database.execute("select max(size) from audit_checkpoint").fetchone()
    assert newest == record.entry  # signed at once


def test_a_record_explains_no_other_step_back(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "state", now=datetime.datetime.now(datetime.UTC) - YEAR)
    machine.ask()
    machine.now -= datetime.timedelta(hours=1)
    machine.ask()
    machine.now += 3 * YEAR
    machine.ask()
    machine.now = datetime.datetime.now(datetime.UTC)
    record_clock(machine.state, today(), WHO)
    report = verify_log(machine.state)
    assert [(finding.kind, finding.entry) for finding in report.findings] == [(Kind.CLOCK, 2)]
    assert len(report.records) == 1


@pytest.mark.parametrize("days", [-1, 1, 365])
def test_the_day_must_be_that_of_the_clock(ahead: Machine, days: int) -> None:
    with pytest.raises(DataProblem, match="clock-day"):
        record_clock(ahead.state, today() + datetime.timedelta(days=days), WHO)
    with open_log(ahead.state) as database:
        assert clock_recorded(database) == 0


def test_nothing_is_recorded_where_nothing_is_ahead(machine: Machine) -> None:
    machine.now = datetime.datetime.now(datetime.UTC)
    machine.ask()
    with pytest.raises(DataProblem, match="clock-none-ahead"):
        record_clock(machine.state, today(), WHO)
    assert verify_log(machine.state).entries == 1


def test_a_log_that_was_changed_is_not_gone_on_with(ahead: Machine) -> None:
    with ahead.open() as ledger:
        ledger._database.execute("drop trigger audit_fixed")
        ledger._database.execute("update audit set entry = entry || ' ' where number = 1")
    with pytest.raises(DataProblem, match="audit-broken"):
        record_clock(ahead.state, today(), WHO)


def test_those_who_oversee_see_both_years_together(ahead: Machine) -> None:
    record_clock(ahead.state, today(), WHO)
    ahead.ask()
    (project,) = ActivityReader(ahead.state).read(str(today().year)).projects
    assert (project.spent, project.answered) == (4 * 3, 5)


def test_a_copy_is_restored_with_all_that_it_knew(ahead: Machine, tmp_path: Path) -> None:
    record_clock(ahead.state, today(), WHO)
    back_up(ahead.state, tmp_path / "copy", with_keys=True)
    check_copy(tmp_path / "copy")
    ahead.ask()
    spent = ahead.spent()
    known = Known(logs=(ahead.state / "ledger.sqlite",), is_complete=True)
    restore_ledger(ahead.state, tmp_path / "copy", known, WHO)
    assert ahead.spent() == spent
    assert verify_log(ahead.state).findings == ()
    with pytest.raises(OverBudget):
        ahead.ask()


def test_what_nobody_knows_of_closes_the_years_that_the_clock_had_shown(ahead: Machine, tmp_path: Path) -> None:
    record_clock(ahead.state, today(), WHO)
    back_up(ahead.state, tmp_path / "copy", with_keys=True)
    ahead.ask()
    done = restore_ledger(ahead.state, tmp_path / "copy", Known(), WHO)
    assert {str(today().year), str(today().year + 1)} <= set(done.closed)
    for _ in range(2):
        with pytest.raises(OverBudget):
            ahead.ask("another")
        ahead.now += YEAR


def test_people_that_were_lost_are_rebuilt_in_the_year_that_they_are_booked_in(ahead: Machine) -> None:
    record_clock(ahead.state, today(), WHO)
    ahead.ask()
    before = ahead.paid_by_person()
    for path in (ahead.state / PERSONS_FOLDER).glob("*.persons"):
        path.unlink()
    with pytest.raises(DataProblem, match="person-ledger-damaged"):
        ahead.ask("another", cost=1)
    assert len(rebuild_persons(ahead.state, WHO)) == 2
    assert ahead.paid_by_person() >= before


def test_the_record_says_what_it_is_and_nothing_of_anybody(ahead: Machine) -> None:
    record_clock(ahead.state, today(), WHO)
    with open_log(ahead.state) as database:
        (text,) = database.execute("select entry from audit order by number desc limit 1").fetchone()
    entry = json.loads(text)
    said = {key: value for key, value in entry.items() if value not in ("", [])}
    assert set(said) == {"time", "action", "outcome", "tier", "user", "reason", "ahead", "newest"}
    assert (said["outcome"], said["ahead"], said["tier"]) == ("clock-ahead", 2, "operator")


def test_years_are_those_of_korea() -> None:
    late = "2026-12-31T15:30:00.000+00:00"  # half an hour into the next year there
    assert booked_in("2026", late) == "2027"
    assert booked_in("2028", late) == "2028"
    assert booked_in("cube", late) == "cube"
    assert booked_in("2026", None) == "2026"
    assert counts_for("2027", "2026")
    assert not counts_for("2026", "2027")
    assert not counts_for("cube", "2026")
    assert counts_for("cube", "cube")
