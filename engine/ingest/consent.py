"""Consent: from a table of the source, or assumed for everyone by explicit word; without either nobody permits."""

import datetime

from sqlglot import exp

from engine.ingest.session import sql
from engine.ingest.table import Check, InDoubt, Plan
from schemas.consent import PERMISSION_CODES, PERMISSION_FORM, is_permission
from schemas.errors import DataProblem
from schemas.release import CONSENT

PLAN = Plan(
    table=CONSENT,
    source="consent",
    read={"person": "person_id"},
    checks=(Check(code="unknown-permission", fails=f"NOT regexp_matches(permission, '{PERMISSION_FORM}')"),),
    in_doubt=InDoubt(
        code="person-in-doubt",
        persons="""
            SELECT person FROM staged WHERE person IS NOT NULL GROUP BY person, permission
            HAVING COUNT($reason) > 0 OR COUNT(DISTINCT COALESCE(withdrawn_on, 'infinity')) > 1
            """,
    ),
)
"""A row that cannot be read, or two of one permission that differ, may have withdrawn or restricted something: such a
person permits nothing until the table is mended."""

NOBODY = (
    "no consent was given: nobody permits anything, so every protected count over this release is over nobody; "
    "ingest with a consent table, or say explicitly which permission to assume"
)


def check_assumed(permissions: tuple[str, ...]) -> None:
    """Raises `DataProblem` when a permission to assume is not one."""
    for permission in permissions:
        if not is_permission(permission):
            raise DataProblem(
                "consent-permission", f"{permission[:40]!r} is not a permission", expected=PERMISSION_CODES,
                hint="permissions are codes of the Data Use Ontology",
            )  # fmt: skip


def assumed(permissions: tuple[str, ...], *, granted_on: datetime.date) -> exp.Expr:
    """Rows of `consent` that give each permission for each person of the view `person`."""
    return sql(
        "SELECT p.person, u.permission, CAST($granted AS DATE) AS granted_on, CAST(NULL AS DATE) AS withdrawn_on "
        "FROM person AS p CROSS JOIN UNNEST($permissions) AS u(permission)",
        granted=granted_on.isoformat(),
        permissions=list(dict.fromkeys(permissions)),
    )
