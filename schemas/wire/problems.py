"""Problems, as RFC 9457 has them."""

from pydantic import Field

from schemas.wire.answers import TextSpan
from schemas.wire.form import Wire


class ProblemItem(Wire):
    """One fault of a document; `line` and `column` count from 1, `excerpt` underlines the place."""

    code: str
    message: str
    span: TextSpan | None = None
    line: int | None = None
    column: int | None = None
    expected: list[str] = Field(default_factory=list[str])
    hint: str | None = None
    excerpt: str | None = None


class ProblemDocument(Wire):
    """A problem as RFC 9457 has it; `code` is explained in docs/reference/errors.md.

    `problems` are the single faults of a document; `incident` is given for faults of ours only.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    expected: list[str] | None = None
    problems: list[ProblemItem] | None = None
    incident: str | None = None
