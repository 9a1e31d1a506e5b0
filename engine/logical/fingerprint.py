"""The canonical identity of a plan: equal meaning as far as the optimiser sees it, equal hash."""

import datetime
import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from engine.logical.nodes import CohortPlan


def fingerprint(plan: CohortPlan, *asked: object, ordered: bool = False) -> str:
    """SHA-256 in hexadecimal over the structure of the plan and what else was asked.

    Rule names are labels and left out; so is the order of the rules unless `ordered`, for attrition.
    """
    unnamed = [structure(replace(rule, name="")) for rule in plan.rules]
    if not ordered:
        unnamed.sort(key=json.dumps)
    whole = [structure(replace(plan, rules=())), unnamed, *map(structure, asked)]
    return hashlib.sha256(json.dumps(whole, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def structure(value: object) -> object:
    """A value of the plan as plain JSON types; nodes become `[name, {field: …}]`, spans and labels are left out."""
    if is_dataclass(value):
        content = {f.name: structure(getattr(value, f.name)) for f in fields(value) if f.compare}
        return [type(value).__name__, content]
    if isinstance(value, tuple):
        return [structure(part) for part in value]
    if isinstance(value, Enum):
        return [type(value).__name__, value.name]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
