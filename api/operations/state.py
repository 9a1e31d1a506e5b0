"""The state of a service for its committee and operators, from the ledger, the log, the policy and the releases."""

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from api.operations.alarms import audit_alarms, clock_alarms, late_alarms, project_alarms, room_alarms, service_alarms
from api.operations.examining import Examining
from api.operations.room import Room
from api.policy_info import policy_info
from api.service import Service
from engine import Activity, ActivityReader, LogWatch, ProjectActivity, Watched, read_manifest, release_ids
from schemas.errors import DataProblem
from schemas.policy import AccessTier, DisclosurePolicy
from schemas.wire.operations import (
    AuditState,
    OperationsAnswer,
    PhaseAhead,
    ProjectBudget,
    ReleaseState,
)
from schemas.wire_policy import GrantInfo, PhaseInfo, PolicyInfo

_KEPT_SECONDS: Final = 60.0
"""So that looking at a page often costs nothing."""

_FIRST_SECONDS: Final = 2.0
"""How long the first look waits for the first examination of the log; a log of some thousand entries needs no more."""

_MOST_FINDINGS: Final = 20


class Oversight:
    """The state of one service, worked out at most once a minute. Safe to share between threads.

    Of the log it examines what is new; once started, a thread examines all of it now and then.
    """

    def __init__(self, service: Service, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._began = _now()
        self._activity = ActivityReader(service.settings.state)
        self._watch = LogWatch(service.settings.state)
        self._examining = Examining(self._watch)
        self._room = Room(service.settings.state)
        self._kept: tuple[float, OperationsAnswer] | None = None
        """Until when a state is kept, and the state."""

    def start(self) -> None:
        """Begin to examine the whole log, now and from time to time."""
        self._examining.start()

    def stop(self) -> None:
        """End the examination under way, and begin no other."""
        self._examining.stop()

    def examine_whole(self) -> None:
        """Examine the whole log now, as the thread does; raises `DataProblem` when it cannot be read."""
        self._watch.examine_whole()

    def state(self) -> OperationsAnswer:
        """The state; raises `DataProblem` when the ledger cannot be read."""
        with self._lock:
            if self._kept is None or self._clock() > self._kept[0]:
                self._examining.wait_for_first(_FIRST_SECONDS)
                answer = self._work_out()
                self._kept = (self._clock() + (_KEPT_SECONDS if answer.audit.whole else 0.0), answer)
            return self._kept[1]

    def _work_out(self) -> OperationsAnswer:
        service, session, now = self._service, self._service.session, _now()
        today = session.today()
        activity = self._activity.read(str(today.year))
        projects = [_budget(each, session.policy) for each in activity.projects]
        watched = self._watch.look()
        audit = _not_yet(activity) if watched is None else _audit_state(watched, now)
        policy = policy_info(session.policy, on=today, release=session.release.id, phase=session.release.manifest.phase)
        return OperationsAnswer(
            at=now,
            period=activity.period,
            alarms=[
                *service_alarms(service),
                *room_alarms(self._room),
                *audit_alarms(audit),
                *([] if watched is None else clock_alarms(watched.report.records, activity.period)),
                *late_alarms(audit.whole or self._began, now),
                *project_alarms(projects),
            ],
            projects=projects,
            audit=audit,
            policy_version=policy.version,
            policy_sha256=policy.sha256,
            phases=_phases(policy, today),
            releases=list(_releases(service.settings.releases, session.release.id)),
        )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


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


def _audit_state(watched: Watched, now: datetime.datetime) -> AuditState:
    report = watched.report
    return AuditState(
        examined=now,
        entries=report.entries,
        first=report.first,
        last=report.last,
        checkpoints=report.checkpoints,
        findings=[f"{finding.kind.value}: {finding.message}" for finding in report.findings[:_MOST_FINDINGS]],
        records=[record.message for record in report.records[-_MOST_FINDINGS:]],
        whole=watched.whole.replace(microsecond=0),
        whole_entries=watched.whole_entries,
        whole_seconds=round(watched.whole_seconds, 1),
    )


def _not_yet(activity: Activity) -> AuditState:
    return AuditState(
        examined=None,
        entries=activity.entries,
        first=None,
        last=None,
        checkpoints=0,
        findings=[],
        records=[],
        whole=None,
        whole_entries=0,
        whole_seconds=0.0,
    )


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
