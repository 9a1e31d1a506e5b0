"""A ledger whose every answer costs the same and counts some of a thousand people, asked and looked into by folder."""

import contextlib
import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.audit.reading import export_log
from engine.disclosure.gate import calendar_year
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import PERSONS_FOLDER
from engine.disclosure.operator import Operator
from engine.disclosure.persons import PersonAxis, PersonBalances, PersonLedger
from engine.disclosure.years import KOREA

COST = 5_000_000
CAP = 10**9
PEOPLE = 1_000
YEAR = calendar_year()
KINDS = (AccountKind.PROJECT, AccountKind.USER, AccountKind.INSTITUTION)
AXIS = PersonAxis(release_id="r1", period=YEAR, persons=PEOPLE)
WHO = Operator(name="operator", reason="a disk died")


def claim(qid: str, project: str = "p") -> Claim:
    return Claim(
        accounts=tuple(Account(kind=kind, id=project, cap=CAP) for kind in KINDS),
        questions=(Question(qid=qid, sigma=10, cost=COST, cells=1),),
        period=YEAR,
        action="count",
        tier="controlled",
        release_id=AXIS.release_id,
        policy_version="1",
        population=PEOPLE,
    )


def ask(
    state: Path,
    *qids: str,
    project: str = "p",
    counted: slice = slice(0, 100),
    noisy: int = 5,
    prepare: Callable[[Ledger], None] = lambda _: None,
) -> list[tuple[int, ...]]:
    """Ask each question; a new one counts those people, and is answered with that number."""

    def measure(unanswered: frozenset[str], balances: PersonBalances) -> dict[str, tuple[int, ...]]:
        balances.admit(np.arange(PEOPLE, dtype=np.uint32)[counted], cost=COST, cap=2 * CAP)
        return dict.fromkeys(unanswered, (noisy,))

    with contextlib.closing(Ledger(state)) as ledger:
        prepare(ledger)
        return [ledger.charge_and_release(claim(qid, project), measure).noisy[0] for qid in qids]


def spent(state: Path, project: str = "p") -> int:
    """What the project has spent this year."""
    with contextlib.closing(Ledger(state)) as ledger:
        return ledger.balances(claim("", project).accounts, YEAR)[0].spent


def people(state: Path) -> npt.NDArray[np.uint32]:
    """What each person has paid this year."""
    return PersonLedger(state / PERSONS_FOLDER).read(AXIS, at_least=0).spent


def month(state: Path, file: Path) -> Path:
    """The log's newest month as `kohort audit export` writes it."""
    file.write_text("".join(f"{line}\n" for line in export_log(state, f"{datetime.datetime.now(KOREA):%Y-%m}")))
    return file
