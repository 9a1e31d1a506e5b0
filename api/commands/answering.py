"""How answers about cohorts are printed."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from api.commands.console import out, print_budget, print_model, print_unmatched
from schemas.wire import Answer


def print_answer(answer: Answer, parts: Iterable[RenderableType], *, as_json: bool) -> None:
    """The answer for programs, or for people its parts, how precise it is, what is left of the budget, and which names
    match nothing."""
    print_model(answer, parts, as_json=as_json)
    if as_json:
        return
    precision = answer.precision
    how = f"± at 95 %, {precision.name.value} precision" if precision.name else "exact, for internal use only"
    out().print(Text(f"release {answer.release}, policy {answer.policy_version}, {how}", style="dim"))
    print_budget(answer.remaining_budget)
    print_unmatched(answer.unmatched)
