"""A process that spends one project's budget against others: `python race_worker.py STATE NAME`; prints its answers."""

import sys
from pathlib import Path

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.ledger import Ledger
from schemas.errors import OverBudget


def main(state: str, name: str) -> None:
    ledger = Ledger(Path(state))
    accounts = (Account(kind=AccountKind.PROJECT, id="p", cap=10**9),)
    answered = 0
    for number in range(100):
        question = Question(qid=f"{name}-{number}", sigma=10, cost=5_000_000, cells=1)
        claim = Claim(accounts=accounts, questions=(question,), period="2026", action="count", tier="controlled",
                      release_id="r1", policy_version="1")  # fmt: skip
        try:
            ledger.charge_and_release(claim, {question.qid: (number,)})
        except OverBudget:
            continue
        answered += 1
    sys.stdout.write(str(answered))


if __name__ == "__main__":
    main(*sys.argv[1:])
