"""Whatever a service does, a watch over its log tells nothing; whatever somebody rewrites of it, it tells at the next look
or, of an entry's text alone, at the next examination of all."""

import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.audit.watch import LogWatch
from engine.disclosure.ledger import Ledger
from schemas.errors import OverBudget
from tests.audit.conftest import COST, Log, claim
from tests.audit.test_tampering import resealed
from tests.audit.test_watch import seen
from tests.lib.budgets import examples

NAMES = st.sampled_from(["a", "b", "c", "d"])
QUESTIONS = st.lists(NAMES, min_size=1, max_size=3, unique=True)
DONE = st.sampled_from(["answer", "forfeit", "exact", "refused", "sign", "look", "whole", "open"])


def asked(who: str, names: list[str], *, cap: int = 10**12) -> Claim:
    accounts = (Account(kind=AccountKind.PROJECT, id="p", cap=cap), Account(kind=AccountKind.USER, id=who, cap=cap))
    questions = tuple(Question(qid=name, sigma=10, cost=COST, cells=1) for name in names)
    return claim("", accounts=accounts, questions=questions)


def do(ledger: Ledger, what: str, who: str, names: list[str]) -> None:
    match what:
        case "answer":
            ledger.charge_and_release(asked(who, names), lambda unanswered, _: dict.fromkeys(unanswered, (1,)))
        case "forfeit":
            ledger.forfeit(asked(who, names))
        case "exact":
            ledger.record(asked(who, names), {"outcome": "exact"})
        case "refused":
            with contextlib.suppress(OverBudget):
                ledger.charge_and_release(
                    asked(who, names, cap=0), lambda unanswered, _: dict.fromkeys(unanswered, (1,))
                )
        case _:
            ledger.sign_log()


@settings(max_examples=examples(20, nightly=400))
@given(history=st.lists(st.tuples(DONE, NAMES, QUESTIONS), max_size=25))
def test_what_a_service_does_is_no_attack(history: list[tuple[str, str, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as opened:
        state = Path(folder)
        ledger = opened.enter_context(contextlib.closing(Ledger(state)))
        watch = LogWatch(state)
        assert watch.examine_whole().findings == ()
        for what, who, names in history:
            if what == "look":
                assert seen(watch) == []
            elif what == "whole":
                assert watch.examine_whole().findings == ()
            elif what == "open":
                ledger = opened.enter_context(contextlib.closing(Ledger(state)))
            else:
                do(ledger, what, who, names)
        assert seen(watch) == []
        assert watch.examine_whole().findings == Log(state).verify().findings == ()


@settings(max_examples=examples(15, nightly=300))
@given(
    before=st.integers(1, 20), between=st.integers(0, 6), after=st.integers(0, 6), data=st.data(), fits=st.booleans()
)
def test_an_entry_that_was_rewritten_is_told(
    before: int, between: int, after: int, data: st.DataObject, fits: bool
) -> None:
    """`fits` makes hashes and tree fit the entry again. Entries come before the watch, between looks, and afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder) / "state")
        log.fill(before)
        watch = LogWatch(log.state)
        watch.examine_whole()
        log.fill(between, prefix="between")
        assert seen(watch) == []
        number = data.draw(st.integers(1, before + between))
        log.fill(after, prefix="after")
        with log.tampering() as database:
            database.execute("update audit set entry = replace(entry, 'count', 'table') where number = ?", (number,))
            if fits:
                resealed(database)
        found = seen(watch)
        assert bool(found) is fits, "the hash of the last entry examined commits to all before it"
        watch.examine_whole()
        assert seen(watch) != []
