"""A clock that was set back opens no budget of a year gone by: what would cost is refused, what was paid is not."""

import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.disclosure.audit.log import LATE
from engine.disclosure.backup import back_up
from engine.disclosure.gate import Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.restore import Known, restore_ledger
from schemas.errors import DataProblem
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision
from tests.disclosure.backup_world import WHO, YEAR, claim
from tests.disclosure.conftest import PEOPLE, Asker

MARCH = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)
YEAR_BACK = datetime.timedelta(days=365)
SECOND = datetime.timedelta(seconds=1)
FINE = Precision.FINE.cost(1)


@dataclass
class Calendar:
    """The machine's clock, and the budget's year by it."""

    now: datetime.datetime = MARCH

    def text(self) -> str:
        return self.now.isoformat(timespec="milliseconds")

    def year(self) -> str:
        return str(self.now.year)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def opened(tmp_path: Path, calendar: Calendar, noise) -> Iterator[Callable[..., Asker]]:
    """Gates over one ledger, as processes that start one after another."""
    with contextlib.ExitStack() as stack:

        def open_(**settings: object) -> Asker:
            ledger = stack.enter_context(contextlib.closing(Ledger(tmp_path / "state", clock=calendar.text)))
            gate = Gate(
                DEFAULT_POLICY, ledger, noise, key=b"k" * 32, release_id="r1", population=PEOPLE, period=calendar.year
            )
            return Asker(gate, **settings)

        yield open_


def spent(asker: Asker) -> set[int]:
    return {balance.spent for balance in asker.gate.budget(asker.request("").principal)}


def years_charged(asker: Asker) -> set[str]:
    return {year for (year,) in asker.gate._ledger._database.execute("select period from account")}


def test_an_earlier_year_is_not_spent_by_a_clock_set_back(opened, calendar: Calendar) -> None:
    asker = opened()
    answer = asker.count("q", 1234)
    asker.table("t", [700, 800])
    paid = spent(asker)
    counted, log = asker.evaluated, asker.gate._ledger._database.execute("select count(*) from audit").fetchone()
    calendar.now -= YEAR_BACK
    asks = (
        lambda: asker.count("new", 1234),
        lambda: asker.count("q", 1234, Precision.STANDARD),
        lambda: asker.table("q", [600, 634]),
        lambda: asker.count("q", 1234, user="other"),  # known, and not paid by everybody who would learn it
    )
    for ask in asks:
        with pytest.raises(DataProblem, match="clock-behind") as refused:
            ask()
        assert "2026-03-01" in refused.value.message
        assert "2027-03-01" in refused.value.message
    assert asker.evaluated == counted
    assert spent(asker) == paid  # of a later year, which counts for the earlier one too, and nothing on top
    assert years_charged(asker) == {"2027"}
    assert asker.gate._ledger._database.execute("select count(*) from audit").fetchone() == log
    again = asker.count("q", 1234)
    assert (again.count, again.receipt.charged) == (answer.count, 0)
    assert asker.table("t", [700, 800]).receipt.charged == 0


def test_once_the_clock_is_right_all_is_as_it_was(opened, calendar: Calendar) -> None:
    asker = opened()
    asker.count("q", 1234)
    calendar.now -= YEAR_BACK
    with pytest.raises(DataProblem, match="clock-behind"):
        asker.count("new", 1234)
    calendar.now += YEAR_BACK
    assert asker.count("new", 1234).receipt.charged == FINE
    assert spent(asker) == {2 * FINE}


def test_a_server_that_starts_by_the_wrong_clock_knows_it_from_the_log(opened, calendar: Calendar) -> None:
    opened().count("q", 1234)
    calendar.now -= YEAR_BACK
    with pytest.raises(DataProblem, match="clock-behind"):
        opened().count("new", 1234)


def test_a_day_of_difference_is_forgiven_and_not_more(opened, calendar: Calendar) -> None:
    asker = opened()
    asker.count("q", 1234)
    calendar.now = MARCH - LATE
    assert asker.count("within a day", 1234).receipt.charged == FINE
    calendar.now = MARCH - LATE - SECOND
    with pytest.raises(DataProblem, match="clock-behind"):
        asker.count("beyond", 1234)


def test_many_small_steps_back_come_no_further_than_one(opened, calendar: Calendar) -> None:
    """Neither what is charged within the day nor exact numbers, which cost nothing, make an earlier day the newest."""
    asker, inside = opened(), opened(tier=AccessTier.INTERNAL, precision=None)
    asker.count("q", 1234)
    calendar.now = MARCH - LATE
    asker.count("within a day", 1234)
    calendar.now -= YEAR_BACK
    inside.count("exact", 1234)
    with pytest.raises(DataProblem, match="clock-behind"):
        asker.count("new", 1234)


def test_the_clock_is_looked_at_again_when_the_charge_is_made(tmp_path: Path, calendar: Calendar) -> None:
    """It may be set back while the people of a question are being found."""
    with contextlib.closing(Ledger(tmp_path, clock=calendar.text)) as ledger:
        ledger.record(claim("exact"), {"outcome": "exact"})
        assert ledger.preview(claim("q")).is_affordable
        calendar.now -= YEAR_BACK
        with pytest.raises(DataProblem, match="clock-behind"):
            ledger.charge_and_release(claim("q"), lambda *_: pytest.fail("nobody is counted"))
        assert ledger.balances(claim("q").accounts, YEAR)[0].spent == 0


def test_a_restore_by_a_clock_set_back_is_refused(tmp_path: Path) -> None:
    """It would close the years up to the one it is told, and leave open the one that unknown answers are of."""
    later = Calendar(datetime.datetime.now(datetime.UTC) + YEAR_BACK)
    state, copy = tmp_path / "state", tmp_path / "copy"
    read_or_create_key(state)
    with contextlib.closing(Ledger(state, clock=later.text)) as ledger:
        ledger.record(claim("exact"), {"outcome": "exact"})
    back_up(state, copy, with_keys=True)
    with pytest.raises(DataProblem, match="the clock was ahead then, or was set back since"):
        restore_ledger(state, copy, Known(), WHO)
