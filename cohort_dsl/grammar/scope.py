"""Where in a document a reader is: how deep in brackets, and what criteria are about there."""

from dataclasses import dataclass

from cohort_dsl.stream import TokenStream
from cohort_dsl.words import Subject
from schemas.errors import SyntaxProblem


@dataclass(frozen=True, slots=True)
class Scope:
    """`depth` counts brackets, which bounds the stack; `subject` is what windows count from."""

    depth: int = 0
    subject: Subject = Subject.INDEX

    def deeper(self) -> "Scope":
        """In one more pair of brackets."""
        return Scope(self.depth + 1, self.subject)

    def about_event(self) -> "Scope":
        """In the brackets of a `having`."""
        return Scope(self.depth + 1, Subject.IT)


def refuse_other_subject(stream: TokenStream, scope: Scope) -> None:
    """A problem when the next word is about the index event inside a `having`, or about `it` outside."""
    inside = scope.subject is Subject.IT
    if stream.next_is(*(("index",) if inside else ("it", "its"))):
        token = stream.current
        where = "inside `having` criteria are" if inside else "only inside `having` criteria are"
        raise SyntaxProblem(
            "wrong-subject",
            f"{where} about the event itself",
            span=token.span,
            expected=(_instead(token.text, inside),),
        )


def _instead(word: str, inside: bool) -> str:
    if inside:
        return "it"
    return "index" if word == "it" else "index end"
