"""What can go wrong, as exceptions by kind; `code` says which of the documented problems it is."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from pydantic import ValidationError

from schemas.wire.problems import ProblemDocument, ProblemItem


class KohortProblem(Exception):
    """Whatever keeps a question from being answered.

    `code` is stable and explained in the service's list of problem codes; `items` are the single faults of a document,
    each with its place; `status` is 0 where no answer came.
    """

    def __init__(self, document: ProblemDocument, *, retry_after: float | None = None) -> None:
        super().__init__(document.detail)
        self.code = document.code
        self.status = document.status
        self.detail = document.detail
        self.hint = document.hint
        self.expected = tuple(document.expected or ())
        self.items: tuple[ProblemItem, ...] = tuple(document.problems or ())
        self.incident = document.incident
        self.retry_after = retry_after
        self._document = document

    def __reduce__(self) -> tuple[object, ...]:
        """So that it comes whole out of another process, where many documents are asked about in several."""
        return partial(type(self), retry_after=self.retry_after), (self._document,)

    def __str__(self) -> str:
        if self.items:
            return "\n".join(item.excerpt or f"{item.code}: {item.message}" for item in self.items)
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        incident = f"\n  incident: {self.incident}" if self.incident else ""
        return f"{self.code}: {self.detail}{hint}{incident}"


class DocumentWrong(KohortProblem):
    """The document or request has faults; `items` names them and their places."""


class NotSignedIn(KohortProblem):
    """There is no acceptable token."""


class NotPermitted(KohortProblem):
    """The caller's tier, project or the phase of the release does not permit this."""


class NotThere(KohortProblem):
    """There is no such thing."""


class BudgetExhausted(KohortProblem):
    """The privacy budget left is smaller than the price."""


class AskedTooOften(KohortProblem):
    """Asked as often as the policy permits; `retry_after` says after how many seconds to ask again."""


class Unavailable(KohortProblem):
    """The service is busy, or its data are not available now."""


class ServerFault(KohortProblem):
    """A fault of the service; `incident` is what to report."""


class Unreachable(KohortProblem):
    """No answer came: no such host, no connection, or it ended early."""


class NotUnderstood(KohortProblem):
    """What came is not an answer of this service, or of a version that this client cannot read."""


_BY_STATUS: Final[Mapping[int, type[KohortProblem]]] = {
    401: NotSignedIn,
    403: NotPermitted,
    404: NotThere,
    405: NotUnderstood,
    409: BudgetExhausted,
    429: AskedTooOften,
    500: ServerFault,
    503: Unavailable,
}


def problem_of(status: int, content: bytes, retry_after: float | None = None) -> KohortProblem:
    """The exception of a refusal: by its status, with what the service says of it, where it says something."""
    try:
        document = ProblemDocument.model_validate_json(content, extra="ignore")
    except ValidationError:
        return NotUnderstood(_own("not-understood", status, f"status {status}, and no problem document with it"))
    kind = _BY_STATUS.get(status, DocumentWrong if 400 <= status < 500 else ServerFault)
    return kind(document, retry_after=retry_after)


def unreachable(words: str) -> Unreachable:
    """Nothing came; `words` say why."""
    return Unreachable(_own("unreachable", 0, words, hint="check the address, and that the service runs"))


def not_understood(words: str) -> NotUnderstood:
    """Something came that is no answer."""
    return NotUnderstood(_own("not-understood", 200, words, hint="the service may be newer: update kohort-client"))


def _own(code: str, status: int, detail: str, *, hint: str | None = None) -> ProblemDocument:
    return ProblemDocument(
        type=f"urn:kohort:problem:{code}", title=code, status=status, detail=detail, code=code, hint=hint
    )
