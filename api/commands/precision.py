"""The command that says what answers will be worth, before anything is asked."""

from typing import Annotated

import typer
from rich.text import Text

from api.commands.console import out, print_json, reporting, table_of
from api.commands.options import AsJson
from api.commands.policy import PolicyFile
from api.precision import precision_answer
from engine import Imagined
from schemas.errors import NotAllowed
from schemas.policy import DEFAULT_POLICY, AccessTier
from schemas.policy_file import read_policy
from schemas.wire_precision import (
    FEWEST_CELLS,
    FEWEST_STEPS,
    MOST_CELLS,
    MOST_SIZE,
    MOST_STEPS,
    ExpectedAnswer,
    PrecisionAnswer,
    TierExpectation,
)

app = typer.Typer()

_HEADINGS = ["precision", "question", "true", "± 95 %", "relative", "number from", "shown", "price", "a year"]


@app.command()
def precision(
    size: Annotated[int, typer.Option("--size", min=0, max=MOST_SIZE, help="Persons in the cohort.")],
    cells: Annotated[
        int, typer.Option("--cells", min=FEWEST_CELLS, max=MOST_CELLS, help="Cells of its table, of equal size.")
    ] = 12,
    steps: Annotated[
        int, typer.Option("--steps", min=FEWEST_STEPS, max=MOST_STEPS, help="Steps of its attrition.")
    ] = 6,
    tier: Annotated[
        AccessTier | None, typer.Option("--tier", help="Only this tier; all that have noise if absent.")
    ] = None,
    policy: PolicyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show what answers about a cohort of some size will be worth: ±, the chance of a number, and the price.

    It follows from the policy alone: nothing is counted and nothing charged.
    """
    with reporting(as_json=as_json):
        rules = DEFAULT_POLICY if policy is None else read_policy(policy)
        answer = precision_answer(rules, Imagined(size=size, cells=cells, steps=steps))
        if tier is not None:
            answer = _only(answer, tier)
        if as_json:
            print_json(answer)
            return
        for each in answer.tiers:
            _print_tier(answer, each)


def _only(answer: PrecisionAnswer, tier: AccessTier) -> PrecisionAnswer:
    found = [each for each in answer.tiers if each.tier is tier]
    if not found:
        raise NotAllowed(
            "precision-not-allowed",
            f"the {tier.value} tier gives no numbers with noise",
            expected=[each.tier.value for each in answer.tiers],
        )
    return answer.model_copy(update={"tiers": found})


def _print_tier(answer: PrecisionAnswer, expected: TierExpectation) -> None:
    title = f"{answer.size:,} persons, {expected.tier.value} tier, policy {answer.policy_version}"
    rows = [_row(each, answer, expected.project_budget) for each in expected.answers]
    out().print(table_of(title, _HEADINGS, rows, right=7))
    if answer.cells > expected.max_cells or answer.steps > expected.max_attrition_steps:
        text = (
            f"left out: this tier takes tables of at most {expected.max_cells} cells and attrition of at most "
            f"{expected.max_attrition_steps} steps"
        )
        out().print(Text(text, style="yellow"), soft_wrap=True)


def _row(each: ExpectedAnswer, answer: PrecisionAnswer, budget: int) -> list[str]:
    is_share = each.kind == "share"
    return [
        each.precision.value,
        _question(each, answer),
        f"{each.people:,.0f}" if each.people == int(each.people) else f"{each.people:,.1f}",
        _margin(each),
        "" if each.relative is None else f"{each.relative:,.0%}",
        f"{each.shown_from:,}",
        _chance(each.shown),
        "with table" if is_share else f"{100 * each.price / budget:.3g}%" if budget else "",
        "" if is_share else f"{each.a_year:,}",
    ]


def _question(each: ExpectedAnswer, answer: PrecisionAnswer) -> str:
    match each.kind:
        case "count":
            return "count"
        case "table":
            return f"one of {answer.cells} cells"
        case "share":
            return "its share"
        case "attrition":
            return f"attrition of {answer.steps}"


def _margin(each: ExpectedAnswer) -> str:
    if each.margin is None or each.widest is None:
        return "unknown"
    if each.kind == "share":
        return f"{100 * each.margin:.1f} points"
    return f"{each.margin:,.0f}" if each.margin == each.widest else f"{each.margin:,.0f} to {each.widest:,.0f}"


def _chance(shown: float) -> str:
    """Never quite 0 or 1, as noise has no bounds."""
    if shown < 0.001:
        return "< 0.1%"
    return "> 99.9%" if shown > 0.999 else f"{shown:.1%}"
