"""Runs as they are kept: bounded for every user, and seen by who asked, or by the project where they were shared.

A step goes from queued to running to answered or refused, and nowhere from there. What was cancelled stays so, whatever
comes of it later.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.runs.file import RunFile
from api.runs.reading import RunRow, StepRow, run_of, summary_of, tiers_up_to
from engine import Principal, ReleaseOverview
from schemas.errors import NotAllowed
from schemas.policy import Precision
from schemas.wire.problems import ProblemDocument
from schemas.wire.runs import (
    MOST_RUN_BYTES,
    MOST_RUNS,
    RUN_DAYS,
    Run,
    RunAnswer,
    RunRequest,
    RunSummary,
    StepState,
)

_UNDER_WAY: Final = (StepState.QUEUED, StepState.RUNNING)
_RUN: Final = (
    "id, user, project, number, tier, asked, title, request, precision, release, policy_version, policy_sha256, query, "
    "shared, server"
)
_STEP: Final = "run, number, state, begun, answer, problem, charged"
_OWN: Final = "user = ? and project = ?"
_SIZE: Final = (
    "length(request) + (select total(length(coalesce(answer, '')) + length(coalesce(problem, ''))) "
    "from step where run = id)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of a run before anything is counted: its title, its cohort's hash, and how precise it is to be."""

    request: RunRequest
    title: str
    query: str
    precision: Precision | None


