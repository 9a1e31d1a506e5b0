"""Every tree that differs from a given one in a single value."""

import datetime
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from cohort_dsl import ast
from schemas.errors import Span


def changes(node: Any) -> Iterator[tuple[str, Any]]:
    """Trees with one value other than it was, and where. Labels and spans are no part of the meaning."""
    for field in fields(node):
        if field.compare:
            for place, changed in _changed(getattr(node, field.name)):
                made = replace(node, **{field.name: changed})
                if made != node:
                    yield f"{type(node).__name__}.{field.name}{place}", made


def _changed(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case None | Span():
            return
        case bool():
            yield "", not value
        case Enum():
            yield from (("", other) for other in type(value) if other is not value)
        case int() | float():
            yield "", value + 1
        case str():
            yield "", f"{value}z"
        case datetime.date():
            yield "", value + datetime.timedelta(days=1)
        case tuple():
            for place, part in enumerate(value):
                for deeper, changed in _changed(part):
                    yield f"[{place}]{deeper}", (*value[:place], changed, *value[place + 1 :])
        case _ if is_dataclass(value):
            yield from ((f".{place}", changed) for place, changed in changes(value))
        case _:
            raise AssertionError(type(value))


def can_be_meant(cohort: ast.Cohort) -> bool:
    """Whether each value stands where the language has a place for it: an age band has a width and no question."""
    return all(
        (dimension.kind is ast.DimensionKind.AGE) == (dimension.width is not None)
        and (dimension.kind is ast.DimensionKind.SURVEY) == (dimension.question is not None)
        and (dimension.kind is ast.DimensionKind.GENOTYPE) == (dimension.variant is not None)
        for dimension in cohort.count_by
    )
