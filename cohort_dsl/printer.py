"""Syntax tree to formatted text; reading it back gives the same tree."""

from collections.abc import Iterable

from cohort_dsl.ast import (
    Cohort,
    Dimension,
    DimensionKind,
    Duration,
    Everyone,
    Exit,
    Exposure,
    Incidence,
    Index,
    Keep,
    Let,
    Mode,
    Pick,
    Qualify,
    Rule,
)
from cohort_dsl.lexer import escape
from cohort_dsl.printing.concepts import concept_list_doc, concepts_doc
from cohort_dsl.printing.criteria import criterion_doc
from cohort_dsl.printing.events import events_doc
from cohort_dsl.printing.layout import SPACE, Doc, group, indent, join, render
from cohort_dsl.printing.values import days_text, duration_text, question_text
from cohort_dsl.printing.variants import variants_doc


def print_cohort(cohort: Cohort) -> str:
    """The document in its standard form: sections apart by an empty line, long lines wrapped. Comments are not kept."""
    sections = (
        (f"cohort {escape(cohort.name)}", *_mode_docs(cohort.mode)),
        map(_let_doc, cohort.lets),
        (_index_doc(cohort.index), *_qualify_docs(cohort.qualify)),
        map(_rule_doc, cohort.rules),
        _outcome_docs(cohort),
    )
    written = ("\n".join(map(render, section)) for section in sections)
    return "\n\n".join(filter(None, written)) + "\n"


def _mode_docs(mode: Mode) -> tuple[Doc, ...]:
    return () if mode is Mode.CORRECTED else (f"mode {mode.value}",)


def _let_doc(let: Let) -> Doc:
    return group(f"let {let.name} =", concept_list_doc(let.concepts))


def _index_doc(index: Index) -> Doc:
    match index.events:
        case Everyone(on=on):
            events: Doc = "everyone" if on is None else f"everyone on {on.isoformat()}"
        case tuple() as choices:
            alone = len(choices) == 1
            events = group(*join((SPACE, "or "), (events_doc(choice, alone=alone) for choice in choices)))
    pick = "" if index.pick is Pick.ALL else f"{index.pick.value} of "
    return group(f"index {pick}", indent(events, *_observed(index)))


def _qualify_docs(qualify: Qualify | None) -> tuple[Doc, ...]:
    if qualify is None:
        return ()
    pick = "" if qualify.pick is Pick.ALL else f"{qualify.pick.value} "
    return (group(f"qualify {pick}when", indent(SPACE, criterion_doc(qualify.criterion))),)


def _observed(index: Index) -> tuple[Doc, ...]:
    sides = (("before", index.observed_before), ("after", index.observed_after))
    words = [f"{duration_text(duration)} {side}" for side, duration in sides if duration.count]
    return (SPACE, f"observed {' and '.join(words)}") if words else ()


def _rule_doc(rule: Rule) -> Doc:
    return group(f"{rule.kind.value} {escape(rule.name)} when", indent(SPACE, criterion_doc(rule.criterion)))


def _outcome_docs(cohort: Cohort) -> Iterable[Doc]:
    if cohort.keep is not Keep.ALL:
        yield f"keep {cohort.keep.value} entry"
    yield from _exit_docs(cohort.exit)
    if cohort.join_within:
        yield f"join entries within {_days(cohort.join_within)}"
    if cohort.study_period is not None:
        yield f"study period {days_text(cohort.study_period.first, cohort.study_period.last)}"
    if cohort.count_by:
        yield group("count by ", indent(*join((",", SPACE), map(_dimension_doc, cohort.count_by))))
    if cohort.incidence is not None:
        yield _incidence_doc(cohort.incidence)


def _exit_docs(exit: Exit) -> tuple[Doc, ...]:
    times: list[Doc] = []
    if exit.offset is not None:
        side = "before" if exit.offset.count < 0 else "after"
        times.append(f"{duration_text(exit.offset)} {side} {exit.anchor.value}")
    if exit.exposure is not None:
        times.append(_exposure_doc(exit.exposure))
    choices = [*times, *(group("at ", events_doc(events)) for events in exit.censors)]
    if not choices:
        return ()
    separator = (",", SPACE, "or ") if times else (SPACE, "or ")
    return (group("end ", indent(*join(separator, choices))),)


def _exposure_doc(exposure: Exposure) -> Doc:
    offset = f"{_days(exposure.offset)} after" if exposure.offset else "with"
    gaps = f"gaps of at most {_days(exposure.gap)}" if exposure.gap else ""
    supply = "" if exposure.supply is None else f"supply of {_days(exposure.supply)}"
    terms = " and ".join(filter(None, (gaps, supply)))
    return group(
        f"{offset} exposure to ",
        concepts_doc(exposure.concepts),
        *((indent(SPACE, f"with {terms}"),) if terms else ()),
    )


def _incidence_doc(incidence: Incidence) -> Doc:
    return group("incidence of ", events_doc(incidence.outcome), indent(SPACE, f"per {incidence.per.value}"))


def _days(count: int) -> str:
    return duration_text(Duration(count=count))


def _dimension_doc(dimension: Dimension) -> Doc:
    match dimension.kind:
        case DimensionKind.AGE:
            return f"age({dimension.width})"
        case DimensionKind.SURVEY:
            return f"survey {question_text(dimension.question or '')}"
        case DimensionKind.GENOTYPE:
            assert dimension.variant is not None
            return group("genotype of ", variants_doc(dimension.variant))
        case DimensionKind.SEX | DimensionKind.REGION | DimensionKind.RACE | DimensionKind.INDEX_YEAR as kind:
            return kind.value
