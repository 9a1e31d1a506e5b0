"""Lints of which entries of a person are kept, and of how they end."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Edge,
    EventQuery,
    Events,
    Everyone,
    Exit,
    Index,
    Keep,
    Pick,
)
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.index_facts import index_days
from cohort_dsl.lint.said import Sayings
from cohort_dsl.tree import span_of
from schemas.omop import Domain

_DRUGS = (Domain.DRUG, Domain.DRUG_ERA)


def idle_limits(document: Document) -> Iterator[Finding]:
    """Limits to one entry a person, where an earlier step has left one already."""
    single = _what_leaves_one(document.cohort.index)
    qualify = document.cohort.qualify
    if qualify is not None and qualify.pick is not Pick.ALL:
        if single is not None:
            fix = "write `qualify when …`, or move the limit from the index"
            yield Finding(span_of(qualify), f"{single} leaves one event of a person", fix)
        single = single or f"`qualify {qualify.pick.value}`"
    if document.cohort.keep is not Keep.ALL:
        if single is not None:
            message = f"`keep {document.cohort.keep.value} entry` keeps all, since {single} leaves one of a person"
            yield Finding(span_of(document.cohort.index), message, f"remove `keep {document.cohort.keep.value} entry`")
        single = single or f"`keep {document.cohort.keep.value} entry`"
    if document.cohort.join_within and single is not None:
        message = f"there is nothing to join, since {single} leaves one entry of a person"
        yield Finding(span_of(document.cohort.index), message, "remove `join entries …`")


def _what_leaves_one(index: Index) -> str | None:
    """The words of the index that leave one event of a person, if there are any."""
    match index:
        case Index(events=Everyone()):
            return "`index everyone`"
        case Index(pick=Pick.EARLIEST | Pick.LATEST as pick):
            return f"`index {pick.value} of`"
        case Index(events=(events,)) if events.ordinal is not None:
            return "the ordinal of the index event"
        case _:
            return None


def several_firsts(document: Document) -> Iterator[Finding]:
    """Firsts of several kinds of events, each of which starts an entry."""
    events = document.cohort.index.events
    qualify = Pick.ALL if document.cohort.qualify is None else document.cohort.qualify.pick
    if isinstance(events, Everyone) or len(events) < 2 or document.cohort.index.pick is not Pick.ALL:
        return
    if all(event.ordinal is not None for event in events) and document.cohort.keep is Keep.ALL and qualify is Pick.ALL:
        message = f"a person may have {len(events)} entries, the first of each kind of event"
        fix = "write `index earliest of …` if the first of all is meant"
        yield Finding(span_of(document.cohort.index), message, fix)


def endless_entries(document: Document) -> Iterator[Finding]:
    """Several entries of a person that all last to the end of observation."""
    events = document.cohort.index.events
    is_ordinal = isinstance(events, Everyone) or all(event.ordinal is not None for event in events)
    has_one = is_ordinal or document.cohort.index.pick is not Pick.ALL or document.cohort.keep is not Keep.ALL
    is_picked = document.cohort.qualify is not None and document.cohort.qualify.pick is not Pick.ALL
    if document.cohort.exit == Exit() and not has_one and not is_picked:
        message = "without `end`, an entry lasts to the end of observation and takes in the person's later ones"
        fix = "write `end …`, or `first` before the index event if one entry a person is meant"
        yield Finding(span_of(document.cohort.index), message, fix)


def backward_ends(document: Document) -> Iterator[Finding]:
    """Entries that would end before they start, or last no time although time is measured."""
    exit = document.cohort.exit
    if exit.offset is None or exit.anchor is not Edge.START:
        return
    if exit.offset.count < 0:
        message = "the entry would end before it starts, so it is left out"
        yield Finding(span_of(exit), message, "write `after start`")
    elif exit.offset.count == 0 and document.cohort.incidence is not None:
        message = "entries of one day leave no time in which an outcome could follow"
        yield Finding(span_of(exit), message, "write how long people are followed, as in `end 365 days after start`")


def other_exposures(document: Document) -> Iterator[Finding]:
    """Ends of exposure to drugs that no entry starts with."""
    exposure, events = document.cohort.exit.exposure, document.cohort.index.events
    if exposure is None:
        return
    said = document.said
    starts = () if isinstance(events, Everyone) else events
    if not any(_is_drug(event) and _is_of(event, said(exposure.concepts), said) for event in starts):
        message = "no index event is a drug of this set, so an entry may start outside any exposure to it"
        yield Finding(
            span_of(exposure) or span_of(document.cohort.exit), message, "use the concept set of the index event"
        )


def _is_drug(events: Events) -> bool:
    return isinstance(events, EventQuery) and events.domain in _DRUGS


def _is_of(events: Events, concepts: object, said: Sayings) -> bool:
    return isinstance(events, EventQuery) and concepts in (said(events.concepts), said(events.source))


def outside_study_period(document: Document) -> Iterator[Finding]:
    """Study periods that end before the first index event can be, or start after the last."""
    period = document.cohort.study_period
    if period is None:
        return
    days = index_days(document.cohort)
    if period.last is not None and period.last.toordinal() < days.low:
        yield Finding(span_of(period), "the index events come after the study period", "correct one of the dates")
    elif period.first is not None and days.high < period.first.toordinal():
        message = "the index events come before the study period; entries that reach into it start on its first day"
        yield Finding(span_of(period), message, "correct one of the dates")


_T2DM = "let t2dm = concept 201826\n"
_BOTH = f"{_T2DM}let insulin = concept 1511348\n"

RULES = (
    LintRule(
        code="idle-limit",
        severity=Severity.INFO,
        meaning="One entry a person is kept or entries are joined, where each person has one already.",
        example=f"{_T2DM}index first ever condition in t2dm\nkeep first entry",
        fixed=f"{_T2DM}index condition in t2dm\nkeep first entry",
        find=idle_limits,
    ),
    LintRule(
        code="several-firsts",
        severity=Severity.INFO,
        meaning="The index takes the first of each of several kinds of events, so a person may enter once for each.",
        example=f"{_BOTH}index first ever condition in t2dm or first ever drug in insulin",
        fixed=f"{_BOTH}index earliest of first ever condition in t2dm or first ever drug in insulin",
        find=several_firsts,
    ),
    LintRule(
        code="endless-entries",
        severity=Severity.INFO,
        meaning="Every event starts an entry and none of them ends before observation does, so a person's entries lie "
        "in each other. Persons are counted right all the same; time is not divided.",
        example=f"{_T2DM}index condition in t2dm",
        fixed=f"{_T2DM}index condition in t2dm\nend 30 days after end",
        find=endless_entries,
    ),
    LintRule(
        code="backward-end",
        severity=Severity.WARNING,
        meaning="An entry ends before it starts, and is left out; or it lasts one day where incidence asks for time at "
        "risk.",
        example=f"{_T2DM}index first condition in t2dm\nend 30 days before start",
        fixed=f"{_T2DM}index first condition in t2dm\nend 30 days after start",
        find=backward_ends,
    ),
    LintRule(
        code="other-exposure",
        severity=Severity.WARNING,
        meaning="Entries end with exposure to drugs that the index does not name. An entry that starts outside any "
        "such exposure has no such end.",
        example=f"{_BOTH}index first condition in t2dm\nend with exposure to insulin with gaps of at most 30 days",
        fixed="let insulin = concept 1511348\nindex first drug in insulin\n"
        "end with exposure to insulin with gaps of at most 30 days",
        find=other_exposures,
    ),
    LintRule(
        code="outside-study-period",
        severity=Severity.WARNING,
        meaning="The dates asked of the index events and the study period have no day in common.",
        example=f"{_T2DM}index first ever condition in t2dm where date >= 2020-01-01\nstudy period ..2019-12-31",
        fixed=f"{_T2DM}index first ever condition in t2dm where date >= 2010-01-01\nstudy period ..2019-12-31",
        find=outside_study_period,
    ),
)
