"""Requests for prevalence over time."""

from dataclasses import dataclass

from engine.aggregate.intervals import Split, Window, intervals_of, stays_of
from engine.aggregate.prevalence import RawPrevalence, place_in_time
from engine.cached import cached_property
from engine.catalog.observation import ObservedDays, load_observed_days
from engine.disclosure.request import Prevalence
from engine.logical.access import check_by_time
from engine.logical.dates import outside_steps
from engine.logical.digest import Names
from engine.pipeline.question import Question, Request
from engine.session import Session
from schemas.errors import NotAllowed
from schemas.series import PrevalenceMeasure


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Prevalence of a cohort in the intervals of a window."""

    window: Window
    measure: PrevalenceMeasure = PrevalenceMeasure.PERIOD


class InTime(Question):
    """A request for prevalence: who is in the cohort when, and who is under observation then."""

    def __init__(self, session: Session, request: Request, series: Series) -> None:
        super().__init__(session, request)
        self._series = series
        self._split = Split(request.dimensions or (), session.people)
        window = series.window
        if self._access:
            check_by_time(request.cohort, request.library, self._access)
        if self._access and (wrong := outside_steps(window.first, window.last, window.per, self._access.dates)):
            raise NotAllowed(
                "access-date",
                f"the {self._access.tier.value} tier names dates by whole {self._access.dates.value}s: {wrong}",
                hint="`kohort policy explain` lists what opens when",
            )

    @cached_property
    def asked(self) -> Prevalence:
        """The question's shape."""
        return Prevalence(
            spec=f"{self._series.window.text}, {self._series.measure.value}, by {self._split.text}",
            intervals=self._series.window.names,
            strata=self._split.labels,
        )

    def in_time(self) -> RawPrevalence:
        rows, observed = self._result.rows, self._observed_days()
        return place_in_time(
            stays_of(rows.person, rows.start, rows.end),
            stays_of(observed.person, observed.start, observed.end),
            self._consent.members,
            intervals=intervals_of(self._series.window, self._series.measure),
            strata=self._split.strata(),
            labels=self.asked.labels,
        )

    def _observed_days(self) -> ObservedDays:
        """Of everybody, whatever is asked; kept for the next question."""
        session, stop = self._session, self._stop
        key = Names().of("observed days", session.release.id)
        return session.kept.one(key, lambda: load_observed_days(session.database, stop), stop).value

    def _document(self) -> str:
        return f"{super()._document()}\n{self.asked.spec}"
