"""From what a caller wrote to a `Cohort`, with problems that know the text they are about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.problems import DocumentProblems, about
from cohort_dsl import from_json, parse
from cohort_dsl.ast import Cohort, Dimension, DimensionKind
from schemas.errors import AnalysisProblem
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
