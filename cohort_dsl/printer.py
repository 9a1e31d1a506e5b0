"""Syntax tree to formatted text; reading it back gives the same tree."""

from collections.abc import Iterable
from itertools import chain

from cohort_dsl.ast import (
    Cohort,
    Dimension,
    DimensionKind,
    Duration,
    Everyone,
    Exit,
    Index,
    Keep,
    Let,
    Rule,
)
from cohort_dsl.lexer import escape
from cohort_dsl.printing.concepts import concept_list_doc
from cohort_dsl.printing.criteria import criterion_doc, question_text
from cohort_dsl.printing.events import events_doc
from cohort_dsl.printing.layout import SPACE, Doc, group, indent, join, render
from cohort_dsl.printing.values import duration_text


def print_cohort(cohort: Cohort) -> str:
    """The document in its standard form: sections apart by an empty line, long lines wrapped. Comments are not kept."""
    sections = (
        (f"cohort {escape(cohort.name)}",),
        map(_let_doc, cohort.lets),
        (_index_doc(cohort.index),),
        map(_rule_doc, cohort.rules),
        _outcome_docs(cohort),
    )
    written = ("\n".join(map(render, section)) for section in sections)
    return "\n\n".join(filter(None, written)) + "\n"


def _let_doc(let: Let) -> Doc:
    return group(f"let {let.name} =", concept_list_doc(let.concepts))


def _index_doc(index: Index) -> Doc:
    match index.events:
        case Everyone(on=on):
            events: Doc = "everyone" if on is None else f"everyone on {on.isoformat()}"
        case tuple() as choices:
            events = group(*join((SPACE, "or "), map(events_doc, choices)))
    return group("index ", indent(events, *_observed(index)))


def _observed(index: Index) -> tuple[Doc, ...]:
    sides = (("before", index.observed_before), ("after", index.observed_after))
    words = [f"{duration_text(duration)} {side}" for side, duration in sides if duration.count]
    return (SPACE, f"observed {' and '.join(words)}") if words else ()


def _rule_doc(rule: Rule) -> Doc:
    return group(f"{rule.kind.value} {escape(rule.name)} when", indent(SPACE, criterion_doc(rule.criterion)))


def _outcome_docs(cohort: Cohort) -> Iterable[Doc]:
    keep = () if cohort.keep is Keep.ALL else (f"keep {cohort.keep.value} entry",)
    count = join((",", SPACE), map(_dimension_text, cohort.count_by))
    counted = (group("count by ", indent(*count)),) if count else ()
    return chain(keep, _exit_docs(cohort.exit), counted)


def _exit_docs(exit: Exit) -> tuple[Doc, ...]:
    censors = [group("at ", events_doc(events)) for events in exit.censors]
    match exit.offset:
        case None if not censors:
            return ()
        case None:
            base = None
        case Duration() as offset:
            side = "before" if offset.count < 0 else "after"
            base = f"{duration_text(offset)} {side} {exit.anchor.value}"
    choices = [base, *censors] if base else censors
    separator = (",", SPACE, "or ") if base else (SPACE, "or ")
    return (group("end ", indent(*join(separator, choices))),)


def _dimension_text(dimension: Dimension) -> str:
    match dimension.kind:
        case DimensionKind.AGE:
            return f"age({dimension.width})"
        case DimensionKind.SURVEY:
            return f"survey {question_text(dimension.question or '')}"
        case DimensionKind.SEX | DimensionKind.REGION | DimensionKind.INDEX_YEAR as kind:
            return kind.value
