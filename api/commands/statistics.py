"""Commands for what is exact or refused: inclusion statistics and incidence."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated

import typer
from rich.console import RenderableType

import engine
from api.commands.answering import print_answer
from api.commands.asking import Question
from api.commands.console import reporting, table_of, value_text
from api.commands.grouped import grouped
from api.commands.options import AsJson, By, Day
from api.documents import read_dimensions
from api.series import read_between
from api.statistics import incidence_answer, inclusion_answer
from schemas.inclusion import InclusionMode
from schemas.wire import IncidenceAnswer, IncidencePeriod, IncidenceRate, InclusionAnswer, InclusionCounts

_SHOWN_PATTERNS = 20
"""The most frequent ones; there may be as many as entries."""

app = typer.Typer()


@app.command()
@grouped
def inclusion(question: Question, as_json: AsJson = False) -> None:
    """Count the entries that pass each rule, of all entries and of one a person, as OHDSI does."""
    with reporting(as_json=as_json):
        found = question.found(engine.inclusion)
        answer = inclusion_answer(found.safe, found.query_hash, found.unmatched)
        print_answer(answer, _inclusion_parts(found.name, answer), as_json=as_json)


def _inclusion_parts(name: str, answer: InclusionAnswer) -> Iterator[RenderableType]:
    headings = ["", "rule", "pass", "pass all others only"]
    for counts in answer.modes:
        yield table_of(f"{name}, {_MODES[counts.mode]}", headings, _rule_rows(counts), right=2)
        if counts.rules:
            yield table_of(None, ["rules passed", "entries"], _pattern_rows(counts), right=1)


@app.command()
@grouped
def incidence(
    first: Annotated[Day | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day that counts.")] = None,
    last: Annotated[Day | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day that counts.")] = None,
    by: By = [],  # noqa: B006 - typer copies it
    *,
    question: Question,
    as_json: AsJson = False,
) -> None:
    """Count time at risk and outcomes by calendar period, as the document's `incidence of …` asks."""
    with reporting(as_json=as_json):
        dimensions = read_dimensions(by)
        between = read_between(first and first.date(), last and last.date())
        found = question.found(partial(engine.incidence, between=between), dimensions=dimensions)
        answer = incidence_answer(found.safe, found.query_hash, found.unmatched, dimensions or ())
        print_answer(answer, _incidence_parts(found.name, answer), as_json=as_json)


def _incidence_parts(name: str, answer: IncidenceAnswer) -> Iterator[RenderableType]:
    headings = ["persons at risk", "person-days", "persons ill", "outcomes", "per 1,000 years", "95 %"]
    rows = [_period_row(period) for period in (*answer.periods, answer.total)]
    yield table_of(name, ["period", *headings], rows, right=len(headings))
    if answer.strata:
        rows = [_period_row(stratum, *stratum.label) for stratum in answer.strata]
        yield table_of(None, ["period", *answer.dimensions, *headings], rows, right=len(headings))


_MODES = {InclusionMode.EVENTS: "all entries", InclusionMode.BEST_EVENT: "the best entry of each person"}


def _rule_rows(counts: InclusionCounts) -> Sequence[Sequence[str]]:
    rules = [[str(rule.number), rule.name, value_text(rule.passed), value_text(rule.gain)] for rule in counts.rules]
    return [
        ["", "entries", value_text(counts.total), ""],
        *rules,
        ["", "all rules", value_text(counts.passed_all), ""],
    ]


def _pattern_rows(counts: InclusionCounts) -> Sequence[Sequence[str]]:
    rows = [
        [", ".join(map(str, pattern.passed)) or "none", value_text(pattern.entries)]
        for pattern in counts.patterns[:_SHOWN_PATTERNS]
    ]
    more = len(counts.patterns) - len(rows)
    return [*rows, [f"and {more:,} more patterns, with --json", ""]] if more else rows


def _period_row(period: IncidencePeriod, *label: str) -> Sequence[str]:
    counts = (period.persons_at_risk, period.person_days, period.persons_with_outcome, period.outcomes)
    return [period.period, *label, *map(value_text, counts), *_rate_cells(period.rate)]


def _rate_cells(rate: IncidenceRate | None) -> Sequence[str]:
    if rate is None:
        return ["", ""]
    return [f"{rate.per_1000_person_years:,.2f}", f"{rate.low:,.2f} to {rate.high:,.2f}"]
