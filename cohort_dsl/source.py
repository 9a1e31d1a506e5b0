"""The text a caller sent: lines and columns, a problem shown under its place, and the nearest known word."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.errors import Problem, Span

_LONGEST_COMPARED = 40
_EXPECTED_SHOWN = 8
_LONGEST_BEFORE = 120
_LONGEST_SHOWN = 240


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column of a character, both counted from 1."""

    line: int
    column: int


def place_of(text: str, offset: int) -> Place:
    """Where the character at `offset` stands; an offset past the end is the end."""
    before = text[: max(0, offset)]
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def render_problem(text: str, problem: Problem) -> str:
    """The problem with its line (around the span of a long one), the span underlined, what was expected, the hint."""
    lines = [f"{problem.code}: {problem.message}"]
    if problem.span is not None:
        lines += _underlined(text, problem.span)
    if problem.expected and not problem.message.startswith("expected"):
        lines.append(f"  expected: {listed(problem.expected)}")
    if problem.hint:
        lines.append(f"  hint: {problem.hint}")
    return "\n".join(lines)


def listed(words: Iterable[str]) -> str:
    """`a`, `b` or `c`, shortened when there are many."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) > _EXPECTED_SHOWN:
        return f"{', '.join(quoted[:_EXPECTED_SHOWN])} or {len(quoted) - _EXPECTED_SHOWN} others"
    return " or ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))


def _underlined(text: str, span: Span) -> list[str]:
    place = place_of(text, span.start)
    line = text.split("\n")[place.line - 1].rstrip("\r")
    begin = max(0, place.column - 1 - _LONGEST_BEFORE)
    shown = line[begin : begin + _LONGEST_SHOWN]
    column = place.column - 1 - begin
    before, marked = shown[:column], shown[column : column + span.end - span.start]
    gutter = f"{place.line} | "
    indent = " " * (len(gutter) - 2) + "| " + "".join("\t" if c == "\t" else " " * _columns(c) for c in before)
    return [
        f"  at line {place.line}, column {place.column}",
        f"{gutter}{shown}",
        f"{indent}{'^' * max(1, sum(map(_columns, marked)))}",
    ]


def _columns(character: str) -> int:
    """Terminal columns of a character: Korean letters take two, combining marks none."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate a misspelled word most likely meant, absent when none is close."""
    if len(word) > _LONGEST_COMPARED:
        return None
    allowed = most_edits(word)
    lowered = word.lower()
    scored = (
        (edit_distance(lowered, candidate.lower()), candidate)
        for candidate in dict.fromkeys(candidates)
        if abs(len(candidate) - len(word)) <= allowed and candidate != word
    )
    return min((pair for pair in scored if pair[0] <= allowed), default=(0, None))[1]


def most_edits(word: str) -> int:
    """Edits up to which another word may have been meant."""
    return max(1, len(word) // 3)


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The hint for a misspelled word."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else None


def edit_distance(left: str, right: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn one word into the other."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if before and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, previous = previous, row
    return previous[-1]
