"""Prevalence over time."""

from collections.abc import Sequence
from typing import Annotated

import typer

import engine
from api.commands.answering import print_footer, request_of
from api.commands.console import out, print_json, proportion_cells, reporting, table_of, value_text
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    By,
    Day,
    DocumentFile,
    Library,
    PrecisionOption,
    Project,
    Reason,
    ReleaseId,
    Releases,
    State,
    Tier,
)
from api.commands.reading import open_session, read_document_file
from api.documents import read_dimensions
from api.problems import about
from api.series import prevalence_answer, read_series
from schemas.policy import AccessTier
from schemas.series import IntervalLength, PrevalenceMeasure
from schemas.wire import Number, PrevalenceAnswer, PrevalenceRow

app = typer.Typer()


@app.command()
def prevalence(
    file: DocumentFile,
    first: Annotated[Day, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[Day, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    per: Annotated[IntervalLength, typer.Option("--per", help="Length of the intervals.")] = IntervalLength.MONTH,
    measure: Annotated[
        PrevalenceMeasure, typer.Option("--measure", help="On any day of an interval, or on its middle day.")
    ] = PrevalenceMeasure.PERIOD,
    by: By = [],  # noqa: B006 - typer copies it
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Tier = AccessTier.INTERNAL,
    project: Project = "internal",
    precision: PrecisionOption = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Count who is in the cohort, of those under observation, by calendar month or year, sex, age, region and race."""
    with reporting(as_json=as_json):
        document, dimensions = read_document_file(file, library), read_dimensions(by) or ()
        series = read_series(first.date(), last.date(), per=per, measure=measure)
        with open_session(releases, state, release) as session, about(document.text):
            found = engine.validate(session, document.cohort, document.library, tier)
            request = request_of(document, tier, project, precision, dimensions, reason=reason)
            safe = engine.prevalence(session, request, series)
        answer = prevalence_answer(safe, found.query_hash, found.unmatched, series, dimensions)
        if as_json:
            print_json(answer)
            return
        numbers = ["observed", "in the cohort", "prevalence", *([] if answer.precision.exact else ["95 %"])]
        headings = [per.value, *answer.dimensions, *numbers]
        rows = [row[: len(headings)] for row in _rows(answer)]
        out().print(table_of(document.cohort.name, headings, rows, right=len(numbers)))
        print_footer(answer)


def _rows(answer: PrevalenceAnswer) -> Sequence[Sequence[str]]:
    """A line for each stratum of each interval, but those that certainly are empty."""
    return [
        [row.interval, *row.label, value_text(row.observed), value_text(row.cases), *proportion_cells(row.prevalence)]
        for row in answer.rows
        if not _is_empty(row)
    ]


def _is_empty(row: PrevalenceRow) -> bool:
    return isinstance(row.observed, Number) and row.observed.value == row.observed.margin == 0
