"""Applying a local rewrite everywhere in a plan, innermost parts first."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from engine.logical.nodes import CohortPlan

Node = TypeVar("Node")


def rewrite(plan: CohortPlan, rule: Callable[[object], object]) -> CohortPlan:
    """The plan with `rule` applied to every node from the leaves up; a rule returns its argument where it has
    nothing to say."""
    result = _rewrite(plan, rule)
    assert isinstance(result, CohortPlan)
    return result


def _rewrite(value: object, rule: Callable[[object], object]) -> object:
    if isinstance(value, tuple):
        holds_nodes = bool(value) and is_dataclass(value[0])  # and not thousands of concept ids
        return tuple(_rewrite(part, rule) for part in value) if holds_nodes else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        field.name: new
        for field in fields(value)
        if field.init and (new := _rewrite(old := getattr(value, field.name), rule)) is not old and new != old
    }
    return rule(replace(value, **changed) if changed else value)
