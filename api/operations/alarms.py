"""What the committee and operators are told to look at."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Final

from api.operations.room import Room
from api.service import Service
from engine import ClockRecord
from schemas.errors import DataProblem
from schemas.wire.operations import Alarm, AlarmKind, AuditState, ProjectBudget

LOW: Final = 0.8
"""The part of a budget from which on its being used up is foreseen."""

LATE: Final = datetime.timedelta(hours=3)
"""After so long without an examination of the whole log something keeps it from ending; one is due every hour."""

_LOG: Final = "the log of answers"
_KINDS: Final[dict[str, AlarmKind]] = {"unsigned": "log-unsigned", "clock": "clock"}
"""Findings that have an alarm of their own."""


def service_alarms(service: Service) -> Iterator[Alarm]:
    """A release that turned out to be damaged."""
    try:
        service.rereading.require()
    except DataProblem as problem:
        yield Alarm(
            kind="release-damaged", severity="critical", about=service.session.release.id, message=problem.message
        )


def room_alarms(room: Room) -> Iterator[Alarm]:
    """That answers cannot be written down."""
    try:
        room.require()
    except DataProblem as problem:
        yield Alarm(kind="disk", severity="critical", about="the state folder", message=problem.message)


def audit_alarms(audit: AuditState) -> Iterator[Alarm]:
    """Entries not signed yet are usual for some minutes, and a clock may have been wrong; anything else found means
    that the log was changed."""
    for finding in audit.findings:
        kind = _KINDS.get(finding.partition(":")[0], "audit")
        severity = "warning" if kind == "log-unsigned" else "critical"
        yield Alarm(kind=kind, severity=severity, about=_LOG, message=finding)


def clock_alarms(records: Iterable[ClockRecord], year: str) -> Iterator[Alarm]:
    """What was put on record of a clock that had been ahead, until the year that it had shown is over: so long years
    share a budget."""
    for record in records:
        if record.year >= year:
            yield Alarm(kind="clock-recorded", severity="warning", about=_LOG, message=record.message)


def late_alarms(since: datetime.datetime, now: datetime.datetime) -> Iterator[Alarm]:
    """That all entries were last examined long ago; `since` is when that was, or when the server started."""
    if now - since > LATE:
        message = f"its entries were not examined from the first since {since.isoformat(sep=' ', timespec='minutes')}"
        yield Alarm(kind="log-unexamined", severity="warning", about=_LOG, message=message)


def project_alarms(projects: Iterable[ProjectBudget]) -> Iterator[Alarm]:
    """Budgets that are nearly used up, and questions that were refused or failed."""
    for each in projects:
        if each.cap and each.spent >= LOW * each.cap:
            share = f"{each.spent / each.cap:.0%} of this year's budget is spent"
            yield Alarm(kind="budget-low", severity="warning", about=each.project, message=share)
        if each.refused:
            message = f"{each.refused} questions were refused for want of budget"
            yield Alarm(kind="budget-refused", severity="warning", about=each.project, message=message)
        if each.failed:
            message = f"the counting of {each.failed} questions failed; look for incidents in the server's log"
            yield Alarm(kind="question-failed", severity="critical", about=each.project, message=message)
