"""From what a caller wrote to a `Cohort`, with problems that know the text they are about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from api.problems import DocumentProblems, about
from cohort_dsl import from_json, parse, print_cohort
from cohort_dsl.ast import Cohort, Dimension, DimensionKind
from cohort_dsl.lexer import lex
from schemas.errors import AnalysisProblem, Span, Unsupported
from schemas.wire import CohortDocument

_EVERYONE = 'cohort "by"\nindex everyone\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A cohort, the text it came from (absent for JSON), and the cohorts it may refer to."""

    cohort: Cohort
    text: str | None
    library: Mapping[str, Cohort]


def read_document(body: CohortDocument) -> Document:
    """The cohort of a request; raises `DocumentProblems`."""
    if (body.text is None) == (body.cohort is None):
        raise DocumentProblems(
            AnalysisProblem("document-form", "send the cohort as `text` or as `cohort`, one of the two"), None
        )
    text = body.text
    cohort = read_text(text) if text is not None else read_json_text(json.dumps(body.cohort, ensure_ascii=False))
    return Document(cohort=cohort, text=text, library=read_library(body.library))


def read_text(text: str) -> Cohort:
    """The cohort a text defines; raises `DocumentProblems`."""
    with about(text):
        return parse(text)


def read_json_text(text: str) -> Cohort:
    """The cohort a JSON text defines; raises `DocumentProblems`."""
    with about(None):
        return from_json(text)


def format_text(document: Document) -> str:
    """The document as the formatter writes it, under the comments it begins with.

    Raises `DocumentProblems` when there are comments further down: the syntax tree has no place for them.
    """
    if document.text is None:
        return print_cohort(document.cohort)
    head, *others = _comment_spans(document.text)
    if others:
        problem = Unsupported(
            "comment-inside",
            "the formatter would lose this comment",
            span=others[0],
            hint="move it to the top of the document",
        )
        raise DocumentProblems(problem, document.text)
    lines = [line.strip() for line in document.text[head.start : head.end].splitlines()]
    return "".join(f"{line}\n" for line in lines if line) + print_cohort(document.cohort)


def _comment_spans(text: str) -> list[Span]:
    """What stands before the first token, then every gap between tokens that holds a comment."""
    tokens = lex(text).tokens
    gaps = [Span(left.span.end, right.span.start) for left, right in pairwise(tokens)]
    comments = [text.index("#", gap.start) for gap in gaps if "#" in text[gap.start : gap.end]]
    return [Span(0, tokens[0].span.start), *(Span(start, _line_end(text, start)) for start in comments)]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def read_library(texts: Mapping[str, str]) -> dict[str, Cohort]:
    """Cohorts by the name they are referred to by."""
    return {name: read_text(text) for name, text in texts.items()}


def read_dimensions(words: Sequence[str] | None) -> tuple[Dimension, ...] | None:
    """Dimensions written as after `count by`, absent when there are none; raises `DocumentProblems`."""
    if not words:
        return None
    text = f"{_EVERYONE}count by {', '.join(words)}\n"
    cohort = read_text(text)
    if replace(cohort, count_by=()) != parse(_EVERYONE):
        raise DocumentProblems(AnalysisProblem("dimension-form", "`by` holds dimensions only"), None)
    return cohort.count_by


def dimension_text(dimension: Dimension) -> str:
    """How a dimension is written after `count by`."""
    match dimension.kind:
        case DimensionKind.AGE:
            return f"age({dimension.width})"
        case DimensionKind.SURVEY:
            return f"survey {dimension.question}"
        case kind:
            return kind.value
