"""A16: more answers than were paid, by asking at once, or by killing the server between an answer and its charge."""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import engine
from schemas.errors import OverBudget
from schemas.policy import NANO_RHO
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.askers import PRECISION, Researcher, Service
from tests.attacks.kit.outcome import Attack, Check, Outcome, exactly
from tests.attacks.kit.questions import All, Numbered, Secret

ROOT = Path(__file__).parents[2]
AFFORDABLE = NANO_RHO // PRECISION.cost(1)


@dataclass(frozen=True, slots=True)
class Killed:
    """What callers were told before the process died, and what its ledger says afterwards."""

    told: int
    paid: int
    spent: int
    changed: int
    charged_again: int


def race(service: Service, threads: int, questions: int) -> tuple[int, int]:
    """Answers that one project got by asking from many threads, and nano-rho it spent."""
    answered: list[int] = []
    project = service.researcher()

    def ask(thread: int) -> None:
        mine = Researcher(service.session, project.principal)
        for number in range(questions):
            try:
                mine.count(All((Numbered(number, 300 + thread), Secret())))
            except OverBudget:
                continue
            answered.append(1)

    running = [threading.Thread(target=ask, args=(thread,)) for thread in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    spent = service.session.budget(project.principal)[0].spent
    return len(answered), spent


def kill_after(arena: Arena, answers: int, mutation: str = "none") -> Killed:
    """Kill a process with signal 9 after so many answers, and open its ledger again."""
    state = arena.state()
    assert arena.world and arena.before
    command = [sys.executable, "-m", "tests.attacks.answering_worker", str(arena.releases), str(state), mutation]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(answers)]
        process.kill()
        lines += process.stdout.readlines()
    told = [line.split(" ", 2) for line in lines if line.endswith("\n")]
    with arena.service(state=state) as service:
        researcher = service.researcher(user="u", project="p", institution="i")
        spent = service.session.budget(researcher.principal)[0].spent
        again = [
            engine.count(service.session, researcher.request(All((Numbered(0, int(last)), Secret()))))
            for last, _, _ in told
        ]
    return Killed(
        told=len(told),
        paid=sum(int(charged) for _, charged, _ in told),
        spent=spent,
        changed=sum(str(answer.count) != shown.strip() for answer, (_, _, shown) in zip(again, told, strict=True)),
        charged_again=sum(answer.receipt.charged for answer in again),
    )


def check_killed(killed: list[Killed]) -> tuple[Check, ...]:
    """Never an answer without its charge, nor another answer to the same question."""
    return (
        exactly("killed servers whose ledger holds less than was answered", sum(k.spent < k.paid for k in killed), 0),
        exactly("answers that were others afterwards, or cost again",
                sum(k.changed + (k.charged_again > 0) for k in killed), 0),
        Check(
            says="answers given before the servers were killed",
            measured=str(sum(k.told for k in killed)),
            allowed=f"at least {len(killed)}",
            holds=all(k.told for k in killed),
        ),
    )  # fmt: skip


def run(arena: Arena) -> Outcome:
    """Threads against one budget; then servers killed after 1, 2, 3, … answers, at whatever they were doing then."""
    threads, questions = arena.size(fast=(6, 9), full=(12, 40))
    with arena.service() as service:
        answered, spent = race(service, threads, questions)
    killed = [kill_after(arena, answers) for answers in arena.size(fast=(5,), full=tuple(range(1, 13)))]
    return Outcome(
        figure=(answered - AFFORDABLE) / AFFORDABLE,
        limit=0.0,
        checks=(
            exactly(f"answers that {threads} threads got of {threads * questions} asked for", answered, AFFORDABLE),
            exactly("nano-rho spent for them", spent, NANO_RHO),
            *check_killed(killed),
        ),
    )


ATTACK = Attack(
    number="A16",
    title="Races and crashes",
    tries="asks from many threads at once, and kills the server right after an answer",
    figure="answers beyond the budget",
    run=run,
)
