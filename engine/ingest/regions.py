"""The regions a release tells people apart by: a list that the operator gives, or those that many people share.

A region is never listed because of who lives in it: the list is public knowledge, or is chosen with noise.
"""

from typing import Final

from sqlglot import exp

from engine.catalog.people import UNKNOWN_LABEL
from engine.disclosure.noise import FreshGaussian
from engine.disclosure.regions import THRESHOLD, listed_regions
from engine.ingest.session import Session, sql
from engine.ingest.table import Check, Plan
from schemas.cube import REGIONS_COST, REGIONS_SIGMA
from schemas.release import REGION
from schemas.tiers import NANO_RHO

PLAN: Final = Plan(
    table=REGION,
    source="region",
    checks=(Check(code="not-a-region", fails=f"TRIM(region) IN ('', '{UNKNOWN_LABEL}')"),),
)

CHOSEN: Final = (
    f"none given: those that {THRESHOLD} or more live in, counted with noise of {REGIONS_SIGMA} persons "
    f"(rho {REGIONS_COST / NANO_RHO:g})"
)
"""What a release says of its list where the operator gave none."""

NOBODY: Final = (
    "nobody lives in a region of the list that was given, so breakdowns by region call everybody's unknown: write "
    "regions as the column `state` of `location` does"
)


def chosen(session: Session) -> exp.Expr:
    """Rows of `region`: what many people of the view `person` share, drawn anew at each ingest."""
    counts = session.rows(
        sql(
            "SELECT region, COUNT(*) FROM person WHERE TRIM(region) NOT IN ('', $unknown) GROUP BY region",
            unknown=UNKNOWN_LABEL,
        )
    )
    listed = listed_regions({str(region): int(str(people)) for region, people in counts}, FreshGaussian())
    return sql("SELECT UNNEST(CAST($listed AS VARCHAR[])) AS region", listed=list(listed))


def is_nobodys(session: Session) -> bool:
    """Whether the list is of no use to anybody of the release: most likely it is written in other words."""
    return not session.rows(sql("SELECT 1 FROM person AS p JOIN region AS r ON r.region = p.region LIMIT 1"))
