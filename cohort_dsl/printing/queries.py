"""Events of one domain."""

from cohort_dsl.ast import Covering, Duration, EventQuery, Moved, Spanning, Trend
from cohort_dsl.printing.boolean import in_brackets
from cohort_dsl.printing.concepts import concepts_doc
from cohort_dsl.printing.layout import SPACE, Doc, group, indent
from cohort_dsl.printing.predicates import predicate_doc
from cohort_dsl.printing.values import days_text, duration_text, number_text
from cohort_dsl.words import Subject, plural


def query_doc(query: EventQuery, *, several: bool = False) -> Doc:
    """`drug in statins coded in x where age >= 40`, without its ordinal; `several` takes the plural."""
    parts: list[Doc] = [plural(query.domain) if several else query.domain.words]
    if query.concepts is not None:
        parts += [" in ", concepts_doc(query.concepts)]
    if query.source is not None:
        parts.append(indent(SPACE, "coded in ", concepts_doc(query.source)))
    parts += (indent(SPACE, clause) for clause in _clauses(query))
    return group(*parts)


def _clauses(query: EventQuery) -> list[Doc]:
    clauses: list[Doc] = []
    if query.spanning is not None:
        clauses.append(_spanning_text(query.spanning))
    if query.where is not None:
        clauses.append(group("where ", predicate_doc(query.where)))
    if query.covering is not None:
        clauses.append(_covering_text(query.covering))
    if query.having is not None:
        clauses.append(_having_doc(query))
    if query.trend is not None:
        clauses.append(_trend_text(query.trend))
    return clauses


def _spanning_text(spanning: Spanning) -> str:
    return f"spanning {_moved_text(spanning.start)} to {_moved_text(spanning.end)}"


def _moved_text(moved: Moved) -> str:
    if moved.offset == Duration(count=0):
        return moved.edge.value
    side = "before" if moved.offset.count < 0 else "after"
    return f"{duration_text(moved.offset)} {side} {moved.edge.value}"


def _covering_text(covering: Covering) -> str:
    return f"covering {days_text(covering.first, covering.last)}"


def _having_doc(query: EventQuery) -> Doc:
    from cohort_dsl.printing.criteria import criterion_doc  # criteria hold events, and events hold criteria

    assert query.having is not None
    return group("having ", in_brackets(criterion_doc(query.having, Subject.IT)))


def _trend_text(trend: Trend) -> str:
    return f"{trend.direction.value} by at least {number_text(trend.by)} within {duration_text(trend.within)}"
