"""Prevalence over time."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated

import typer
from rich.console import RenderableType

import engine
from api.commands.answering import print_answer
from api.commands.asking import Question
from api.commands.console import proportion_cells, reporting, table_of, value_text
from api.commands.grouped import grouped
from api.commands.options import AsJson, By, Day, PrecisionOption
from api.documents import read_dimensions
from api.series import prevalence_answer, read_series
from schemas.series import IntervalLength, PrevalenceMeasure
from schemas.wire import Number, PrevalenceAnswer, PrevalenceRow

app = typer.Typer()


@app.command()
@grouped
def prevalence(
    first: Annotated[Day, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[Day, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    per: Annotated[IntervalLength, typer.Option("--per", help="Length of the intervals.")] = IntervalLength.MONTH,
    measure: Annotated[
        PrevalenceMeasure, typer.Option("--measure", help="On any day of an interval, or on its middle day.")
    ] = PrevalenceMeasure.PERIOD,
    by: By = [],  # noqa: B006 - typer copies it
    *,
    question: Question,
    precision: PrecisionOption = None,
    as_json: AsJson = False,
) -> None:
    """Count who is in the cohort, of those under observation, by calendar month or year, sex, age, region and race."""
    with reporting(as_json=as_json):
        dimensions = read_dimensions(by) or ()
        series = read_series(first.date(), last.date(), per=per, measure=measure)
        found = question.found(partial(engine.prevalence, series=series), precision=precision, dimensions=dimensions)
        answer = prevalence_answer(found.safe, found.query_hash, found.unmatched, series, dimensions)
        print_answer(answer, _parts(found.name, answer, per), as_json=as_json)


def _parts(name: str, answer: PrevalenceAnswer, per: IntervalLength) -> Iterator[RenderableType]:
    numbers = ["observed", "in the cohort", "prevalence", *([] if answer.precision.exact else ["95 %"])]
    headings = [per.value, *answer.dimensions, *numbers]
    yield table_of(name, headings, [row[: len(headings)] for row in _rows(answer)], right=len(numbers))


def _rows(answer: PrevalenceAnswer) -> Sequence[Sequence[str]]:
    """A line for each stratum of each interval, but those that certainly are empty."""
    return [
        [row.interval, *row.label, value_text(row.observed), value_text(row.cases), *proportion_cells(row.prevalence)]
        for row in answer.rows
        if not _is_empty(row)
    ]


def _is_empty(row: PrevalenceRow) -> bool:
    return isinstance(row.observed, Number) and row.observed.value == row.observed.margin == 0
