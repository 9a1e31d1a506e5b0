"""The privacy ledger at scale: a year of answers and all balances, then asked, opened, killed, verified and copied.

    python -m benchmarks.ledger          # 5,000 answers
    python -m benchmarks.ledger --full   # 100,000 answers

Both have 770,000 people. The ledger is filled by its own code in one transaction, with the mix of answers below, and
then measured as in service: every new answer synchronises the balances of all people and the ledger to disk. Peers, in
the same folder and run: as many bytes written and synchronised by nothing but `pwrite` and `fdatasync`, and a commit of
one row by SQLite alone. Times are wall clock.
"""

import argparse
import contextlib
import hashlib
import os
import platform
import signal
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.common.clock import seconds_of
from engine.aggregate import RawCells
from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.audit.watch import LogWatch
from engine.disclosure.backup import back_up, check_copy
from engine.disclosure.gate import Gate, calendar_year
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import LEDGER_FILE, PERSONS_FOLDER
from engine.disclosure.noise import DiscreteGaussian
from engine.disclosure.operator import Operator
from engine.disclosure.oversight import ActivityReader
from engine.disclosure.persons import Measure, PersonBalances
from engine.disclosure.rebuild import rebuild_persons
from engine.disclosure.request import GateRequest, Principal
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision

PEOPLE = 770_000
ANSWERS, FULL_ANSWERS = 5_000, 100_000
TURNS = 300
THREADS = 4
PROJECTS = 900
MIX = (("count", 1, 1, 6), ("table", 20, 2, 3), ("attrition", 9, 2, 1))
"""Kind of answer, cells, price in counts, and how many of ten answers are of the kind."""

KINDS = tuple(entry for entry in MIX for _ in range(entry[3]))
NEW = 60
"""New answers between two looks at the operators' page, a minute apart."""

ROOM = 10**15
"""A cap that nobody reaches: it is the ledger that is measured, not its refusals."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds by what was done (median and 99th percentile), and other lines, in the order they are shown."""

    times: dict[str, tuple[float, float]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)


def run(answers: int = ANSWERS, *, folder: Path | None = None) -> Figures:
    """Make a ledger in a temporary folder below `folder`, and measure it."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        state, figures = Path(made) / "state", Figures()
        figures.others["filled"] = f"{answers:,} answers in {seconds_of(lambda: _fill(state, answers)):,.0f} s"
        _peers(Path(made), figures)
        _ask(state, answers, figures)
        _sizes(state, figures)
        _recover(state, Path(made) / "copy", figures)
    return figures


def show(figures: Figures) -> None:
    """Print the figures as the tables of the README."""
    print("| | p50, ms | p99, ms |\n|---|---|---|")
    for name, (middle, slow) in figures.times.items():
        print(f"| {name} | {middle:.2f} | {slow:.2f} |")
    print("\n| | |\n|---|---|")
    for name, value in figures.others.items():
        print(f"| {name} | {value} |")


def _fill(state: Path, answers: int) -> None:
    """A ledger as a year leaves it; everybody is charged, and each answer is seen by one project or two."""
    with contextlib.closing(Ledger(state)) as ledger:
        ledger.charge_and_release(_claim("first", "p0", KINDS[0]), _measure)
    with contextlib.closing(_Filling(state)) as ledger:
        ledger.fill(answers - 1)


class _Filling(Ledger):
    """Fills a ledger by the code that answers, in one transaction, and leaves the people as they are."""

    def fill(self, answers: int) -> None:
        random = np.random.default_rng(1)
        with self._transaction():
            for number in range(answers):
                projects = random.integers(0, PROJECTS, 2 if number % 7 == 0 else 1)
                for project in projects:
                    self._decide(_claim(f"q{number}", f"p{project}", KINDS[number % len(KINDS)]), _measure)

    def _measured(self, claim: Claim, measure: Measure) -> dict[str, tuple[int, ...]]:  # noqa: ARG002  # nobody is counted
        return {each.qid: tuple(range(100_000, 100_000 + each.cells)) for each in claim.questions}


def _claim(name: str, project: str, kind: tuple[str, int, int, int]) -> Claim:
    action, cells, price, _ = kind
    question = Question(
        qid=hashlib.sha256(name.encode()).hexdigest(), sigma=10, cost=price * Precision.FINE.cost(1), cells=cells
    )
    number = int(project[1:])
    return Claim(
        accounts=(
            Account(kind=AccountKind.PROJECT, id=project, cap=ROOM),
            Account(kind=AccountKind.USER, id=f"researcher{number // 2}@example.org", cap=ROOM),
            Account(kind=AccountKind.INSTITUTION, id=f"institution-{number % 40}", cap=ROOM),
        ),
        questions=(question,),
        period=calendar_year(),
        action=action,
        tier="controlled",
        release_id="nation",
        policy_version=DEFAULT_POLICY.version,
        population=PEOPLE,
    )


def _measure(unanswered: frozenset[str], balances: PersonBalances) -> dict[str, tuple[int, ...]]:
    """What a gate does in the ledger's transaction for a count of a tenth of all people, but for the noise."""
    balances.admit(np.arange(0, PEOPLE, 10, dtype=np.uint32), cost=1, cap=2 * 10**9)
    return dict.fromkeys(unanswered, (77_000,))


