"""One month of the log for its review."""

import json

import pytest

from engine.disclosure.audit.entry import entry_hash, entry_text
from engine.disclosure.audit.reading import export_log
from schemas.errors import DataProblem
from tests.audit.conftest import Log

DAYS = (  # in UTC; a month begins in Korea nine hours earlier
    "2025-10-31T14:59:59.999+00:00",
    "2025-10-31T15:00:00.000+00:00",
    "2025-11-30T14:59:59.999+00:00",
    "2025-11-30T15:00:00.000+00:00",
)


@pytest.fixture
def dated(tmp_path, clock) -> Log:
    """A log of four answers at the edges of a month in Korea; each answer asks the time twice or three times."""
    log = Log(tmp_path / "state")
    for number, day in enumerate(DAYS):
        log.fill(1, prefix=f"{number}-", clock=clock(day))
    return log


def test_a_month_is_one_of_the_calendar_in_korea(dated: Log):
    head, *entries = map(json.loads, export_log(dated.state, "2025-11"))
    assert [entry["number"] for entry in entries] == [2, 3]
    assert (head["first"], head["last"], head["entries"], head["is_whole"]) == (2, 3, 2, True)
    assert head["by_tier"] == {"controlled answered": 2}
    assert head["by_user"] == {"u": 2}
    _, *entries = map(json.loads, export_log(dated.state, "2025-12"))
    assert [entry["number"] for entry in entries] == [4]


def test_the_chain_can_be_followed_without_the_log(dated: Log):
    head, *entries = map(json.loads, export_log(dated.state, "2025-11"))
    previous = head["after"]
    for entry in entries:
        assert entry_hash(previous, entry_text(entry["entry"])) == entry["hash"]
        previous = entry["hash"]


def test_a_month_without_entries(dated: Log):
    (head,) = map(json.loads, export_log(dated.state, "2026-01"))
    assert (head["entries"], head["first"], head["by_user"]) == (0, None, {})


def test_an_export_says_that_the_log_is_not_whole(dated: Log):
    with dated.tampering() as database:
        database.execute("update audit set entry = replace(entry, 'count', 'table') where number = 2")
    head = json.loads(next(export_log(dated.state, "2025-11")))
    assert not head["is_whole"]
    assert head["findings"][0].startswith("entry 2 was changed")


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-00", "2026-1", "1999-01", "2026-11-01", "now"])
def test_what_is_no_month_is_refused(dated: Log, month: str):
    with pytest.raises(DataProblem, match="audit-month"):
        next(export_log(dated.state, month))
