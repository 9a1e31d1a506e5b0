"""A process that answers until it is killed: `python -m tests.attacks.answering_worker RELEASES STATE MUTATION`.

Writes number, query id and charge of each answer to standard output after the answer has come back, as a caller
would have seen it. MUTATION is the name of a seeded bug, or `none`.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

import engine
from tests.attacks.kit.askers import service_over
from tests.attacks.kit.mutations import MUTATIONS
from tests.attacks.kit.questions import All, Numbered, Secret


def main(releases: str, state: str, mutation: str) -> None:
    """One project that asks as fast as it can."""
    with ExitStack() as stack:
        if mutation != "none":
            stack.enter_context(MUTATIONS[mutation].seeded())
        service = stack.enter_context(service_over(Path(releases), "now", Path(state)))
        researcher = service.researcher(user="u", project="p", institution="i")
        for last in range(200, 250):
            answer = engine.count(service.session, researcher.request(All((Numbered(0, last), Secret()))))
            sys.stdout.write(f"{last} {answer.receipt.charged} {answer.count}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
