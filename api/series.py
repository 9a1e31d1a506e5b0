"""Questions about calendar intervals, for server and command line: what is asked, and prevalence as wire models."""

import datetime
from collections.abc import Iterable, Sequence

from api.documents import dimension_text
from api.envelope import answer_fields, proportion_of, value_of
from api.problems import about
from cohort_dsl.ast import Dimension, Unit
from engine import SafeSeries, Series, Unmatched, Window
from schemas.errors import AnalysisProblem
from schemas.series import IntervalLength, PrevalenceMeasure
from schemas.wire import PrevalenceAnswer, PrevalenceRow


def read_series(
    first: datetime.date, last: datetime.date, *, per: IntervalLength, measure: PrevalenceMeasure
) -> Series:
    """The intervals asked for; raises `DocumentProblems`."""
    with about(None):
        return Series(window=Window(first=first, last=last, per=Unit(per.value)), measure=measure)


def read_between(first: datetime.date | None, last: datetime.date | None) -> tuple[datetime.date, datetime.date] | None:
    """The days between which incidence is counted, absent when it is on all days; raises `DocumentProblems`."""
    with about(None):
        if first is None and last is None:
            return None
        if first is None or last is None:
            raise AnalysisProblem("rates-window", "one of the two days between which to count is missing")
        return first, last


def prevalence_answer(
    safe: SafeSeries, query: str, unmatched: Iterable[Unmatched], series: Series, by: Sequence[Dimension]
) -> PrevalenceAnswer:
    """Rows in order of intervals and strata, with everything that comes with them."""
    return PrevalenceAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        measure=series.measure,
        dimensions=[dimension_text(dimension) for dimension in by],
        rows=[
            PrevalenceRow(
                interval=row.interval,
                label=list(row.label),
                observed=value_of(row.observed),
                cases=value_of(row.cases),
                prevalence=proportion_of(row.share),
            )
            for row in safe.rows
        ],
    )
