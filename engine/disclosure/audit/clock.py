"""The times of a log as an examination goes over them: that they only rise, and what operators recorded of a clock that
had been ahead."""

import datetime
from collections.abc import Mapping
from typing import Any

from engine.disclosure.audit.checkpoint import Checkpoint
from engine.disclosure.audit.findings import ClockRecord, Finding, Kind
from engine.disclosure.audit.log import CLOCK_TOLERANCE


class Clock:
    """What the entries met so far say of the clock that they were written by."""

    def __init__(self) -> None:
        self.first: datetime.datetime | None = None
        self.last: datetime.datetime | None = None
        self._back: dict[Finding, datetime.datetime] = {}
        """Where the clock went back, and from when."""
        self._records: list[ClockRecord] = []

    @property
    def records(self) -> tuple[ClockRecord, ...]:
        """What was recorded, in the order of the log."""
        return tuple(self._records)

    def met(self, number: int, time: datetime.datetime) -> Finding | None:
        """Take in the time of an entry; tells whether it is before that of the one before."""
        before, self.last = self.last, time
        self.first = self.first or time
        if before is None or time >= before - CLOCK_TOLERANCE:
            return None
        message = (
            f"entry {number} is of {_shown(time)} and the one before it of {_shown(before)}: the clock was set "
            "back between them"
        )
        return self._went_back(message, number, before)

    def signed(self, name: str, checkpoint: Checkpoint) -> Finding | None:
        """Whether a checkpoint over the entries met is of before the last of them."""
        signed = datetime.datetime.fromisoformat(checkpoint.time)
        if self.last is None or signed >= self.last - CLOCK_TOLERANCE:
            return None
        message = (
            f"{name} is of {_shown(signed)} and the last entry under it of {_shown(self.last)}: the clock was set "
            "back between them"
        )
        return self._went_back(message, checkpoint.size, self.last)

    def recorded(self, number: int, time: datetime.datetime, entry: Mapping[str, Any]) -> frozenset[Finding]:
        """Take in that the clock had been ahead; gives the findings that this explains: steps back to before the
        record from times after it."""
        self._records.append(
            ClockRecord(
                entry=number,
                time=_shown(time),
                newest=_shown(datetime.datetime.fromisoformat(entry["newest"])),
                ahead=int(entry["ahead"]),
                user=str(entry["user"]),
                reason=str(entry["reason"]),
            )
        )
        explained = frozenset(finding for finding, before in self._back.items() if before > time)
        self._back = {finding: before for finding, before in self._back.items() if finding not in explained}
        return explained

    def now(self, number: int) -> Finding | None:
        """Whether the last entry, which has that number, is of a time that has not come."""
        if self.last is None or self.last <= datetime.datetime.now(datetime.UTC) + CLOCK_TOLERANCE:
            return None
        when = _shown(self.last)
        message = f"the last entry is of {when}, which is not yet: the clock was ahead then, or was set back since"
        return Finding(kind=Kind.CLOCK, message=message, entry=number)

    def _went_back(self, message: str, number: int, before: datetime.datetime) -> Finding:
        finding = Finding(kind=Kind.CLOCK, message=message, entry=number)
        self._back[finding] = before
        return finding


def _shown(time: datetime.datetime) -> str:
    return time.isoformat(sep=" ", timespec="seconds")
