"""A total order on nodes: that of their JSON."""

import json
from collections.abc import Iterable
from typing import TypeVar

from cohort_dsl.json_form import encode

T = TypeVar("T")


def in_order(nodes: Iterable[T]) -> tuple[T, ...]:
    """The nodes sorted; equal sets of nodes give equal tuples."""
    return tuple(sorted(nodes, key=order_key))


def distinct_in_order(nodes: Iterable[T]) -> tuple[T, ...]:
    """The nodes sorted, each once."""
    return in_order({order_key(node): node for node in nodes}.values())


def order_key(node: object) -> str:
    """The kind of the node and its JSON."""
    return f"{type(node).__name__} {json.dumps(encode(type(node), node), sort_keys=True, ensure_ascii=False)}"
