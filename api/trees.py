"""A document as text and as a tree at once: what an editor of both needs."""

from api.documents import Document, comment_spans
from cohort_dsl import canonical_hash, print_cohort, to_document
from cohort_dsl.parser import parse_text
from cohort_dsl.places import places_of
from schemas.errors import Span
from schemas.wire import DocumentTree, TextSpan


def tree_answer(document: Document) -> DocumentTree:
    """The document with its own text, or the printer's where it has none, and where each part stands in that."""
    comments: list[Span] = []
    if document.text is None:
        text = print_cohort(document.cohort)
        placed = parse_text(text)  # what is printed was checked when it was read, and has no comments
    else:
        text, placed = document.text, document.cohort
        _, *comments = comment_spans(text)
    return DocumentTree(
        canonical_hash=canonical_hash(placed),
        text=text,
        cohort=to_document(placed),
        places={pointer: _text_span(span) for pointer, span in places_of(placed)},
        comments=[_text_span(span) for span in comments],
    )


def _text_span(span: Span) -> TextSpan:
    return TextSpan(start=span.start, end=span.end)
