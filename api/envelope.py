"""Protected answers of the engine as wire models. Only `Safe…` values can come through here."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, assert_never

import engine
from cohort_dsl import canonical_hash, parse, print_cohort, to_document
from cohort_dsl.ast import NO_SPAN, Cohort
from cohort_dsl.circe import Imported, Note
from cohort_dsl.lint import Lint
from cohort_dsl.source import place_of
from engine import (
    Balance,
    Receipt,
    SafeAttrition,
    SafeCell,
    SafeCounts,
    SafeProportion,
    SafeTable,
    SafeValue,
    Shown,
    Suppressed,
    Unmatched,
)
from schemas.policy import SINGLE, TierPolicy
from schemas.wire import (
    AttritionAnswer,
    BelowThreshold,
    BreakdownAnswer,
    BudgetBalance,
    Cell,
    CountAnswer,
    Estimate,
    ImportedDefinition,
    LintItem,
    NoteItem,
    Number,
    PrecisionUsed,
    Proportion,
    Share,
    ShareWithin,
    Step,
    Summary,
    TextSpan,
    UnmatchedName,
    Value,
)


def count_answer(safe: SafeCounts, query: str, unmatched: Iterable[Unmatched]) -> CountAnswer:
    """A count with everything that comes with it."""
    return CountAnswer(**answer_fields(safe.receipt, query, unmatched), count=value_of(safe.count))


def breakdown_answer(
    safe: SafeTable, query: str, unmatched: Iterable[Unmatched], dimensions: Sequence[str]
) -> BreakdownAnswer:
    """A table with everything that comes with it."""
    return BreakdownAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        dimensions=list(dimensions),
        total=value_of(safe.total),
        cells=cells_of(safe.cells),
        shares=[proportion_of(share) for share in safe.shares],
        summaries=[
            Summary(
                dimension=each.dimension,
                mean=_estimate(each.mean),
                quartiles=[_estimate(quartile) for quartile in each.quartiles],
            )
            for each in safe.summaries
        ],
    )


def attrition_answer(safe: SafeAttrition, query: str, unmatched: Iterable[Unmatched]) -> AttritionAnswer:
    """Steps with everything that comes with them."""
    return AttritionAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        population=safe.population,
        steps=[Step(name=" ".join(step.label), left=value_of(step.count)) for step in safe.steps],
    )


def cells_of(cells: Iterable[SafeCell]) -> list[Cell]:
    """Cells with their labels."""
    return [Cell(label=list(cell.label), count=value_of(cell.count)) for cell in cells]


def value_of(value: SafeValue) -> Value:
    """A number with its margin, or the threshold it lies below."""
    match value:
        case Shown(value=number, margin=margin):
            return Number(value=number, margin=margin)
        case Suppressed(less_than=threshold):
            return BelowThreshold(less_than=threshold)
        case _:
            assert_never(value)


def proportion_of(safe: SafeProportion) -> Proportion:
    """A proportion with its interval, or between which values the noisy one lies."""
    match safe:
        case engine.Share(value=value, low=low, high=high):
            return Share(value=value, low=low, high=high)
        case engine.ShareWithin(at_least=at_least, at_most=at_most):
            return ShareWithin(at_least=at_least, at_most=at_most)
        case _:
            assert_never(safe)


def _estimate(safe: engine.Estimate) -> Estimate:
    return Estimate(value=safe.value, low=safe.low, high=safe.high)


def balances_of(balances: Iterable[Balance], rules: TierPolicy) -> list[BudgetBalance]:
    """Balances, with how many more counts each would pay for at the tier's usual precision."""
    usual = rules.default_precision
    return [
        BudgetBalance(
            account=balance.kind.value,
            spent=balance.spent,
            cap=balance.cap,
            remaining=balance.remaining,
            counts_left=balance.remaining // usual.cost(SINGLE) if usual else None,
        )
        for balance in balances
    ]


def unmatched_of(unmatched: Iterable[Unmatched]) -> list[UnmatchedName]:
    """Names that match nothing, with their place where the document was a text."""
    return [
        UnmatchedName(
            kind=item.kind,
            name=item.name,
            hint=item.hint,
            span=None if item.span == NO_SPAN else TextSpan(start=item.span.start, end=item.span.end),
        )
        for item in unmatched
    ]


def lints_of(lints: Iterable[Lint], text: str | None) -> list[LintItem]:
    """Lints with their place, where the document was a text."""
    return [_lint_item(item, text) for item in lints]


def notes_of(notes: Iterable[Note]) -> list[NoteItem]:
    """What to know of an imported definition."""
    return [NoteItem(place=note.place, text=note.text) for note in notes]


def import_answer(imported: Imported, lint: Callable[[Cohort], Iterable[Lint]]) -> ImportedDefinition:
    """What a definition became, with the lints of its text."""
    text = print_cohort(imported.cohort)
    return ImportedDefinition(
        canonical_hash=canonical_hash(imported.cohort),
        text=text,
        cohort=to_document(imported.cohort),
        notes=notes_of(imported.notes),
        lints=lints_of(lint(parse(text)), text),
    )


def _lint_item(item: Lint, text: str | None) -> LintItem:
    span = item.span if text is not None else None
    place = place_of(text, span.start) if text is not None and span is not None else None
    return LintItem(
        code=item.code,
        severity=item.severity.value,
        message=item.message,
        fix=item.fix,
        span=TextSpan(start=span.start, end=span.end) if span else None,
        line=place.line if place else None,
        column=place.column if place else None,
    )


def answer_fields(receipt: Receipt, query: str, unmatched: Iterable[Unmatched]) -> dict[str, Any]:
    """The fields of `schemas.wire.Answer`, which pydantic checks."""
    rules = receipt.rules
    return {
        "release": receipt.release_id,
        "policy_version": receipt.policy_version,
        "policy_sha256": receipt.policy_sha256,
        "query": query,
        "tier": receipt.tier,
        "precision": PrecisionUsed(
            name=receipt.precision,
            sigma=receipt.sigma,
            margin=0 if receipt.exact else rules.margin(float(receipt.sigma or 0), rules.rounding / 2),
            exact=receipt.exact,
        ),
        "charged": receipt.charged,
        "remaining_budget": balances_of(receipt.balances, rules),
        "unmatched": unmatched_of(unmatched),
    }
