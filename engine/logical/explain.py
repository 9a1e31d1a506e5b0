"""A plan as an indented tree, for `kohort explain`."""

import datetime
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum

_SHOWN_IDS = 6


def explain(plan: object) -> str:
    """The tree of a plan node, one line a node; long lists of concept ids are abridged."""
    return "\n".join(_lines(plan, "", ""))


def _lines(value: object, label: str, indent: str) -> Iterator[str]:
    prefix = f"{indent}{label}: " if label else indent
    if not is_dataclass(value):
        yield f"{prefix}{_scalar(value)}"
        return
    scalars: list[str] = []
    children: list[tuple[str, object]] = []
    for field in fields(value):
        content = getattr(value, field.name)
        if not field.compare or content is None or content in ((), field.default):
            continue
        if _is_branch(content):
            children.append((field.name, content))
        else:
            scalars.append(f"{field.name}={_scalar(content)}")
    yield f"{prefix}{type(value).__name__} {', '.join(scalars)}".rstrip()
    for name, content in children:
        parts = content if isinstance(content, tuple) else (content,)
        for part in parts:
            yield from _lines(part, name, indent + "  ")


def _is_branch(content: object) -> bool:
    return is_dataclass(content) or (isinstance(content, tuple) and any(is_dataclass(part) for part in content))


def _scalar(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        shown = ", ".join(_scalar(part) for part in value[:_SHOWN_IDS])
        more = f", … {len(value)} in all" if len(value) > _SHOWN_IDS else ""
        return f"[{shown}{more}]"
    return repr(value)
