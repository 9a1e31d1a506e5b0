"""The state of a service for its committee and operators, from the ledger, the log, the policy and the releases."""

import datetime
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from api.policy_info import policy_info
from api.service import Service
from engine import LogReport, ProjectActivity, read_activity, read_manifest, release_ids, verify_log
from schemas.errors import DataProblem
from schemas.policy import AccessTier, DisclosurePolicy
from schemas.wire.operations import (
    Alarm,
    AuditState,
    OperationsAnswer,
    PhaseAhead,
    ProjectBudget,
    ReleaseState,
)
from schemas.wire_policy import GrantInfo, PhaseInfo, PolicyInfo

LOW: Final = 0.8
"""The part of a budget from which on its being used up is foreseen."""

_KEPT_SECONDS: Final = 60.0
"""The log is examined from its beginning, so not for every look at a page."""

_REST: Final = 20.0
"""A state is kept for so many times what it took: a year's log of 100,000 answers takes almost a minute."""

_MOST_FINDINGS: Final = 20


class Oversight:
    """The state of one service, worked out at most once a minute, less often where that takes long. Safe to share
    between threads."""

    def __init__(self, service: Service, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, OperationsAnswer] | None = None
        """Until when a state is kept, and the state."""

    def state(self) -> OperationsAnswer:
        """The state; raises `DataProblem` when the ledger cannot be read."""
        with self._lock:
            began = self._clock()
            if self._kept is None or began > self._kept[0]:
                answer = operations_answer(self._service)
                ended = self._clock()
                self._kept = (ended + max(_KEPT_SECONDS, _REST * (ended - began)), answer)
            return self._kept[1]


def operations_answer(service: Service) -> OperationsAnswer:
    """The state now; raises `DataProblem` when the ledger cannot be read."""
    session, state = service.session, service.settings.state
    today = session.today()
    activity = read_activity(state, str(today.year))
    projects = [_budget(each, session.policy) for each in activity.projects]
    audit = _audit_state(verify_log(state))
    policy = policy_info(session.policy, on=today, release=session.release.id, phase=session.release.manifest.phase)
    return OperationsAnswer(
        at=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        period=activity.period,
        alarms=[*_service_alarms(service), *_audit_alarms(audit), *_project_alarms(projects)],
        projects=projects,
        audit=audit,
        policy_version=policy.version,
        policy_sha256=policy.sha256,
        phases=_phases(policy, today),
        releases=list(_releases(service.settings.releases, session.release.id)),
    )


def _budget(found: ProjectActivity, policy: DisclosurePolicy) -> ProjectBudget:
    tier = next((tier for tier in AccessTier if tier.value == found.tier), None)
    return ProjectBudget(
        project=found.project,
        tier=tier,
        spent=found.spent,
        cap=0 if tier is None else policy.of(tier).budget.project,
        answered=found.answered,
        refused=found.refused,
        failed=found.failed,
        last=found.last,
    )


def _audit_state(report: LogReport) -> AuditState:
    return AuditState(
        examined=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        entries=report.entries,
        first=report.first,
        last=report.last,
        checkpoints=report.checkpoints,
        findings=[f"{finding.kind.value}: {finding.message}" for finding in report.findings[:_MOST_FINDINGS]],
    )


def _service_alarms(service: Service) -> Iterator[Alarm]:
    try:
        service.rereading.require()
    except DataProblem as problem:
        yield Alarm(
            kind="release-damaged", severity="critical", about=service.session.release.id, message=problem.message
        )


def _audit_alarms(audit: AuditState) -> Iterator[Alarm]:
    """Entries not signed yet are usual for some minutes; anything else found means that the log was changed."""
    for finding in audit.findings:
        is_unsigned = finding.startswith("unsigned:")
        yield Alarm(
            kind="log-unsigned" if is_unsigned else "audit",
            severity="warning" if is_unsigned else "critical",
            about="the log of answers",
            message=finding,
        )


def _project_alarms(projects: Iterable[ProjectBudget]) -> Iterator[Alarm]:
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


def _phases(policy: PolicyInfo, today: datetime.date) -> list[PhaseAhead]:
    """Every grant, in the order of their days; those without one first."""
    phases = {phase.number: phase for phase in policy.phases}
    open_now = {(grant.tier, grant.phase, grant.start) for grant in policy.open}
    grants = sorted(policy.grants, key=lambda grant: (grant.start or datetime.date.min, grant.tier.value))
    return [_phase(grant, phases[grant.phase], today, in_force=_key(grant) in open_now) for grant in grants]


def _key(grant: GrantInfo) -> tuple[AccessTier, int, datetime.date | None]:
    return grant.tier, grant.phase, grant.start


def _phase(grant: GrantInfo, phase: PhaseInfo, today: datetime.date, *, in_force: bool) -> PhaseAhead:
    return PhaseAhead(
        tier=grant.tier,
        phase=phase.number,
        title=phase.title,
        title_ko=phase.title_ko,
        start=grant.start,
        domains=[domain.value for domain in grant.domains],
        open=grant.start is None or grant.start <= today,
        in_force=in_force,
    )


def _releases(folder: Path, served: str) -> Iterator[ReleaseState]:
    for name in release_ids(folder):
        try:
            manifest = read_manifest(folder / name)
        except DataProblem:
            yield ReleaseState(release=name, created=None, phase=None, persons=None, in_service=name == served)
        else:
            yield ReleaseState(
                release=name,
                created=manifest.created,
                phase=manifest.phase,
                persons=manifest.persons,
                in_service=name == served,
            )