def _ask(state: Path, answers: int, figures: Figures) -> None:
    random = np.random.default_rng(2)
    with contextlib.closing(Ledger(state)) as ledger:
        names = iter(f"new{number}" for number in range(10**9))

        def new() -> None:
            ledger.charge_and_release(_claim(next(names), "p1", KINDS[0]), _measure)

        def repeated() -> None:
            number = int(random.integers(0, answers - 1))
            ledger.charge_and_release(_claim(f"q{number}", "p2", KINDS[number % len(KINDS)]), _measure)

        figures.times["ledger, repeated answer"] = _times(repeated)
        figures.times["ledger, new answer"] = _times(new)
        _ask_gate(ledger, figures)
        for name, ask in (("repeated", repeated), ("new", new)):
            figures.others[f"{THREADS} threads, {name} answers"] = f"{_throughput(ask):,.0f} a second"


def _ask_gate(ledger: Ledger, figures: Figures) -> None:
    """The same through the gate: who is in which cell, balances, noise and what is shown."""
    noise = DiscreteGaussian([Precision.FINE.sigma])
    gate = Gate(DEFAULT_POLICY, ledger, noise, key=b"k" * 32, release_id="nation", population=PEOPLE)
    for share, people in (("a tenth", PEOPLE // 10), ("all", PEOPLE)):
        everybody = np.arange(people, dtype=np.uint32)
        counted = RawCells(labels=((),), persons=everybody, cells=np.zeros(people, np.int32))
        numbers = iter(range(10**9))

        def ask(number: int, counted: RawCells = counted, share: str = share) -> None:
            principal = Principal(user=f"u{number}", project=f"p-{number}", institution=f"i{number}",
                                  tier=AccessTier.CONTROLLED)  # fmt: skip
            request = GateRequest(principal=principal, query_hash=f"{share}{number}", consent_base_id="c",
                                  precision=Precision.FINE)  # fmt: skip
            gate.release_count(request, lambda: counted)

        figures.times[f"gate, new count of {share} of the people"] = _times(lambda ask=ask, to=numbers: ask(next(to)))
        figures.times[f"gate, repeated count of {share}"] = _times(lambda ask=ask: ask(0))


def _peers(folder: Path, figures: Figures) -> None:
    """The physical limit and the named peer, on the same disk."""
    content = os.urandom(4096 + 4 * PEOPLE)
    descriptor = os.open(folder / "peer", os.O_WRONLY | os.O_CREAT, 0o600)
    os.posix_fallocate(descriptor, 0, 2 * len(content))

    def write(size: int) -> None:
        os.pwrite(descriptor, content[:size], 0)
        os.fdatasync(descriptor)

    figures.times[f"peer: {len(content):,} bytes, pwrite and fdatasync"] = _times(lambda: write(len(content)))
    figures.times["peer: 4,096 bytes, pwrite and fdatasync"] = _times(lambda: write(4096))
    os.close(descriptor)
    with contextlib.closing(sqlite3.connect(folder / "peer.sqlite", isolation_level=None)) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.execute("create table line (text text)")
        figures.times["peer: SQLite alone, commit of one row"] = _times(
            lambda: database.execute("insert into line values (?)", ("x" * 600,))
        )


def _sizes(state: Path, figures: Figures) -> None:
    for path in sorted([*state.glob(f"{LEDGER_FILE}*"), *(state / PERSONS_FOLDER).iterdir()]):
        name = "people" if path.suffix == ".persons" else path.name
        figures.others[f"on disk, {name}"] = f"{path.stat().st_size / 1e6:,.1f} MB"
    with contextlib.closing(sqlite3.connect(state / LEDGER_FILE)) as database:
        for table in ("memo", "seen", "account", "audit", "audit_node", "audit_checkpoint"):
            (rows,) = database.execute(f"select count(*) from {table}").fetchone()
            figures.others[f"rows, {table}"] = f"{rows:,}"


def _recover(state: Path, copy: Path, figures: Figures) -> None:
    def opened() -> None:
        Ledger(state).close()

    def first_new_answer() -> None:
        with contextlib.closing(Ledger(state)) as ledger:
            ledger.charge_and_release(_claim("after", "p3", KINDS[0]), _measure)

    figures.others["open, after an orderly end"] = f"{seconds_of(opened):.2f} s"
    figures.others["killed with this much unwritten, ledger's WAL"] = f"{_kill(state) / 1e6:,.1f} MB"
    figures.others["open and answer, after kill -9"] = f"{seconds_of(first_new_answer):.2f} s"
    figures.others["audit verify"] = f"{seconds_of(lambda: _verify(state)):.1f} s"
    _watch(state, figures)
    figures.others["back up, while open"] = f"{seconds_of(lambda: back_up(state, copy)):.2f} s"
    figures.others["check the copy"] = f"{seconds_of(lambda: check_copy(copy)):.1f} s"
    for path in (state / PERSONS_FOLDER).iterdir():
        path.unlink()
    who = Operator(name="benchmark", reason="the people's file is lost")
    figures.others["rebuild the people's file"] = f"{seconds_of(lambda: rebuild_persons(state, who)):.2f} s"


def _watch(state: Path, figures: Figures) -> None:
    """What a server does for the page of its operators: examine all entries, then what is new, and tally projects."""
    watch, activity, period = LogWatch(state), ActivityReader(state), calendar_year()
    figures.others["watch: all entries, without the rests between"] = f"{seconds_of(watch.examine_whole):.1f} s"
    figures.others["watch: tally of projects, first time"] = f"{seconds_of(lambda: activity.read(period)):.2f} s"
    with contextlib.closing(Ledger(state)) as ledger:
        for number in range(NEW):
            ledger.charge_and_release(_claim(f"since{number}", "p5", KINDS[0]), _measure)

    def look() -> None:
        watched = watch.look()
        if watched is None or watched.report.findings:
            raise RuntimeError("the log is not whole")
        activity.read(period)

    figures.others[f"watch: a look after {NEW} new answers, with the tally"] = f"{1000 * seconds_of(look):.0f} ms"
    figures.others["watch: a look after none"] = f"{1000 * seconds_of(look):.0f} ms"


def _verify(state: Path) -> None:
    found = verify_log(state).findings
    if found:
        raise RuntimeError(found[0].message)


def _kill(state: Path) -> int:
    """Answer in another process until it is killed in the middle; gives the bytes of the write-ahead log it left."""
    child = os.fork()
    if child == 0:
        ledger = Ledger(state)
        for number in range(10**9):
            ledger.charge_and_release(_claim(f"killed{number}", "p4", KINDS[0]), _measure)
    time.sleep(4)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return (state / f"{LEDGER_FILE}-wal").stat().st_size


def _throughput(ask: Callable[[], None]) -> float:
    def work() -> None:
        for _ in range(TURNS // THREADS):
            ask()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]

    def together() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return TURNS // THREADS * THREADS / seconds_of(together)


def _times(action: Callable[[], object]) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds, after a few turns that are not counted."""
    for _ in range(5):
        action()
    taken = sorted(1000 * seconds_of(action) for _ in range(TURNS))
    return statistics.median(taken), taken[int(0.99 * len(taken))]


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"{FULL_ANSWERS:,} answers")
    parser.add_argument("--folder", type=Path, help="where, if not in the system's folder for temporary files")
    asked = parser.parse_args()
    print(machine())
    show(run(FULL_ANSWERS if asked.full else ANSWERS, folder=asked.folder))


def machine() -> str:
    """What the figures hold for."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}, NumPy {version('numpy')}, OpenDP {version('opendp')}; {PEOPLE:,} people"
    )


if __name__ == "__main__":
    main()
