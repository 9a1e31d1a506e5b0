"""What may come next at a position of a text, for any editor."""

import re
from dataclasses import dataclass

from cohort_dsl.lexer import TokenKind, lex
from cohort_dsl.limits import MOST_CHARACTERS
from cohort_dsl.parser import declared_names, read_document
from cohort_dsl.stream import ExpectedKind, TokenStream

_WORD_BEFORE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z", re.ASCII)
_LONGEST_WORD = 256


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` may stand from `start` on, in place of the part of a word before the cursor.

    A `value` is a placeholder such as `number`, to be shown and not inserted.
    """

    text: str
    kind: ExpectedKind
    start: int


def complete(text: str, position: int) -> tuple[Completion, ...]:
    """What may come next at `position`, in the order of the grammar; nothing inside quotes and comments."""
    if len(text) > MOST_CHARACTERS:
        return ()
    before = text[: max(0, position)]
    partial = _WORD_BEFORE.search(before[-_LONGEST_WORD:])
    prefix = partial.group() if partial else ""
    start = len(before) - len(prefix)
    lexed = lex(text[:start])
    if _is_in_comment(before) or any(problem.code == "unterminated-text" for problem in lexed.problems):
        return ()
    stream = TokenStream(lexed.tokens, _names(text))
    read_document(stream)
    return tuple(
        Completion(expected.text, expected.kind, start)
        for expected in stream.expected_at_end
        if expected.text.startswith(prefix) and not (prefix and expected.kind is ExpectedKind.VALUE)
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(declared_names(lex(text).tokens)))


def _is_in_comment(before: str) -> bool:
    line = before[before.rfind("\n") + 1 :]
    tokens = lex(line).tokens
    end = max((token.span.end for token in tokens if token.kind is not TokenKind.END), default=0)
    return "#" in line[end:]