class RunStore:
    """Keeps runs in a `RunFile`. Methods raise `NotAllowed` where the caller may not see a run, as where there is none,
    and `DataProblem`."""

    def __init__(self, file: RunFile) -> None:
        self._file = file
        self._interrupt_dead()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def hold(self, id: str, caller: Principal, asked: Asked, overview: ReleaseOverview) -> Run:
        """Keep a new run of the caller, all of it queued; the caller's oldest ones go where there is no room."""
        asked_at = now().isoformat()
        text = asked.request.model_dump_json(exclude_none=True)
        precision = asked.precision.value if asked.precision else None
        with self._file.changing() as database:
            number = "(select coalesce(max(number), 0) + 1 from run where user = ? and project = ?)"
            database.execute(
                f"insert into run ({_RUN}) values (?, ?, ?, {number}, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",  # noqa: S608
                (
                    *(id, caller.user, caller.project, caller.user, caller.project, caller.tier.value, asked_at),
                    *(asked.title, text, precision, overview.release_id),
                    *(overview.policy_version, overview.policy_sha256, asked.query, self._file.server),
                ),
            )
            database.executemany(
                "insert into step (run, number, state) values (?, ?, ?)",
                [(id, number, StepState.QUEUED.value) for number, _ in enumerate(asked.request.parts, start=1)],
            )
        self.make_room(caller.user)
        return self.find(caller, id)

    def find(self, caller: Principal, id: str) -> Run:
        """A run of the caller's own, or one that was shared in the caller's project, which comes without numbers."""
        self._interrupt_dead()
        found = self._file.rows(f"select {_RUN} from run where id = ? and project = ?", (id, caller.project))  # noqa: S608
        row = RunRow(*found[0]) if found else None
        if row is None or not (row.is_own(caller) or row.shared):
            raise run_unknown()
        return run_of(row, self._steps([id])[id], caller)

    def newest(self, caller: Principal, *, before: int | None, limit: int) -> tuple[list[RunSummary], int | None]:
        """Own runs in the caller's project, the newest first, and where the next page begins."""
        self._interrupt_dead()
        tiers = [tier.value for tier in tiers_up_to(caller.tier)]
        query = (
            f"select {_RUN} from run where {_OWN} and (? is null or number < ?) "  # noqa: S608
            f"and tier in ({', '.join('?' * len(tiers))}) order by number desc limit ?"
        )
        found = self._file.rows(query, (caller.user, caller.project, before, before, *tiers, limit + 1))
        rows = [RunRow(*each) for each in found[:limit]]
        steps = self._steps([row.id for row in rows])
        return [summary_of(row, steps[row.id], caller) for row in rows], rows[-1].number if len(found) > limit else None

    def asked(
        self, caller: Principal, requests: Sequence[RunRequest], *, release: str, policy_sha256: str
    ) -> dict[str, Run]:
        """By request as it is kept, the newest own run that asked it of this release, under this policy and by the
        caller's tier: an answer by what it is the answer to."""
        self._interrupt_dead()
        keys = [request.model_dump_json(exclude_none=True) for request in requests]
        query = (
            f"select {_RUN} from run where {_OWN} and tier = ? and release = ? and policy_sha256 = ? "  # noqa: S608
            f"and request in ({', '.join('?' * len(keys))}) order by number"
        )
        own = (caller.user, caller.project, caller.tier.value)
        newest = {
            row.request: row
            for row in (RunRow(*each) for each in self._file.rows(query, (*own, release, policy_sha256, *keys)))
        }
        steps = self._steps([row.id for row in newest.values()])
        return {key: run_of(row, steps[row.id], caller) for key, row in newest.items()}

    def begin(self, id: str, number: int) -> bool:
        """Let a queued step run; false when it was cancelled, or the run is gone."""
        return self._move(id, number, StepState.QUEUED, "state = ?, begun = 1", (StepState.RUNNING.value,))

    def is_at(self, id: str, number: int, state: StepState) -> bool:
        """Whether a step is in this state."""
        query = "select 1 from step where run = ? and number = ? and state = ?"
        return bool(self._file.rows(query, (id, number, state.value)))

    def answer(self, id: str, number: int, answer: RunAnswer, charged: int) -> None:
        """Keep a step's answer, unless it was cancelled."""
        values = (StepState.ANSWERED.value, answer.model_dump_json(), charged)
        self._move(id, number, StepState.RUNNING, "state = ?, answer = ?, charged = ?", values)

    def refuse(self, id: str, number: int, problem: ProblemDocument) -> None:
        """Keep why a step has no answer, unless it was cancelled."""
        values = (StepState.REFUSED.value, problem.model_dump_json(exclude_none=True))
        self._move(id, number, StepState.RUNNING, "state = ?, problem = ?", values)

    def end(self, id: str, state: StepState) -> None:
        """Cancel or interrupt what is left of a run; a step that had begun is no longer shown, and is paid."""
        with self._file.changing() as database:
            query = "update step set state = ? where run = ? and state in (?, ?)"
            database.execute(query, (state.value, id, *(each.value for each in _UNDER_WAY)))

    def share(self, caller: Principal, id: str, *, shared: bool) -> None:
        """Let the caller's project see a run of the caller's, or no longer."""
        self._change_own(caller, id, "update run set shared = ?", (int(shared),))

    def delete(self, caller: Principal, id: str) -> None:
        """Forget a run of the caller's; what was paid stays paid."""
        self._change_own(caller, id, "delete from run", ())

    def make_room(self, user: str) -> None:
        """Forget a user's runs that are too old, too many or too large together, the oldest first."""
        oldest = (now() - datetime.timedelta(days=RUN_DAYS)).isoformat()
        with self._file.changing() as database:
            database.execute("delete from run where asked < ?", (oldest,))
            query = f"select id, {_SIZE} from run where user = ? order by asked desc, rowid desc"  # noqa: S608
            kept = database.execute(query, (user,))
            size = 0
            for place, (id, bytes_) in enumerate(kept.fetchall()):
                size += bytes_
                if place and (place >= MOST_RUNS or size > MOST_RUN_BYTES):
                    database.execute("delete from run where id = ?", (id,))

    def _change_own(self, caller: Principal, id: str, statement: str, values: Sequence[object]) -> None:
        with self._file.changing() as database:
            own = (id, caller.user, caller.project)
            if not database.execute(f"{statement} where id = ? and {_OWN}", (*values, *own)).rowcount:
                raise run_unknown()

    def _move(self, id: str, number: int, origin: StepState, change: str, values: Sequence[object]) -> bool:
        with self._file.changing() as database:
            statement = f"update step set {change} where run = ? and number = ? and state = ?"  # noqa: S608
            return database.execute(statement, (*values, id, number, origin.value)).rowcount == 1

    def _steps(self, ids: Sequence[str]) -> dict[str, list[StepRow]]:
        marks = ", ".join("?" * len(ids))
        found = self._file.rows(f"select {_STEP} from step where run in ({marks}) order by run, number", ids)  # noqa: S608
        steps: dict[str, list[StepRow]] = {id: [] for id in ids}
        for row in found:
            step = StepRow(*row)
            steps[step.run].append(step)
        return steps

    def _interrupt_dead(self) -> None:
        """What a process left under way when it ended is interrupted; normally there is nothing."""
        query = "select distinct server from run join step on run = id where state in (?, ?)"
        for (server,) in self._file.rows(query, [each.value for each in _UNDER_WAY]):
            if not self._file.is_alive(str(server)):
                with self._file.changing() as database:
                    left = "state in (?, ?) and run in (select id from run where server = ?)"
                    statement = f"update step set state = ? where {left}"  # noqa: S608
                    states = (StepState.INTERRUPTED.value, *(each.value for each in _UNDER_WAY))
                    database.execute(statement, (*states, server))


def run_unknown() -> NotAllowed:
    """There is none, or it is not the caller's to see: the same is said."""
    return NotAllowed("run-unknown", "there is no such run", hint="it may have been deleted, or be of another project")


def now() -> datetime.datetime:
    """The time, with its zone."""
    return datetime.datetime.now(datetime.UTC)


def open_runs(state: Path) -> RunStore:
    """The runs of a state folder; raises `DataProblem`."""
    return RunStore(RunFile(state))
