"""The plans of an OMOP CDM 5.3 or 5.4 folder: which source table becomes which release table, and in which order."""

from collections.abc import Collection
from dataclasses import replace

from engine.ingest.source import ROW, SourceFile
from engine.ingest.table import Check, Plan
from schemas.omop import CDM_53_NAMES, EVENT_TABLES, Domain
from schemas.release import CARE_SITE, LOCATION, PERSON, PROVIDER, VOCABULARY_TABLES
from schemas.tables import ColumnSpec, ColumnType, TableSpec

REQUIRED = ("person", "observation_period")

SURVEY_CONDUCT = "survey_conduct"

NOT_CARRIED = frozenset({
    "attribute_definition", "cdm_source", "cohort", "cohort_attribute", "cohort_definition", "concept_class", "cost",
    "domain", "drug_strength", "episode", "episode_event", "fact_relationship", "metadata", "note", "note_nlp",
    "relationship", "source_to_concept_map", "vocabulary",
})  # fmt: skip
"""Tables of the CDM that a release has no place for; they may lie in the folder and are listed in the report."""

_ROW_NUMBER = f'"{ROW}"'

_BIRTH_DATE = (
    "COALESCE("
    "TRY(MAKE_DATE(year_of_birth, COALESCE(month_of_birth, 1), COALESCE(day_of_birth, 1))), "
    "TRY(MAKE_DATE(year_of_birth, COALESCE(month_of_birth, 1), 1)), "
    "TRY(MAKE_DATE(year_of_birth, 1, 1)))"
)

_PERSON = Plan(
    table=PERSON,
    source="person",
    derived={
        "person": "ROW_NUMBER() OVER (ORDER BY source_person_id) - 1",
        "birth_date": _BIRTH_DATE,
        "region": "(SELECT l.state FROM location AS l WHERE l.location_id = staged.location_id)",
    },
    checks=(Check(code="impossible-year-of-birth", fails="NOT year_of_birth BETWEEN 1800 AND 2200"),),
    key=("source_person_id",),
    row_key="source_person_id",
)

_DEATH = {"event_id": _ROW_NUMBER}

_LOCATION_REGION = Plan(
    table=EVENT_TABLES[Domain.LOCATION_REGION],
    source="location_history",
    read={"person": "entity_id"},
    derived={
        "concept_id": "COALESCE((SELECT l.region_concept_id FROM location AS l "
        "WHERE l.location_id = staged.location_id), 0)",
        "event_id": _ROW_NUMBER,
    },
    extra=(ColumnSpec(name="domain_id", type=ColumnType.TEXT, description="kind of entity"),),
    checks=(Check(code="not-a-person", fails="LOWER(domain_id) <> 'person'"),),
    key=(),
)

_OPTIONAL_CONCEPT = frozenset({Domain.DEATH, Domain.PAYER_PLAN_PERIOD, Domain.OBSERVATION_PERIOD})
"""Domains whose concept column the CDM does not require."""


def plans() -> tuple[Plan, ...]:
    """Every table of the CDM that a release carries, in an order in which each finds what it refers to.

    What a release cannot do without comes first: an ingest that is refused for it is refused early.
    """
    places = tuple(_keyed(table) for table in (LOCATION, CARE_SITE, PROVIDER))
    vocabulary = tuple(_keyed(table) for table in VOCABULARY_TABLES)
    others = (domain for domain in EVENT_TABLES if domain is not Domain.OBSERVATION_PERIOD)
    return (*places, _PERSON, _event(Domain.OBSERVATION_PERIOD), *vocabulary, *(_event(domain) for domain in others))


def known_tables() -> Collection[str]:
    """Names a data file in an OMOP folder may have."""
    return NOT_CARRIED | {SURVEY_CONDUCT} | {plan.source for plan in plans()}


def for_columns(plan: Plan, source: SourceFile) -> Plan:
    """The plan with CDM 5.3 names where the source has those and not the 5.4 ones."""
    old = {
        column.name: before
        for column in plan.staged
        if (name := plan.source_column(column)) not in source.columns
        and (before := CDM_53_NAMES.get((plan.source, name))) in source.columns
        and before is not None
    }
    if plan is _LOCATION_REGION and "entity_id" not in source.columns:
        old["person"] = "person_id"
    return replace(plan, read={**plan.read, **old})


def _event(domain: Domain) -> Plan:
    table = EVENT_TABLES[domain]
    assert table.source is not None
    if domain is Domain.LOCATION_REGION:
        return _LOCATION_REGION
    optional = frozenset({"concept_id"}) if domain in _OPTIONAL_CONCEPT else frozenset()
    if domain is Domain.DEATH:
        return Plan(table=table, source=table.source, derived=_DEATH, key=(), optional=optional)
    checks = (Check(code="missing-value:observation_period_end_date", fails="end_date IS NULL"),)
    return Plan(
        table=table,
        source=table.source,
        optional=optional,
        checks=checks if domain is Domain.OBSERVATION_PERIOD else (),
        row_key="event_id",
    )


def _keyed(table: TableSpec) -> Plan:
    assert table.source is not None
    return Plan(table=table, source=table.source, row_key=table.key[0] if len(table.key) == 1 else None)
