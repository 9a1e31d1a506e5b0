"""Processes that spend one project's budget against each other: `python race_worker.py STATE`.

Writes how many answers each of three got to standard output.
"""

import os
import sys
from pathlib import Path

import numpy as np

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.gate import calendar_year
from engine.disclosure.ledger import Ledger
from engine.disclosure.persons import PersonBalances
from schemas.errors import OverBudget

PROCESSES = 3
PEOPLE, PRICE = 1_000, 7


def everybody(unanswered: frozenset[str], balances: PersonBalances) -> dict[str, tuple[int, ...]]:
    """Answers that count all the people."""
    balances.admit(np.arange(PEOPLE, dtype=np.uint32), cost=PRICE, cap=10**9)
    return dict.fromkeys(unanswered, (5,))


def spend(state: Path, name: int) -> int:
    ledger = Ledger(state)
    accounts = (Account(kind=AccountKind.PROJECT, id="p", cap=10**9),)
    answered = 0
    for number in range(20):
        question = Question(qid=f"{name}-{number}", sigma=10, cost=25_000_000, cells=1)
        claim = Claim(accounts=accounts, questions=(question,), period=calendar_year(), action="count", tier="controlled",
                      release_id="r1", policy_version="1", population=PEOPLE)  # fmt: skip
        try:
            ledger.charge_and_release(claim, everybody)
        except OverBudget:
            continue
        answered += 1
    return answered


def main(state: str) -> None:
    children = []
    for name in range(PROCESSES):
        child = os.fork()
        if child == 0:
            os._exit(spend(Path(state), name))
        children.append(child)
    for child in children:
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])} ")


if __name__ == "__main__":
    main(*sys.argv[1:])
