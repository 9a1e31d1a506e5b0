"""The shared corpus, and small definitions to change one thing in."""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

UNREADABLE = {900012}
"""Refers to a concept set it does not hold."""


@cache
def corpus(shared: Path) -> dict[int, str]:
    """Cohort id -> definition, as JSON text."""
    path = shared / "data" / "circe" / "definitions.jsonl.gz"
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["cohort_id"]: json.dumps(row["expression"]) for row in rows}


def concept_set(number: int, name: str | None, *items: int | Mapping[str, Any]) -> dict[str, Any]:
    """A concept set; an item is a concept's id or a whole item."""
    whole = [{"concept": {"CONCEPT_ID": item}} if isinstance(item, int) else item for item in items]
    return {"id": number, "name": name, "expression": {"items": whole}}


SETS = [concept_set(number, name, 100 + number) for number, name in enumerate("abcd")]


def definition(*criteria: Mapping[str, Any], **changes: Any) -> str:
    """A definition with these primary criteria, any condition where there are none, and other keys as given."""
    whole = {
        "ConceptSets": SETS,
        "PrimaryCriteria": {
            "CriteriaList": list(criteria) or [{"ConditionOccurrence": {"CodesetId": 0}}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        "QualifiedLimit": {"Type": "All"},
        "ExpressionLimit": {"Type": "All"},
    }
    return json.dumps(whole | changes)


ANY_TIME = {"Start": {"Coeff": -1}, "End": {"Coeff": 1}}


def correlated(criteria: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """`any condition in b` at any time, with the keys given changed."""
    whole = {
        "Criteria": criteria or {"ConditionOccurrence": {"CodesetId": 1}},
        "StartWindow": ANY_TIME,
        "Occurrence": {"Type": 2, "Count": 1},
    }
    return whole | changes


def group(kind: str, *events: Mapping[str, Any], people: Any = (), groups: Any = (), **changes: Any) -> dict[str, Any]:
    """A criteria group."""
    lists = {"CriteriaList": list(events), "DemographicCriteriaList": list(people), "Groups": list(groups)}
    return {"Type": kind, **lists} | changes


def rules(*groups: Mapping[str, Any]) -> dict[str, Any]:
    """Inclusion rules by number, as the changes `definition` takes."""
    return {"InclusionRules": [{"name": f"r{n}", "expression": one} for n, one in enumerate(groups, 1)]}
