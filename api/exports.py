"""Exact numbers on their way out of the trusted environment, and the rule for which a reviewer must look at first.

The file holds exact numbers: it belongs on the same protected storage as the data, and only the internal listener opens
it.
"""

import contextlib
import datetime
import itertools
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, assert_never

from pydantic import TypeAdapter

from engine import Principal
from schemas.errors import DataProblem, NotAllowed, located
from schemas.exports import Export, ExportedAnswer, ExportStatus
from schemas.wire import AttritionAnswer, BelowThreshold, BreakdownAnswer, CountAnswer, Number, Value

EXPORTS_FILE: Final = "exports.sqlite"
MOST_LISTED: Final = 200
_ANSWER: Final[TypeAdapter[ExportedAnswer]] = TypeAdapter(ExportedAnswer)
_COLUMNS: Final = "id, status, asked, user, project, reason, below_floor, reviewer, answer"
_SCHEMA: Final = """
create table if not exists export (
    id text primary key, status text not null, asked text not null, user text not null, project text not null,
    reason text not null, below_floor integer not null, reviewer text, answer text not null)
"""


def below_floor(answer: ExportedAnswer, floor: int) -> int:
    """How many groups of people the answer tells apart that are smaller than `floor`; nobody is such a group too.

    In attrition these are those who leave at each step, and those who stay.
    """
    return sum(size < floor for size in _groups(answer))


def _groups(answer: ExportedAnswer) -> list[int]:
    match answer:
        case CountAnswer():
            return [_number(answer.count)]
        case BreakdownAnswer():
            return [_number(answer.total), *(_number(cell.count) for cell in answer.cells)]
        case AttritionAnswer():
            left = [answer.population, *(_number(step.left) for step in answer.steps)]
            return [*(before - after for before, after in itertools.pairwise(left)), left[-1]]
        case _:
            assert_never(answer)


def _number(value: Value) -> int:
    match value:
        case Number(value=number):
            return number
        case BelowThreshold():  # not exact: only the internal tier's answers come here
            raise NotAllowed("export-protected", "this answer is protected, and may be carried out as it is")
        case _:
            assert_never(value)


class ExportStore:
    """What was asked to be carried out, and what became of it, in one file that threads and processes share.

    Raises `DataProblem` when the file cannot be read or written.
    """

    def __init__(self, state: Path) -> None:
        self._lock = threading.Lock()
        file = state / EXPORTS_FILE
        with located(file), self._reading():
            state.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self._database.execute("pragma synchronous = full")
            self._database.execute(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def hold(self, principal: Principal, answer: ExportedAnswer, small: int) -> Export:
        """Keep an answer of which `small` counts are below the floor; it is held until it is decided upon."""
        id, now = secrets.token_hex(8), datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        text = _ANSWER.dump_json(answer).decode()
        row = (
            id,
            ExportStatus.HELD.value,
            now,
            principal.user,
            principal.project,
            principal.reason or "",
            small,
            None,
            text,
        )
        with self._reading():
            self._database.execute(f"insert into export ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
        return self.find(id)

    def decide(self, id: str, status: ExportStatus, reviewer: str | None) -> Export:
        """Release or refuse what is held; raises `NotAllowed` when it is not held any more."""
        statement = "update export set status = ?, reviewer = ? where id = ? and status = ?"
        with self._reading():
            changed = self._database.execute(statement, (status.value, reviewer, id, ExportStatus.HELD.value)).rowcount
        if not changed:
            raise export_decided()
        return self.find(id)

    def find(self, id: str) -> Export:
        """One export, whole; raises `NotAllowed` when there is none of this id."""
        with self._reading():
            row = self._database.execute(f"select {_COLUMNS} from export where id = ?", (id,)).fetchone()  # noqa: S608
        if row is None:
            raise export_unknown()
        return _export(row)

    def newest(self, user: str | None) -> list[Export]:
        """Exports of a user, or of everybody, without their numbers."""
        query = f"select {_COLUMNS} from export where ? is null or user = ? order by rowid desc limit ?"  # noqa: S608
        with self._reading():
            rows = self._database.execute(query, (user, user, MOST_LISTED)).fetchall()
        return [_export(row).model_copy(update={"answer": None}) for row in rows]

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError):
            raise DataProblem("exports-unavailable", "the file of exports cannot be read or written") from None


def export_unknown() -> NotAllowed:
    """There is none, or it is not the caller's: the same is said."""
    return NotAllowed("export-unknown", "there is no such export")


def export_decided() -> NotAllowed:
    """Somebody was faster."""
    return NotAllowed("export-decided", "this export was decided upon already")


def _export(row: tuple[str, str, str, str, str, str, int, str | None, str]) -> Export:
    id, status, asked, user, project, reason, small, reviewer, answer = row
    return Export(
        id=id,
        status=ExportStatus(status),
        asked=asked,
        user=user,
        project=project,
        reason=reason,
        below_floor=small,
        reviewer=reviewer,
        answer=_ANSWER.validate_json(answer),
    )
