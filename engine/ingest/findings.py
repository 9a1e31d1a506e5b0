"""Rows that were kept and look wrong, counted over the finished tables. Nothing here changes a row."""

import datetime

from sqlglot import exp

from engine.ingest.report import Counted, counted
from engine.ingest.session import Session, sql
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import (
    CARE_SITE,
    CONSENT,
    LOCATION,
    PERSON,
    PROVIDER,
    SURVEY_ANSWER,
    SURVEY_OPTION,
    SURVEY_QUESTION,
)
from schemas.tables import ColumnType, TableSpec

CHECKED = (
    PERSON, LOCATION, CARE_SITE, PROVIDER, *EVENT_TABLES.values(),
    SURVEY_QUESTION, SURVEY_OPTION, SURVEY_ANSWER, CONSENT,
)  # fmt: skip

_REFERENCES = {
    "visit_occurrence_id": ("visit", "event_id"),
    "visit_detail_id": ("visit_detail", "event_id"),
    "parent_visit_detail_id": ("visit_detail", "event_id"),
    "provider_id": ("provider", "provider_id"),
    "care_site_id": ("care_site", "care_site_id"),
    "location_id": ("location", "location_id"),
}
"""Column that names a row of another table -> (that table, its key)."""

_SPANS = frozenset({Domain.OBSERVATION_PERIOD.value, Domain.PAYER_PLAN_PERIOD.value, Domain.LOCATION_REGION.value})
"""Tables whose rows are not care received, and may lie outside an observation period."""


_OUTSIDE = """
    SELECT COUNT(*) FROM $table AS e ANTI JOIN observation_period AS o
    ON o.person = e.person AND e.start_date BETWEEN o.start_date AND o.end_date
"""


def findings(session: Session, table: TableSpec, *, today: datetime.date) -> tuple[Counted, ...]:
    """Counts of what looks wrong in one table. Every table of the release is a view of the session by its name."""
    found = [*_unknown_concepts(session, table), *_unmatched(session, table)]
    if table in EVENT_TABLES.values():
        found += _event_findings(session, table, today)
    if table is PERSON:
        found += _person_findings(session)
    if table is CONSENT:
        found += _counts(session, table, {"end-before-start": "withdrawn_on < granted_on"})
    return counted(found)


def _unknown_concepts(session: Session, table: TableSpec) -> list[tuple[str, int]]:
    """Rows a concept column whose concept is not in the vocabulary (0 is no concept)."""
    query = "SELECT COUNT(*) FROM $table WHERE $column <> 0 AND $column NOT IN (SELECT concept_id FROM concept)"
    return [
        (f"unknown-concept:{column.name}", _count(session, query, table=table.name, column=exp.column(column.name)))
        for column in table.columns
        if column.type is ColumnType.CONCEPT
    ]


def _unmatched(session: Session, table: TableSpec) -> list[tuple[str, int]]:
    """Rows that refer to a visit, provider, care site or location that is not there (0 refers to none)."""
    query = "SELECT COUNT(*) FROM $table AS a ANTI JOIN $other AS b ON $column = $key WHERE $column <> 0"
    return [
        (
            f"unmatched:{column.name}",
            _count(
                session, query, table=table.name, column=exp.column(column.name, "a"),
                other=exp.to_table(other), key=exp.column(key, "b"),
            ),
        )
        for column in table.columns
        if column.name in _REFERENCES and column.name not in table.key
        for other, key in (_REFERENCES[column.name],)
    ]  # fmt: skip


def _event_findings(session: Session, table: TableSpec, today: datetime.date) -> list[tuple[str, int]]:
    found = _counts(
        session,
        table,
        {
            "missing-concept": "concept_id = 0",
            "end-before-start": "end_date < start_date",
            "date-in-future": f"start_date > DATE '{today.isoformat()}'",
        },
    )
    birth = "SELECT COUNT(*) FROM $table AS e JOIN person AS p ON p.person = e.person WHERE e.start_date < p.birth_date"
    found.append(("date-before-birth", _count(session, birth, table=table.name)))
    if table.name not in _SPANS:
        found.append(("outside-observation", _count(session, _OUTSIDE, table=table.name)))
    if table.name == Domain.DEATH.value:
        repeated = "SELECT COUNT(*) - COUNT(DISTINCT person) FROM $table"
        found.append(("repeated-death", _count(session, repeated, table=table.name)))
    return found


def _person_findings(session: Session) -> list[tuple[str, int]]:
    never = "SELECT COUNT(*) FROM $table AS p ANTI JOIN observation_period AS o ON o.person = p.person"
    found = _counts(
        session,
        PERSON,
        {
            "missing-concept": "gender_concept_id = 0",
            "impossible-birth-date": "MONTH(birth_date) <> COALESCE(month_of_birth, MONTH(birth_date)) "
            "OR DAY(birth_date) <> COALESCE(day_of_birth, DAY(birth_date))",
        },
    )
    return [*found, ("never-observed", _count(session, never, table=PERSON.name))]


def _counts(session: Session, table: TableSpec, conditions: dict[str, str]) -> list[tuple[str, int]]:
    """Rows that fulfil each condition, in one pass."""
    columns = [sql(f"COUNT(*) FILTER (WHERE {condition})") for condition in conditions.values()]
    row = session.one(exp.select(*columns).from_(exp.to_table(table.name)))
    return list(zip(conditions, row, strict=True))


def _count(session: Session, query: str, *, table: str, **values: exp.Expr) -> int:
    return session.one(sql(query, table=exp.to_table(table), **values))[0]
