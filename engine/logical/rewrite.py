"""Applying a local rewrite everywhere in a plan, innermost parts first."""

import datetime
from collections.abc import Callable, Container
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from operator import is_
from types import NoneType, UnionType
from typing import Protocol, TypeVar, Union, get_args, get_origin

from engine.logical.nodes import CohortPlan

Node = TypeVar("Node")


class Rule(Protocol):
    """A local rewrite: what it returns depends on the node alone, and is its argument where it has nothing to say."""

    __name__: str

    def __call__(self, node: object, /) -> object: ...


class Settled:
    """The parts of a plan in which no rule of several, each given with the kinds of node it is about, has anything to
    say. For one plan, as long as it is rewritten."""

    def __init__(self, rules: tuple[tuple[Rule, frozenset[type]], ...]) -> None:
        self._rules = rules
        self._about: dict[type, tuple[tuple[str, ...], tuple[Rule, ...]]] = {}
        # By identity: to find a node by its value would take hashing all of it. The node is held, so that no other
        # takes its place.
        self._parts: dict[int, object] = {}

    def __contains__(self, node: object) -> bool:
        return id(node) in self._parts

    def has_all_of(self, node: object) -> bool:
        """Whether a node and everything in it is settled; those found to be are remembered."""
        if isinstance(node, tuple):
            return sum(map(self.has_all_of, node)) == len(node) if _holds_nodes(node) else True
        if id(node) in self._parts:
            return True
        kind = type(node)
        names, rules = self._about.get(kind) or self._learn(kind)
        is_settled = True
        for name in names:  # all of them: each part that is settled is to be remembered
            part = getattr(node, name)
            is_settled &= part is None or self.has_all_of(part)
        for rule in rules if is_settled else ():
            is_settled &= _applied(rule, node) is node
        if is_settled:
            self._parts[id(node)] = node
        return is_settled

    def _learn(self, kind: type) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
        """The fields of a kind of node that may hold nodes, and the rules that are about it."""
        about = _names(kind), tuple(rule for rule, kinds in self._rules if kind in kinds)
        return self._about.setdefault(kind, about)


def rewrite(plan: CohortPlan, rule: Callable[[object], object], settled: Container[object] = ()) -> CohortPlan:
    """The plan with `rule` applied to every node from the leaves up, but in the parts already `settled`; a rule returns
    its argument where it has nothing to say."""
    result = _rewrite(plan, rule, settled)
    assert isinstance(result, CohortPlan)
    return result


def rewrite_node(node: Node, rule: Callable[[object], object]) -> Node:
    """The same for a part of a plan, whose kind the rule must keep."""
    result = _rewrite(node, rule, ())
    assert isinstance(result, type(node))
    return result


def _rewrite(value: object, rule: Callable[[object], object], settled: Container[object]) -> object:
    """The value itself wherever nothing changed, so that whoever asks need not compare all of it."""
    if isinstance(value, tuple):
        return _rewrite_parts(value, rule, settled)
    if settled and value in settled:
        return value
    changed: dict[str, object] = {}
    for name in _names(type(value)):
        old = getattr(value, name)
        if old is not None and (new := _rewrite(old, rule, settled)) is not old:
            changed[name] = new
    return _applied(rule, _replaced(value, changed) if changed else value)


def _rewrite_parts(
    parts: tuple[object, ...], rule: Callable[[object], object], settled: Container[object]
) -> tuple[object, ...]:
    if not _holds_nodes(parts):
        return parts
    rewritten = tuple([_rewrite(part, rule, settled) for part in parts])
    return parts if all(map(is_, rewritten, parts)) else rewritten


def _applied(rule: Callable[[object], object], node: object) -> object:
    result = rule(node)
    return node if result is not node and result == node else result


def _holds_nodes(parts: tuple[object, ...]) -> bool:
    """Whether there are nodes in a tuple, and not thousands of concept ids."""
    return bool(parts) and is_dataclass(parts[0])


def _replaced(value: object, changed: dict[str, object]) -> object:
    assert is_dataclass(value) and not isinstance(value, type)
    return replace(value, **changed)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes; none of a plain value's."""
    if not is_dataclass(kind):
        return ()
    return tuple(field.name for field in fields(kind) if field.init and field.compare and not _is_plain(field.type))


def _is_plain(annotation: object) -> bool:
    """Whether a field so annotated holds numbers, texts, days and words of enumerations only."""
    if get_origin(annotation) in (Union, UnionType, tuple):
        return all(map(_is_plain, get_args(annotation)))
    return annotation is Ellipsis or (
        isinstance(annotation, type) and issubclass(annotation, (int, float, str, datetime.date, Enum, NoneType))
    )
