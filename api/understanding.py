"""What is told of a document without counting anybody, as wire models."""

from collections.abc import Iterable

from api.documents import Document, format_text
from api.envelope import lints_of, notes_of, unmatched_of
from cohort_dsl import canonical_hash, complete, to_document
from cohort_dsl.lint import Lint
from engine import Explanation, Session, Validation
from schemas.wire import CompletionItem, Completions, ExplanationAnswer, FormattedDocument, ValidationAnswer


def validation_answer(
    session: Session, document: Document, found: Validation, lints: Iterable[Lint]
) -> ValidationAnswer:
    """How large a document is, and what in it is probably not meant."""
    overview = session.overview()
    return ValidationAnswer(
        release=overview.release_id,
        policy_version=overview.policy_version,
        policy_sha256=overview.policy_sha256,
        query=found.query_hash,
        cost_class=found.cost_class,
        leaves=found.leaves,
        depth=found.depth,
        unmatched=unmatched_of(found.unmatched),
        lints=lints_of(lints, document.text),
        notes=notes_of(document.notes),
    )


def explanation_answer(
    session: Session, found: Validation, explanation: Explanation, *, has_plan: bool
) -> ExplanationAnswer:
    """How a document is understood, and how it is computed where the caller may see that."""
    overview = session.overview()
    return ExplanationAnswer(
        release=overview.release_id,
        policy_version=overview.policy_version,
        policy_sha256=overview.policy_sha256,
        query=found.query_hash,
        text=explanation.text,
        logical=explanation.logical,
        physical=explanation.physical if has_plan else None,
        sql=list(explanation.sql) if has_plan else None,
        unmatched=unmatched_of(explanation.unmatched),
    )


def formatted_document(document: Document) -> FormattedDocument:
    """A document as the formatter writes it, as text and as JSON."""
    cohort = document.cohort
    return FormattedDocument(
        canonical_hash=canonical_hash(cohort), text=format_text(document), cohort=to_document(cohort)
    )


def completions(text: str, position: int) -> Completions:
    """What may come next at a place of a text."""
    items = complete(text, position)
    return Completions(
        items=[CompletionItem(insert=item.text, kind=item.kind.value, start=item.start) for item in items]
    )
