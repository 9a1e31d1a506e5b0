"""What commands that ask the engine share: the request, and what is printed under every answer."""

from rich.text import Text

from api.commands.console import out, print_budget, print_unmatched
from api.commands.reading import local_principal
from api.documents import Document
from cohort_dsl.ast import Dimension, VariantById
from engine import Request
from schemas.policy import AccessTier, Precision
from schemas.wire import Answer


def request_of(
    document: Document,
    tier: AccessTier,
    project: str,
    precision: Precision | None = None,
    dimensions: tuple[Dimension, ...] | None = None,
    *,
    variants: tuple[VariantById, ...] = (),
    reason: str | None = None,
) -> Request:
    """The question of whoever runs the command; exact numbers need a reason."""
    return Request(
        cohort=document.cohort,
        principal=local_principal(tier, project, reason),
        library=document.library,
        precision=precision,
        dimensions=dimensions,
        variants=variants,
    )


def print_footer(answer: Answer) -> None:
    """How precise the answer is, what is left of the budget, and which names match nothing."""
    precision = answer.precision
    how = f"± at 95 %, {precision.name.value} precision" if precision.name else "exact, for internal use only"
    out().print(Text(f"release {answer.release}, policy {answer.policy_version}, {how}", style="dim"))
    print_budget(answer.remaining_budget)
    print_unmatched(answer.unmatched)
