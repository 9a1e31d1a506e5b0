"""What the committee and operators are told to look at."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Final

from api.service import Service
from schemas.errors import DataProblem
from schemas.wire.operations import Alarm, AuditState, ProjectBudget

LOW: Final = 0.8
"""The part of a budget from which on its being used up is foreseen."""

LATE: Final = datetime.timedelta(hours=3)
"""After so long without an examination of the whole log something keeps it from ending; one is due every hour."""

_LOG: Final = "the log of answers"


def service_alarms(service: Service) -> Iterator[Alarm]:
    """A release that turned out to be damaged."""
    try:
        service.rereading.require()
    except DataProblem as problem:
        yield Alarm(
            kind="release-damaged", severity="critical", about=service.session.release.id, message=problem.message
        )


def audit_alarms(audit: AuditState) -> Iterator[Alarm]:
    """Entries not signed yet are usual for some minutes; anything else found means that the log was changed."""
    for finding in audit.findings:
        is_unsigned = finding.startswith("unsigned:")
        yield Alarm(
            kind="log-unsigned" if is_unsigned else "audit",
            severity="warning" if is_unsigned else "critical",
            about=_LOG,
            message=finding,
        )


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
