"""One person has one budget, however many accounts: what they are shown to have is added up, for good."""

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.disclosure.account import Account, AccountKind, Claim
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.backup import back_up
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import LEDGER_FILE
from engine.disclosure.query_id import read_or_create_key
from engine.disclosure.request import Principal, accounts_of
from engine.disclosure.restore import Known, restore_ledger
from schemas.errors import OverBudget
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.disclosure.backup_world import COST, WHO, YEAR, claim, month

CAP = 4 * COST
"""What a user may spend: four questions."""


def by(user: str, qid: str, *linked: str) -> Claim:
    """A question of somebody who is signed in as `user`, with a passport that links these accounts to it."""
    account = Account(kind=AccountKind.USER, id=user, cap=CAP, linked=linked)
    return replace(claim(qid), accounts=(account,))


def ask(ledger: Ledger, asked: Claim) -> int:
    """What it cost."""
    return ledger.charge_and_release(asked, lambda unanswered, _: dict.fromkeys(unanswered, (5,))).charged


def spent(ledger: Ledger, user: str, *linked: str) -> int:
    return ledger.balances(by(user, "", *linked).accounts, YEAR)[0].spent


@pytest.fixture
def state(tmp_path: Path) -> Path:
    read_or_create_key(tmp_path / "state")
    return tmp_path / "state"


ORDERS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "the link is shown from the first": (("a", ("b",)), ("b", ("a",))),
    "A was asked with before the link was shown": (("a", ()), ("b", ("a",))),
    "both were asked with before": (("a", ()), ("b", ()), ("a", ("b",))),
    "the link is shown once and left out afterwards": (("b", ("a",)), ("a", ()), ("b", ())),
    "through an account in the middle, never two at once": (("a", ("m",)), ("b", ("m",)), ("a", ()), ("b", ())),
    "a chain that closes last": (("a", ("x",)), ("b", ("y",)), ("x", ("y",))),
}


@pytest.mark.parametrize("logins", ORDERS.values(), ids=ORDERS)
def test_two_accounts_of_one_person_are_no_two_budgets(
    state: Path, logins: tuple[tuple[str, tuple[str, ...]], ...]
) -> None:
    """Whoever signs in by turns with accounts that are known to be theirs pays from one cap of four questions, also
    with a passport that tells nothing. Each account had a cap of its own."""
    with contextlib.closing(Ledger(state)) as ledger:
        for number, (user, linked) in enumerate(logins):
            assert ask(ledger, by(user, f"first {number}", *linked)) == COST
        answered = len(logins)
        for number in range(8):
            with contextlib.suppress(OverBudget):
                ask(ledger, by("ab"[number % 2], f"more {number}"))
                answered += 1
        assert answered == 4
        assert spent(ledger, "a") == spent(ledger, "b") == CAP
    assert verify_log(state).findings == ()


def test_linking_takes_nothing_back(state: Path) -> None:
    """Two who spent all they had apart have spent twice a cap together, and what is left is nothing."""
    with contextlib.closing(Ledger(state)) as ledger:
        for number in range(4):
            ask(ledger, by("a", f"a{number}"))
            ask(ledger, by("b", f"b{number}"))
        (before,) = ledger.balances(by("a", "", "b").accounts, YEAR)
        assert (before.spent, before.remaining) == (2 * CAP, 0)
        with pytest.raises(OverBudget):
            ask(ledger, by("a", "more", "b"))
        assert spent(ledger, "b") == 2 * CAP  # a refusal that shows the link is remembered like an answer


def test_what_one_account_has_paid_is_free_for_the_other(state: Path) -> None:
    with contextlib.closing(Ledger(state)) as ledger:
        ask(ledger, by("a", "q"))
        assert ask(ledger, by("b", "q", "a")) == 0
        assert ask(ledger, by("c", "q")) == COST
        assert spent(ledger, "a") == spent(ledger, "b") == COST
    assert verify_log(state).findings == ()


def test_a_link_shown_only_to_look_at_the_balance_counts_there(state: Path) -> None:
    with contextlib.closing(Ledger(state)) as ledger:
        ask(ledger, by("a", "q"))
        assert spent(ledger, "b", "a") == COST
        assert not ledger.preview(
            replace(by("b", "p", "a"), accounts=(replace(_user("b", "a"), cap=COST),))
        ).is_affordable


def _user(id: str, *linked: str) -> Account:
    return Account(kind=AccountKind.USER, id=id, cap=CAP, linked=linked)


def test_links_outlive_the_process_and_the_copy_that_does_not_know_them(state: Path, tmp_path: Path) -> None:
    with contextlib.closing(Ledger(state)) as ledger:
        ask(ledger, by("a", "q"))
    back_up(state, tmp_path / "copy")
    with contextlib.closing(Ledger(state)) as ledger:
        ask(ledger, by("b", "p", "a"))
    with contextlib.closing(Ledger(state)) as ledger:
        assert spent(ledger, "a") == spent(ledger, "b") == 2 * COST
    log = month(state, tmp_path / "log.jsonl")
    restore_ledger(state, tmp_path / "copy", Known(logs=[log], is_complete=True), WHO)
    assert verify_log(state).findings == ()
    with contextlib.closing(Ledger(state)) as ledger:
        assert spent(ledger, "a") == spent(ledger, "b") == 2 * COST


def test_links_stay_in_the_file_and_agree_with_the_log(state: Path) -> None:
    with contextlib.closing(Ledger(state)) as ledger:
        ask(ledger, by("a", "q", "b"))
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE, isolation_level=None)) as database:
        for statement in ("delete from linked", "update linked set other = 'c'"):
            with pytest.raises(sqlite3.IntegrityError, match="links stay"):
                database.execute(statement)
        database.execute("insert into linked values ('user', 'a', 'stranger')")
    (finding,) = verify_log(state).findings
    assert "links between accounts of one person: 1 are in the ledger and not in the log" in finding.message


def test_a_project_of_ones_own_is_one_under_each_account() -> None:
    budget = DEFAULT_POLICY.of(AccessTier.REGISTERED).budget
    own = Principal(user="u-a", project="personal:u-a", institution="i", tier=AccessTier.REGISTERED, linked=("u-b",))
    assert [account.linked for account in accounts_of(own, budget)] == [("personal:u-b",), ("u-b",), ()]
    shared = replace(own, project="T2DM-14")
    assert [account.linked for account in accounts_of(shared, budget)] == [(), ("u-b",), ()]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef"), max_size=2)), max_size=14))
def test_in_any_order_a_person_has_spent_what_their_accounts_have(
    tmp_path_factory: pytest.TempPathFactory, logins: list[tuple[str, set[str]]]
) -> None:
    """Against sets that are joined by hand: never less than before, and never more than the accounts paid."""
    people = {user: {user} for user in "abcdef"}
    paid = dict.fromkeys("abcdef", 0)
    with contextlib.closing(Ledger(tmp_path_factory.mktemp("state"))) as ledger:
        for number, (user, linked) in enumerate(logins):
            before = {each: spent(ledger, each) for each in "abcdef"}
            person = set().union(people[user], *(people[other] for other in linked))
            for each in person:
                people[each] = person
            with contextlib.suppress(OverBudget):
                paid[user] += ask(ledger, by(user, f"q{number}", *sorted(linked)))
            for each in "abcdef":
                assert spent(ledger, each) == sum(paid[other] for other in people[each]) >= before[each]
                assert not paid[each] or spent(ledger, each) <= 6 * CAP
