"""What is wrong with a whole table and not with a row of it: said as one problem or one warning."""

from collections.abc import Iterable
from typing import Final

from engine.ingest import survey
from engine.ingest.report import TableReport
from engine.ingest.source import SourceFile
from engine.ingest.table import Plan, lacking_columns
from schemas.errors import DataProblem, Problems
from schemas.release import CONSENT, PERSON, SURVEY_OPTION, SURVEY_QUESTION

_ADVICE: Final = {
    "unparsable-date": "dates are written as 2026-11-30 or 20261130",
    "unknown-person": "each person_id has to be one of the person table",
    "wrong-type": "numbers are written as 12 or 12.5",
    "unparsable-number": "numbers are written as 12 or 12.5",
    "malformed-question-id": "ids of questions are lower-case words joined by dots, as smoking.status",
    "unknown-kind": f"a kind of question is one of {', '.join(survey.KINDS)}",
    "unknown-question": "each question_id has to be one of the question table that was kept",
    "unknown-option": "each answer has to be written as the option table has it, for that question",
    "unknown-missing-reason": f"a reason is one of {', '.join(survey.MISSING_REASONS)}",
    "unknown-permission": "permissions are codes of the Data Use Ontology, as GRU or HMB",
}
"""Reason of a rejection, without its column -> what to do when it met most rows of a table."""

_WITHHELD: Final = "whoever has one that is no mere repetition permits nothing until it is mended and ingested anew"

_EACH_ROW_COUNTS: Final = frozenset({SURVEY_QUESTION.name, SURVEY_OPTION.name, CONSENT.name})
"""Tables of which no row may be lost unnoticed: a question or option takes its answers along, a row of consent its
person."""


def check_columns(tables: Iterable[tuple[Plan, SourceFile]]) -> None:
    """Raises what every table lacks at once, before the first row is read: reading may take hours."""
    found = [problem for plan, source in tables if (problem := lacking_columns(plan, source))]
    if len(found) == 1:
        raise found[0]
    if found:
        raise Problems(found)


def refuse_if_empty(report: TableReport) -> None:
    """A release without people, or in which nobody is ever observed, answers every question with nobody."""
    if report.rows_out:
        return
    if report.table == PERSON.name:
        raise DataProblem("source-no-persons", f"{report.source} has no person that can be kept", hint=_advice(report))
    said = _losses(report) if report.rows_in else "it has no rows"
    raise DataProblem("source-no-observation", f"{report.source}: {said}", hint=_advice(report))


def mostly_rejected(report: TableReport) -> str | None:
    """A warning where one reason met more than half of a table's rows, no row was kept, or any question, option or
    consent was not: seldom what was meant."""
    worst = max((count.rows for count in report.rejected), default=0)
    few = report.rows_out and worst * 2 <= report.rows_in and report.table not in _EACH_ROW_COUNTS
    if not worst or few:
        return None
    what_it_means = _WITHHELD if report.table == CONSENT.name else None
    return "; ".join(filter(None, (f"{report.source}: {_losses(report)}", _advice(report), what_it_means)))


def _losses(report: TableReport) -> str:
    reasons = ", ".join(f"{count.code} ({count.rows:,})" for count in report.rejected)
    return f"{report.rows_rejected:,} of {report.rows_in:,} rows were rejected: {reasons}"


def _advice(report: TableReport) -> str | None:
    """For the reason that met most rows."""
    if not report.rejected:
        return None
    worst = max(report.rejected, key=lambda count: count.rows)
    return _ADVICE.get(worst.code.partition(":")[0])
