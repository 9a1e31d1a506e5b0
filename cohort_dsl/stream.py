"""The parser's cursor over tokens. It remembers what would have been accepted at each place, which gives both
the `expected` of a problem and the completions at a position."""

from collections.abc import Container
from enum import Enum
from functools import cache
from typing import NamedTuple, TypeVar

from cohort_dsl.lexer import Token, TokenKind
from cohort_dsl.limits import MOST_NODES
from cohort_dsl.source import did_you_mean, listed
from cohort_dsl.words import STATEMENTS, Phrases
from schemas.errors import Span, SyntaxProblem, TooExpensive

T = TypeVar("T")

_SPELLED = (TokenKind.WORD, TokenKind.SYMBOL)
"""The tokens that are told by what is written; a text in quotes may read like a word and is none."""

_MOST_READ = 4 * MOST_NODES
"""What is read before the parts are counted exactly; it bounds the time that reading takes."""

_UNMISTAKABLE = tuple(word for word in STATEMENTS if word not in ("cohort", "index", "end", "count"))
"""Words that only start statements; the others also occur inside one, so they count at the start of a line only."""


class ExpectedKind(Enum):
    """What sort of thing may come next."""

    KEYWORD = "keyword"
    DOMAIN = "domain"
    FIELD = "field"
    NAME = "name"
    VALUE = "value"
    """A placeholder for what the writer must supply: `number`, `date`, `text in quotes`."""


class Expected(NamedTuple):
    """One thing that may come next."""

    text: str
    kind: ExpectedKind = ExpectedKind.KEYWORD


@cache
def _keyword(text: str) -> Expected:
    return Expected(text)


