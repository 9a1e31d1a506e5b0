"""What the committee and operators see of a service: never a person, a user, a question or an answer."""

import datetime
from typing import Literal

from pydantic import Field

from schemas.policy import AccessTier
from schemas.wire.form import Wire


class ProjectBudget(Wire):
    """A project this year: what it spent and may spend in nano-rho, and how its questions ended. `cap` is that of the
    tier it asked in last, 0 for one whose numbers are exact."""

    project: str
    tier: AccessTier | None
    spent: int
    cap: int
    answered: int
    refused: int = Field(description="questions refused because a budget was used up")
    failed: int = Field(description="questions whose counting failed, which are charged all the same")
    last: str = Field(description="when the last question was asked (UTC)")


AlarmKind = Literal[
    "budget-low",
    "budget-refused",
    "question-failed",
    "audit",
    "release-damaged",
    "log-unsigned",
    "log-unexamined",
    "clock",
    "clock-recorded",
    "disk",
]


class Alarm(Wire):
    """Something to look at. `about` is a project, or a part of the service."""

    kind: AlarmKind
    severity: Literal["warning", "critical"]
    about: str
    message: str


class AuditState(Wire):
    """What examinations of the log found: entries, checkpoints, and everything wrong.

    At a look the new entries are examined, and whether those before are there still; all of them, from the first, about
    once an hour. Until that was done once since the server started, the times are absent.
    """

    examined: datetime.datetime | None = Field(description="when the new entries were examined")
    entries: int
    first: str | None
    last: str | None
    checkpoints: int
    findings: list[str]
    records: list[str] = Field(description="what operators put on record of a clock that had been ahead")
    whole: datetime.datetime | None = Field(description="when an examination of all entries last ended")
    whole_entries: int = Field(description="how many entries that went over")
    whole_seconds: float = Field(description="how long that took")


class PhaseAhead(Wire):
    """From `start` on a tier may use these kinds of data of releases of the phase; `open` says whether that day is
    here, `in_force` whether it is what holds today."""

    tier: AccessTier
    phase: int
    title: str
    title_ko: str | None
    start: datetime.date | None
    domains: list[str]
    open: bool
    in_force: bool


class ReleaseState(Wire):
    """A release in the folder of releases; absent numbers are of one that cannot be read."""

    release: str
    created: str | None
    phase: int | None
    persons: int | None
    in_service: bool


class OperationsAnswer(Wire):
    """The state of a service, as of `at`."""

    at: datetime.datetime
    period: str
    alarms: list[Alarm]
    projects: list[ProjectBudget]
    audit: AuditState
    policy_version: str
    policy_sha256: str
    phases: list[PhaseAhead]
    releases: list[ReleaseState]


class Readiness(Wire):
    """Whether questions can be answered now."""

    status: Literal["ready"]


class ConfigurationChecked(Wire):
    """One thing that was looked at, what was found, and what to do where it is wrong."""

    about: str
    good: bool
    found: str
    hint: str | None


class ConfigurationCheck(Wire):
    """What `kohort config check` found."""

    good: bool
    checked: list[ConfigurationChecked]
