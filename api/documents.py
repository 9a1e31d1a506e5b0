"""From what a caller wrote to a `Cohort`, with problems that know the text they are about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from api.problems import DocumentProblems, about
from cohort_dsl import from_json, parse, print_cohort
from cohort_dsl.ast import Cohort, Dimension, DimensionKind, Mode, VariantById
from cohort_dsl.circe import Definition, Imported, Note, definition_in, from_circe
from cohort_dsl.json_read import read_json
from cohort_dsl.lexer import lex
from cohort_dsl.limits import check_text
from cohort_dsl.printing.layout import render
from cohort_dsl.printing.variants import variants_doc
from cohort_dsl.variant_names import read_variant_name
from schemas.errors import AnalysisProblem, Span, Unsupported
from schemas.wire import CohortDocument

_EVERYONE = 'cohort "by"\nindex everyone\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A cohort, the text it came from (absent for JSON), the cohorts it may refer to, and what to know of it where it
    is an OHDSI definition."""

    cohort: Cohort
    text: str | None = None
    library: Mapping[str, Cohort] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def read_document(body: CohortDocument) -> Document:
    """The cohort of a request; raises `DocumentProblems`."""
    if (body.text is None) == (body.cohort is None):
        raise DocumentProblems(
            AnalysisProblem("document-form", "send the cohort as `text` or as `cohort`, one of the two"), None
        )
    text = body.text if body.text is not None else json.dumps(body.cohort, ensure_ascii=False)
    return replace(read_any(text), library=read_library(body.library))


def read_any(text: str) -> Document:
    """The document a text holds, be it in the language, in its JSON form or an OHDSI definition; raises
    `DocumentProblems`."""
    if text.lstrip().startswith("{"):
        return read_json_text(text)
    return Document(cohort=read_text(text), text=text)


def read_text(text: str) -> Cohort:
    """The cohort a text defines; raises `DocumentProblems`."""
    with about(text):
        return parse(text)


def read_json_text(text: str) -> Document:
    """The document of a JSON text: the language's own form, or an OHDSI definition, known by its shape.

    Raises `DocumentProblems`.
    """
    with about(None):
        definition = definition_in(read_json(text))
        if definition is None:
            return Document(cohort=from_json(text))
        imported = from_circe(definition.text, name=definition.name)
        return Document(cohort=imported.cohort, notes=imported.notes)


def read_definition(text: str, *, mode: Mode, name: str | None) -> Imported:
    """An OHDSI definition, as ATLAS exports it or in the envelope WebAPI sends it in; raises `DocumentProblems`."""
    with about(None):
        found = definition_in(read_json(text)) or Definition(text)
        return from_circe(found.text, mode=mode, name=name or found.name)


def format_text(document: Document) -> str:
    """The document as the formatter writes it, under the comments it begins with.

    Raises `DocumentProblems` when there are comments further down: the syntax tree has no place for them.
    """
    if document.text is None:
        return print_cohort(document.cohort)
    head, *others = comment_spans(document.text)
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


def comment_spans(text: str) -> list[Span]:
    """What stands before the first token, then every gap between tokens that holds a comment."""
    tokens = lex(text).tokens
    gaps = [Span(left.span.end, right.span.start) for left, right in pairwise(tokens)]
    comments = [text.index("#", gap.start) for gap in gaps if "#" in text[gap.start : gap.end]]
    return [Span(0, tokens[0].span.start), *(Span(start, _line_end(text, start)) for start in comments)]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def read_library(texts: Mapping[str, str]) -> dict[str, Cohort]:
    """Cohorts by the name they are referred to by; raises `DocumentProblems`."""
    with about(None):
        for name in texts:
            check_text(name)  # a report prints it, whether or not anything refers to it
    return {name: read_any(text).cohort for name, text in texts.items()}


def read_dimensions(words: Sequence[str] | None) -> tuple[Dimension, ...] | None:
    """Dimensions written as after `count by`, absent when there are none; raises `DocumentProblems`."""
    if not words:
        return None
    text = f"{_EVERYONE}count by {', '.join(words)}\n"
    cohort = read_text(text)
    if replace(cohort, count_by=()) != parse(_EVERYONE):
        raise DocumentProblems(AnalysisProblem("dimension-form", "`by` holds dimensions only"), None)
    return cohort.count_by


def read_variants(names: Sequence[str]) -> tuple[VariantById, ...]:
    """Variants by rsID, HGVS name or alleles; raises `DocumentProblems`."""
    with about(None):
        return tuple(map(read_variant_name, names))


def dimension_text(dimension: Dimension) -> str:
    """How a dimension is written after `count by`."""
    match dimension.kind:
        case DimensionKind.AGE:
            return f"age({dimension.width})"
        case DimensionKind.SURVEY:
            return f"survey {dimension.question}"
        case DimensionKind.GENOTYPE if dimension.variant is not None:
            return f"genotype of {render(variants_doc(dimension.variant))}"
        case kind:
            return kind.value