class TokenStream:
    """Tokens with a cursor. Methods that test for something also record that it would have been accepted, unless the
    stream is `silent`: then it reads faster, and its problems do not say what was expected."""

    __slots__ = ("_expected", "_furthest", "_last", "_parts", "_position", "_tokens", "_words", "names", "silent")

    def __init__(self, tokens: tuple[Token, ...], names: tuple[str, ...] = (), *, silent: bool = False) -> None:
        self._tokens = tokens
        self._words = [token.text if token.kind in _SPELLED else "" for token in tokens]
        self._last = len(tokens) - 1
        self._position = 0
        self._furthest = 0
        self._parts = 0
        self._expected: dict[Expected, None] = {}
        self.names = names
        """Names of concept sets that the document declares; offered where the text ends."""
        self.silent = silent

    @property
    def current(self) -> Token:
        return self._tokens[self._position]

    @property
    def at_end(self) -> bool:
        return self._position == self._last

    def peek(self, ahead: int = 1) -> Token:
        """The token `ahead` places on, or `END`."""
        return self._tokens[min(self._position + ahead, self._last)]

    def since(self, start: Token) -> Span:
        """The span from `start` to the token before the cursor."""
        before = self._tokens[max(self._position - 1, 0)]
        return Span(min(start.start, before.start), max(start.end, before.end))

    def advance(self) -> Token:
        token = self._tokens[self._position]
        if self._position < self._last:
            self._position += 1
        return token

    def count_part(self) -> None:
        """Count a part of the document that is about to be read; a problem long after there are too many."""
        self._parts += 1
        if self._parts > _MOST_READ:
            message = f"the document has too many parts; at most {MOST_NODES:,} are allowed"
            raise TooExpensive("too-many-parts", message, span=self.current.span)

    def record(self, expected: Expected, ahead: int = 0) -> None:
        """Remember that this would be accepted `ahead` places on; only the furthest place is kept."""
        if self.silent:
            return
        place = min(self._position + ahead, self._last)
        if place > self._furthest:
            self._furthest = place
            self._expected.clear()
        if place == self._furthest:
            self._expected[expected] = None

    def _forget(self) -> None:
        """Start remembering anew at the cursor."""
        self._furthest = self._position
        self._expected.clear()

    def accept(self, *texts: str) -> str | None:
        """Step over one of these words or symbols and give it; absent, without a step, when none is next."""
        if not self.silent:
            for text in texts:
                self.record(_keyword(text))
        word = self._words[self._position]
        if word not in texts:
            return None
        self._position += 1
        return word

    def expect(self, *texts: str) -> str:
        """Step over one of these words or symbols and give it."""
        found = self.accept(*texts)
        if found is None:
            raise self.problem()
        return found

    def accept_kind(self, kind: TokenKind, shown: str | None = None) -> Token | None:
        """Step over a token of this kind."""
        if not self.silent:
            self.record(Expected(shown or kind.value, ExpectedKind.VALUE))
        return self.advance() if self._tokens[self._position].kind is kind else None

    def expect_kind(self, kind: TokenKind, shown: str | None = None) -> Token:
        """Step over a token of this kind; `shown` says in a message what was wanted."""
        token = self.accept_kind(kind, shown)
        if token is None:
            raise self.problem()
        return token

    def next_is(self, *texts: str, ahead: int = 0) -> bool:
        """Whether one of these words or symbols is `ahead` places on; records nothing."""
        return self._words[min(self._position + ahead, self._last)] in texts

    def match(
        self, phrases: Phrases[T], kind: ExpectedKind, *, offered: Container[T] | None = None, ahead: int = 0
    ) -> tuple[T, int] | None:
        """The longest phrase `ahead` places on and its number of words. Only `offered` ones are recorded."""
        best: tuple[T, int] | None = None
        first = self._words[min(self._position + ahead, self._last)]
        for words, value in phrases.starting.get(first, ()) if self.silent else phrases.meaning.items():
            length = self._matching(words, ahead)
            if length == len(words):
                best = (value, length) if best is None or length > best[1] else best
            elif words not in phrases.silent and (offered is None or value in offered):
                self.record(Expected(" ".join(words[length:]), kind), ahead + length)
        return best

    def accept_phrase(
        self, phrases: Phrases[T], kind: ExpectedKind, *, offered: Container[T] | None = None
    ) -> T | None:
        """Step over the longest phrase that is next and give its meaning."""
        found = self.match(phrases, kind, offered=offered)
        if found is None:
            return None
        self._position += found[1]
        return found[0]

    def _matching(self, words: tuple[str, ...], ahead: int) -> int:
        for length, word in enumerate(words):
            if not self.next_is(word, ahead=ahead + length):
                return length
        return len(words)

    @property
    def expected_at_end(self) -> tuple[Expected, ...]:
        """What would be accepted where the tokens end; nothing when the reader never got there."""
        return tuple(self._expected) if self._furthest == self._last else ()

    def problem(self) -> SyntaxProblem:
        """What is wrong at the furthest place reached."""
        if self._furthest < self._position:
            self._forget()
        token = self._tokens[self._furthest]
        words = [expected.text for expected in self._expected]
        message = f"expected {listed(words)}, found {token.shown}" if words else f"{token.shown} cannot stand here"
        code = "unexpected-end" if token.kind is TokenKind.END else "unexpected-word"
        return SyntaxProblem(code, message, span=token.span, expected=words, hint=self._hint(token, words))

    @staticmethod
    def _hint(token: Token, words: list[str]) -> str | None:
        if token.kind is not TokenKind.WORD:
            return None
        return did_you_mean(token.text, (word for phrase in words for word in (phrase, phrase.split()[0])))

    def recover(self, start: Token) -> None:
        """Skip from a fault in the statement that began at `start` to what looks like the next statement."""
        if self.current is start:
            self.advance()
        while not self.at_end and not self._starts_statement():
            self.advance()
        if self._furthest < self._last:
            self._forget()

    def _starts_statement(self) -> bool:
        """Whether the next word starts a statement, as far as can be told."""
        return self.next_is(*_UNMISTAKABLE) or (self.current.first_on_line and self.next_is(*STATEMENTS))
