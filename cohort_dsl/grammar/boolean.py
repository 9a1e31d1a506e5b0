"""`not` before `and` before `or`, and brackets: the same shape for criteria and both kinds of where-clause."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cohort_dsl.grammar.scope import Scope
from cohort_dsl.stream import TokenStream
from schemas.errors import Span, TooExpensive

T = TypeVar("T")

DEEPEST_BRACKETS = 56
"""Brackets in brackets beyond this are refused while reading, which bounds the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectives(Generic[T]):
    """How to read an operand and join several; `continues` says whether a connective that is next belongs here."""

    operand: Callable[[TokenStream, Scope], T]
    all_of: Callable[[tuple[T, ...], Span], T]
    any_of: Callable[[tuple[T, ...], Span], T]
    negated: Callable[[T, Span], T]
    continues: Callable[[TokenStream], bool]


def read_any(stream: TokenStream, grammar: Connectives[T], scope: Scope) -> T:
    """One or more parts joined by `or`."""
    start = stream.current
    parts = [_read_all(stream, grammar, scope)]
    while _accept_connective(stream, grammar, "or"):
        parts.append(_read_all(stream, grammar, scope))
    return parts[0] if len(parts) == 1 else grammar.any_of(tuple(parts), stream.since(start))


def _read_all(stream: TokenStream, grammar: Connectives[T], scope: Scope) -> T:
    start = stream.current
    parts = [read_part(stream, grammar, scope)]
    while _accept_connective(stream, grammar, "and"):
        parts.append(read_part(stream, grammar, scope))
    return parts[0] if len(parts) == 1 else grammar.all_of(tuple(parts), stream.since(start))


def read_part(stream: TokenStream, grammar: Connectives[T], scope: Scope) -> T:
    """An operand, `not` and a part, or anything in brackets."""
    start = stream.current
    if scope.depth > DEEPEST_BRACKETS:
        raise TooExpensive("too-deep", f"more than {DEEPEST_BRACKETS} brackets in brackets", span=start.span)
    if stream.accept("not"):
        return grammar.negated(read_part(stream, grammar, scope.deeper()), stream.since(start))
    if stream.accept("("):
        part = read_any(stream, grammar, scope.deeper())
        stream.expect(")")
        return part
    stream.count_part()
    return grammar.operand(stream, scope)


def _accept_connective(stream: TokenStream, grammar: Connectives[T], word: str) -> bool:
    if stream.next_is(word) and not grammar.continues(stream):
        return False
    return stream.accept(word) is not None


def operand_distance(stream: TokenStream) -> int:
    """How many tokens after a connective that is next its operand starts: past `not` and opening brackets."""
    ahead = 1
    while stream.next_is("not", "(", ahead=ahead):
        ahead += 1
    return ahead
