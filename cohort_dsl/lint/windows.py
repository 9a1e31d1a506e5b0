"""Lints of windows of time."""

from collections.abc import Iterator

from cohort_dsl.ast import Anchor, Duration, EventQuery, Events, Everyone, Occurrence, Window
from cohort_dsl.lint.bounds import is_after_index, is_before_index, is_never_open, usual_days
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.places import Literal, count_wanted
from cohort_dsl.printing.values import duration_text
from schemas.omop import Domain


def impossible_windows(document: Document) -> Iterator[Finding]:
    """Windows in which no event can lie."""
    of_index = {id(literal.criterion) for literal in document.occurrences}
    is_start = document.cohort.index.events == Everyone()
    for visit in document.nodes:
        if not isinstance(visit.value, Occurrence):
            continue
        occurrence = visit.value
        starts = is_start and id(occurrence) in of_index
        if is_never_open(occurrence.windows, observed=not occurrence.ignoring_observation, starts_observation=starts):
            fix = "correct a bound, or add `ignoring observation` if events outside it are meant"
            yield Finding(visit.span, "no event can lie in this window", fix)


def unobserved_absence(document: Document) -> Iterator[Finding]:
    """Events that must be absent for longer than people have to be observed."""
    if isinstance(document.cohort.index.events, Everyone):
        return
    for literal in document.occurrences:
        if not _limits_from_above(literal) or not isinstance(literal.criterion, Occurrence):
            continue
        for window in literal.criterion.windows:
            yield from _unobserved(literal, window, document)


def _limits_from_above(literal: Literal) -> bool:
    wanted = count_wanted(literal)
    return wanted is not None and wanted[1] is not None


def _unobserved(literal: Literal, window: Window, document: Document) -> Iterator[Finding]:
    lower, upper = window.lower, window.upper
    if lower is not None and lower.anchor is Anchor.START and lower.offset.count < 0:
        yield from _too_short(literal, _absolute(lower.offset), document.cohort.index.observed_before, "before")
    if upper is not None and upper.anchor is Anchor.START and upper.offset.count > 0:
        yield from _too_short(literal, upper.offset, document.cohort.index.observed_after, "after")


def _too_short(literal: Literal, asked: Duration, observed: Duration, side: str) -> Iterator[Finding]:
    if usual_days(asked) > usual_days(observed):
        known = f"only {duration_text(observed)}" if observed.count else "nothing"
        message = (
            f"people observed for less than {duration_text(asked)} {side} index count as having none; "
            f"{known} is asked of them"
        )
        yield Finding(literal.span, message, f"write `observed {duration_text(asked)} {side}` after the index events")


def _absolute(duration: Duration) -> Duration:
    return Duration(count=abs(duration.count), unit=duration.unit)


def death_before_index(document: Document) -> Iterator[Finding]:
    """Deaths that must come before events of the same person, and events that must follow a death."""
    events = () if isinstance(document.cohort.index.events, Everyone) else document.cohort.index.events
    is_death = bool(events) and all(map(_is_death, events))
    for literal in document.occurrences:
        wanted = count_wanted(literal)
        if not isinstance(literal.criterion, Occurrence) or wanted is None or wanted[0] == 0:
            continue
        if _is_death(literal.criterion.events) and is_before_index(literal.criterion.windows) and not is_death:
            message = "a person who died before index has no index event, unless the data are wrong"
            yield Finding(literal.span, message, "write `after index`, or `no death before index` to leave them out")
        elif is_death and is_after_index(literal.criterion.windows):
            yield Finding(literal.span, "the index is death, and nothing happens after it", "write `before index`")


def _is_death(events: Events) -> bool:
    return isinstance(events, EventQuery) and events.domain is Domain.DEATH


_HEAD = "let t2dm = concept 201826\n"
_FIRST = f"{_HEAD}index first ever condition in t2dm"

RULES = (
    LintRule(
        code="impossible-window",
        severity=Severity.WARNING,
        meaning="No event can lie in the window: it asks for the time before `index everyone`, which is the first day "
        "of observation, for days outside the observation period, or for an end before the start. `no …` is then true "
        "of everybody and `any …` of nobody.",
        example=f'{_HEAD}index everyone\ninclude "diabetes" when any condition in t2dm before index',
        fixed=f'{_HEAD}index everyone on 2024-12-31\ninclude "diabetes" when any condition in t2dm before index',
        find=impossible_windows,
    ),
    LintRule(
        code="unobserved-absence",
        severity=Severity.WARNING,
        meaning="A criterion asks that something did not happen for longer than people must be observed. Those with a "
        "shorter history are counted as free of it.",
        example=f'let insulin = concept 1511348\n{_FIRST}\nexclude "insulin" when any drug in insulin within 365 days '
        "before index",
        fixed=f'let insulin = concept 1511348\n{_FIRST} observed 365 days before\nexclude "insulin" when any drug in '
        "insulin within 365 days before index",
        find=unobserved_absence,
    ),
    LintRule(
        code="after-death",
        severity=Severity.WARNING,
        meaning="A death is asked for before the index event, or an event after an index that is death.",
        example=f'{_FIRST}\ninclude "dies" when any death before index',
        fixed=f'{_FIRST}\ninclude "dies" when any death after index',
        find=death_before_index,
    ),
)
