"""Text to tokens. Total: every text gives tokens and the problems met on the way, in linear time."""

import datetime
import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from schemas.errors import Span, SyntaxProblem, TooExpensive

MOST_PROBLEMS = 20
"""A text with more faults than this is not worth reading on."""

MOST_TOKENS = 200_000
"""Words, numbers, texts and signs; the most concepts a document may have need less."""

_LONGEST_NUMBER = 40


class TokenKind(Enum):
    """What a token is; the value is how a message calls it."""

    WORD = "word"
    NUMBER = "number"
    ORDINAL = "ordinal"
    DATE = "date"
    STRING = "text in quotes"
    REGION = "region"
    SYMBOL = "symbol"
    END = "the end of the text"


class Token(NamedTuple):
    """`text` is what was written, without quotes and escapes for a string; `first_on_line` helps recovery."""

    kind: TokenKind
    text: str
    start: int
    end: int
    first_on_line: bool = False

    @property
    def span(self) -> Span:
        """The place in the text."""
        return Span(self.start, self.end)

    @property
    def shown(self) -> str:
        """How a message calls the token."""
        if self.kind is TokenKind.END:
            return self.kind.value
        text = self.text if len(self.text) <= _LONGEST_NUMBER else f"{self.text[:_LONGEST_NUMBER]}…"
        return f'`"{text}"`' if self.kind is TokenKind.STRING else f"`{text}`"


_TOKEN = re.compile(
    r"""
    [ \t\r\f]*+ (?:
      (?P<NEWLINE> \n)
    | (?P<SPACE> \#[^\n]* | \Z )
    | (?P<STRING> "(?:[^"\\\n]|\\[^\n])*"? )
    | (?P<REGION> [A-Za-z0-9_.]{1,64} : [0-9][0-9,]* - [0-9][0-9,]*[0-9] (?![A-Za-z0-9_])
                | [A-Za-z0-9_.]{1,64} : [0-9]+ - [0-9]+ )
    | (?P<DATE> [0-9]{4}-[0-9]{2}-[0-9]{2} (?![0-9A-Za-z_]) )
    | (?P<ORDINAL> [0-9]+(?:st|nd|rd|th) (?![0-9A-Za-z_]) )
    | (?P<NUMBER> -?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%? )
    | (?P<WORD> [A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*(?:-[A-Za-z][A-Za-z0-9_]*)* )
    | (?P<SYMBOL> \.\. | <= | >= | != | [<>=(),:] )
    | (?P<OTHER> . )
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r'\\(?:(["\\])|u([0-9A-Fa-f]{4})|.)')


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens, the last of which is `END`, and what could not be read."""

    tokens: tuple[Token, ...]
    problems: tuple[SyntaxProblem | TooExpensive, ...]


def lex(text: str) -> Lexed:
    """Split a text into tokens; comments (`#` to the end of the line) and spaces only separate."""
    tokens: list[Token] = []
    problems: list[SyntaxProblem | TooExpensive] = []
    first = True
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "OTHER"
        if group in ("NEWLINE", "SPACE"):
            first = first or group == "NEWLINE"
            continue
        written = match[group]
        start, end = match.span(group)
        problem = _FAULTS[group](written, Span(start, end)) if group in _FAULTS else None
        if problem is not None:
            problems.append(problem)
        if group != "OTHER":
            kind = _KINDS[group]
            tokens.append(Token(kind, _text(kind, written, sound=problem is None), start, end, first))
        first = False
        if len(tokens) > MOST_TOKENS:
            message = f"the document has more than {MOST_TOKENS:,} words"
            problems.append(TooExpensive("too-long", message, span=Span(start, end)))
        if len(problems) >= MOST_PROBLEMS or len(tokens) > MOST_TOKENS:
            break
    tokens.append(Token(TokenKind.END, "", len(text), len(text) + 1, True))
    return Lexed(tuple(tokens), tuple(problems))


def _text(kind: TokenKind, written: str, *, sound: bool) -> str:
    """What a token says; an unsound number or date says something harmless, so that one fault gives one problem."""
    if kind is TokenKind.STRING:
        return unescape(written)
    if sound or kind not in (TokenKind.DATE, TokenKind.NUMBER):
        return written
    return "2000-01-01" if kind is TokenKind.DATE else "1"


def number_of(text: str) -> float:
    """The number a token spells; `0.1%` is exactly the float nearest to 0.001."""
    if not text.endswith("%"):
        return float(text)
    mantissa, _, exponent = text[:-1].lower().partition("e")
    return float(f"{mantissa}e{int(exponent or 0) - 2}")


def unescape(written: str) -> str:
    """The characters a quoted text stands for."""
    body = written[1:-1] if len(written) > 1 and written.endswith('"') else written[1:]
    return _ESCAPE.sub(lambda m: m[1] or (chr(int(m[2], 16)) if m[2] else m[0]), body)


def escape(text: str) -> str:
    """The text in quotes; reading it back gives the same characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _string_fault(text: str, span: Span) -> SyntaxProblem | None:
    backslashes = len(text[:-1]) - len(text[:-1].rstrip("\\"))
    if len(text) < 2 or not text.endswith('"') or backslashes % 2:
        return SyntaxProblem("unterminated-text", "this text has no closing quote", span=span, expected=('"',))
    for match in _ESCAPE.finditer(text):
        if match[1] is None and match[2] is None:
            place = Span(span.start + match.start(), span.start + match.end())
            return SyntaxProblem("bad-escape", f"`{match[0]}` is not an escape", span=place,
                                 expected=('\\"', "\\\\", "\\uXXXX"))  # fmt: skip
    return None


def _number_fault(text: str, span: Span) -> SyntaxProblem | None:
    if len(text) > _LONGEST_NUMBER:
        return SyntaxProblem("bad-number", f"a number has at most {_LONGEST_NUMBER} characters", span=span)
    if not math.isfinite(number_of(text)):
        return SyntaxProblem("bad-number", "this number is too large", span=span)
    return None


def _date_fault(text: str, span: Span) -> SyntaxProblem | None:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return SyntaxProblem("bad-date", f"{text} is not a day of the calendar", span=span, expected=("YYYY-MM-DD",))
    return None


def _other_fault(text: str, span: Span) -> SyntaxProblem | None:
    hint = _LOOKALIKES.get(text)
    shown = text if text.isprintable() else f"U+{ord(text):04X}"
    return SyntaxProblem("unexpected-character", f"`{shown}` means nothing here", span=span, hint=hint)


_LOOKALIKES = {
    **dict.fromkeys("“”„«»'‘’", 'text stands in straight double quotes: "…"'),
    **dict.fromkeys("≤≥≠", "write <=, >= or !="),
    **dict.fromkeys("–—−", "write `low..high` for a range, and - for a minus"),
    **dict.fromkeys("[]{}", "groups stand in round brackets"),
    "~": "write `low..high` for a range",
    ";": "statements need no end mark",
    "\u00a0": "this is a no-break space; use an ordinary one",
}
_KINDS = {kind.name: kind for kind in TokenKind}
_FAULTS = {"STRING": _string_fault, "NUMBER": _number_fault, "DATE": _date_fault, "OTHER": _other_fault}
