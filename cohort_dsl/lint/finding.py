"""What a lint is: something a document says that is valid and probably not meant."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from cohort_dsl.lint.document import Document
from schemas.errors import Span

_MOST_LINTS = 100
_NOWHERE = Span(-1, -1)


class Severity(Enum):
    """How much a lint matters. None of them keeps a document from being answered."""

    WARNING = "warning"
    """The answer is probably not to the question that was meant."""
    INFO = "info"
    """The answer is right; the document says more than it needs to, or something worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """One finding: `span` is its place in the text (absent when the document was no text), `fix` the words to write
    instead."""

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule yields: a place, what is odd about it, and what to write instead."""

    span: Span | None
    message: str
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LintText:
    """What the documentation says of a lint. `example` and `fixed` are documents without their first line."""

    code: str
    severity: Severity
    meaning: str
    example: str
    fixed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRule(LintText):
    """A lint that needs nothing but the document."""

    find: Callable[[Document], Iterator[Finding]]


def lint_of(rule: LintText, finding: Finding) -> Lint:
    """The finding under its rule's code."""
    return Lint(code=rule.code, severity=rule.severity, message=finding.message, span=finding.span, fix=finding.fix)


def in_order(lints: Iterable[Lint]) -> tuple[Lint, ...]:
    """At most a hundred lints in the order of their place, those without one first."""
    ordered = sorted(lints, key=lambda lint: (lint.span or _NOWHERE, lint.code, lint.message))
    return tuple(ordered[:_MOST_LINTS])
