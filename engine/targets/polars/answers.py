"""Survey answers as rows of a day each."""

import polars as pl

from cohort_dsl.ast import RangeTest
from engine.targets.polars.expressions import in_range, is_text_in
from engine.targets.polars.tables import ReleaseTables
from schemas.release import SURVEY_ANSWER

AnswerTest = tuple[str, ...] | RangeTest | None
"""Answer codes, a range of a number, or any answer."""


def answers(tables: ReleaseTables, question: str, test: AnswerTest) -> pl.LazyFrame:
    """The answers given to a question: person, day, and whether each fits the test."""
    given = tables.events(SURVEY_ANSWER).filter(pl.col("question_id") == question, pl.col("missing_reason").is_null())
    return given.select(
        "person", pl.col("answered_on").cast(pl.Int32).alias("day"), _fits(test).fill_null(False).alias("fits")
    )


def _fits(test: AnswerTest) -> pl.Expr:
    if test is None:
        return pl.lit(True)
    if isinstance(test, tuple):
        return is_text_in(test, pl.col("answer"))
    return in_range(pl.col("value"), test)
