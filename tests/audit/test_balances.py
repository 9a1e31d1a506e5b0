"""Balances follow from the log, whatever became of the questions; and what is said when there is no log to read."""

import contextlib
import dataclasses

import pytest

from engine.disclosure.account import Account, AccountKind
from engine.disclosure.audit.log import VERIFIER_KEY_FILE
from engine.disclosure.audit.reading import find_entries, sign_log, verifier_key
from engine.disclosure.ledger import LEDGER_FILE, Ledger
from schemas.errors import DataProblem, OverBudget
from tests.audit.conftest import COST, YEAR, Log, answer, claim

NEXT_YEAR = str(int(YEAR) + 1)


def capped(qid: str, cap: int, **changes: object):
    asked = claim(qid, **changes)
    accounts = tuple(dataclasses.replace(account, cap=cap) for account in asked.accounts)
    return dataclasses.replace(asked, accounts=accounts)


def test_answers_refusals_failures_and_exact_answers_add_up_to_the_balances(log: Log):
    with contextlib.closing(Ledger(log.state)) as ledger:
        answer(ledger, "q0")  # asked before, and free
        with pytest.raises(OverBudget):
            ledger.charge_and_release(capped("dear", COST), lambda unanswered, balances: {})
        ledger.forfeit(claim("failed"))
        ledger.forfeit(capped("failed and not paid", COST))
        ledger.record(claim("exact", reason="a reason in words"), {"outcome": "exact"})
        ledger.forfeit(claim("failed next year", period=NEXT_YEAR))
        somebody = (
            Account(kind=AccountKind.PROJECT, id="p", cap=10**12),
            Account(kind=AccountKind.USER, id="v", cap=10**12),
        )
        ledger.charge_and_release(
            claim("q0", accounts=somebody), lambda unanswered, balances: dict.fromkeys(unanswered, (1,))
        )
        asked = (Account(kind=AccountKind.PROJECT, id="p", cap=0),)
        (this_year,), (next_year,) = (ledger.balances(asked, period) for period in (YEAR, NEXT_YEAR))
    assert next_year.spent == COST
    assert this_year.spent == (13 + 1) * COST  # what is booked in a later year counts for this one, too
    assert log.verify().findings == ()
    with log.tampering() as database:
        database.execute("update account set spent = spent + 1 where period = ? and kind = 'user'", (NEXT_YEAR,))
    (finding,) = log.verify().findings
    assert (
        finding.message == f"user u has spent {COST + 1} nano-rho in {NEXT_YEAR} by the ledger, and {COST} by the log"
    )


def test_entries_are_found_by_project_and_user(log: Log):
    assert [one.number for one in find_entries(log.state, project="p", user=None, limit=3)] == [12, 11, 10]
    assert find_entries(log.state, project=None, user="nobody", limit=3) == ()
    (newest,) = find_entries(log.state, project=None, user="u", limit=1)
    assert (newest.action, newest.outcome, newest.tier, newest.reason) == ("count", "answered", "controlled", "")


def test_a_log_without_entries_is_whole_and_has_nothing_to_sign(tmp_path):
    log = Log(tmp_path / "state")
    log.fill(0)
    report = log.verify()
    assert (report.entries, report.first, report.findings) == (0, None, ())
    with pytest.raises(DataProblem, match="audit-unreadable"):
        sign_log(log.state)


def test_a_log_that_cannot_be_read_says_so(log: Log):
    (log.state / LEDGER_FILE).write_bytes(b"not a ledger at all" * 100)
    with pytest.raises(DataProblem, match="audit-unreadable"):
        log.verify()


def test_without_its_key_a_log_is_verified_with_a_key_from_elsewhere(log: Log):
    key = verifier_key(log.state)
    (log.state / VERIFIER_KEY_FILE).unlink()
    with pytest.raises(DataProblem, match="audit-unreadable"):
        log.verify()
    assert log.verify(keys=[key]).findings == ()
