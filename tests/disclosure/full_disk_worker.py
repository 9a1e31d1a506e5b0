"""A process whose files may not grow for long: `python full_disk_worker.py STATE`.

Writes the code of the refusal it meets and how many answers it got before.
"""

import resource
import sys
from pathlib import Path

from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.gate import calendar_year
from engine.disclosure.ledger import Ledger
from schemas.errors import DataProblem

MOST_BYTES = 220_000


def main(state: str) -> None:
    ledger = Ledger(Path(state))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
    accounts = (Account(kind=AccountKind.PROJECT, id="p", cap=10**9),)
    answered = 0
    try:
        while True:
            question = Question(qid=f"q{answered}", sigma=10, cost=1, cells=1)
            claim = Claim(accounts=accounts, questions=(question,), period=calendar_year(), action="count", tier="controlled",
                          release_id="r1", policy_version="1", population=1_000)  # fmt: skip
            ledger.charge_and_release(claim, lambda unanswered, balances: dict.fromkeys(unanswered, (5,)))
            answered += 1
    except DataProblem as problem:
        sys.stdout.write(f"{problem.code} {answered}")


if __name__ == "__main__":
    main(*sys.argv[1:])
