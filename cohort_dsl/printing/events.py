"""Events."""

from cohort_dsl.ast import CohortEvents, EventQuery, Events, Ordinal
from cohort_dsl.lexer import escape
from cohort_dsl.printing.concepts import concepts_doc
from cohort_dsl.printing.layout import SPACE, Doc, group, indent
from cohort_dsl.printing.predicates import predicate_doc
from cohort_dsl.words import plural


def events_doc(events: Events, *, several: bool = False) -> Doc:
    """`first ever drug in statins where age >= 40`; `several` takes the plural."""
    ordinal = "" if events.ordinal is None else f"{_ordinal_text(events.ordinal)} "
    match events:
        case CohortEvents(name=name):
            return f"{ordinal}{'entries' if several else 'entry'} of cohort {escape(name)}"
        case EventQuery(domain=domain, concepts=concepts, where=where):
            words = plural(domain) if several else domain.words
            parts: list[Doc] = [f"{ordinal}{words}"]
            if concepts is not None:
                parts += [" in ", concepts_doc(concepts)]
            if where is not None:
                parts.append(indent(SPACE, "where ", predicate_doc(where)))
            return group(*parts)


def _ordinal_text(ordinal: Ordinal) -> str:
    side = "last" if ordinal.from_end else "first"
    nth = f"{ordinal.position}{_suffix(ordinal.position)}{' last' if ordinal.from_end else ''}"
    return f"{side if ordinal.position == 1 else nth}{' ever' if ordinal.ever else ''}"


def _suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
