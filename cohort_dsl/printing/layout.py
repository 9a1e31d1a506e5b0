"""Text that knows where it may break: a group stays on one line when it fits, else all of its own breaks are taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

WIDTH = 100
"""Columns a line of formatted text aims at."""

_INDENT = 2


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may end; `flat` stands there when it does not."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Group:
    """Parts laid out together."""

    parts: tuple["Doc", ...]


@dataclass(frozen=True, slots=True)
class Indent:
    """Parts whose lines start further in."""

    parts: tuple["Doc", ...]


Doc = str | Break | Group | Indent

SPACE = Break()
NOTHING = Break("")


def group(*parts: Doc) -> Group:
    """Parts that break together or not at all."""
    return Group(parts)


def indent(*parts: Doc) -> Indent:
    """Parts further in."""
    return Indent(parts)


def join(separator: tuple[Doc, ...], parts: Iterable[Doc]) -> tuple[Doc, ...]:
    """The parts with the separator between them."""
    joined: list[Doc] = []
    for part in parts:
        joined += (*separator, part) if joined else (part,)
    return tuple(joined)


def bracketed(parts: Iterable[Doc]) -> Doc:
    """`(a, b)`, or one part a line."""
    return group("(", indent(NOTHING, *join((",", SPACE), parts)), NOTHING, ")")


def render(doc: Doc) -> str:
    """The text of a doc, in lines of at most `WIDTH` columns where its breaks allow."""
    out: list[str] = []
    column = 0
    stack: list[tuple[int, bool, Doc]] = [(0, False, doc)]
    while stack:
        depth, flat, item = stack.pop()
        match item:
            case str():
                out.append(item)
                column += len(item)
            case Break() if flat:
                out.append(item.flat)
                column += len(item.flat)
            case Break():
                out.append("\n" + " " * depth)
                column = depth
            case Group(parts):
                fits = flat or _fits(item, WIDTH - column, stack)
                stack += [(depth, fits, part) for part in reversed(parts)]
            case Indent(parts):
                stack += [(depth + _INDENT, flat, part) for part in reversed(parts)]
            case _:
                assert_never(item)
    return "".join(out)


def _fits(doc: Doc, room: int, rest: list[tuple[int, bool, Doc]]) -> bool:
    """Whether the doc and what must follow it on the line take no more than `room` columns."""
    pending: list[tuple[bool, Doc]] = [(True, doc)]
    following = len(rest)
    while room >= 0:
        if not pending:
            if following == 0:
                return True
            following -= 1
            pending.append(rest[following][1:])
        flat, item = pending.pop()
        match item:
            case str():
                room -= len(item)
            case Break():
                if not flat:
                    return True
                room -= len(item.flat)
            case Group(parts) | Indent(parts):
                pending += [(flat, part) for part in reversed(parts)]
    return False
