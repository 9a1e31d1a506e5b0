"""Applying a local rewrite everywhere in a plan, innermost parts first."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import TypeVar

from engine.logical.nodes import CohortPlan

Node = TypeVar("Node")


def rewrite(plan: CohortPlan, rule: Callable[[object], object]) -> CohortPlan:
    """The plan with `rule` applied to every node from the leaves up; a rule returns its argument where it has
    nothing to say."""
    return rewrite_node(plan, rule)


def rewrite_node(node: Node, rule: Callable[[object], object]) -> Node:
    """The same for a part of a plan, whose kind the rule must keep."""
    result = _rewrite(node, rule)
    assert isinstance(result, type(node))
    return result


def _rewrite(value: object, rule: Callable[[object], object]) -> object:
    if isinstance(value, tuple):
        holds_nodes = bool(value) and _names(type(value[0])) is not None  # and not thousands of concept ids
        return tuple([_rewrite(part, rule) for part in value]) if holds_nodes else value
    names = _names(type(value))
    if names is None:
        return value
    changed = {
        name: new for name in names if (new := _rewrite(old := getattr(value, name), rule)) is not old and new != old
    }
    return rule(_replaced(value, changed) if changed else value)


def _replaced(value: object, changed: dict[str, object]) -> object:
    assert is_dataclass(value) and not isinstance(value, type)
    return replace(value, **changed)


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """What a kind of node is made from, absent for a plain value's."""
    return tuple(field.name for field in fields(kind) if field.init) if is_dataclass(kind) else None
