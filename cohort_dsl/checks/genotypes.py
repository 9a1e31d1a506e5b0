"""Criteria on a person's genotypes."""

import math
import re
from collections.abc import Iterator

from cohort_dsl.ast import MOST_BURDEN, Between, Burden, Compare, Dimension, DimensionKind, ScoreScale, ScoreTest
from cohort_dsl.checks.values import kind_problems
from cohort_dsl.tree import Visit
from schemas.errors import AnalysisProblem, Problem, Span
from schemas.fields import Kind

_SCORE = re.compile(r"[a-z0-9]+([_.][a-z0-9]+)*")
_HIGHEST_PERCENTILE = 100

GENOTYPES = frozenset((Burden, ScoreTest, Dimension))
"""The kinds of value that `genotype_problems` has something to say of."""


def genotype_problems(visit: Visit) -> Iterator[Problem]:
    """Burdens of none or too many, scores that have no name, percentiles that are none."""
    match visit.value:
        case Burden(number=number) if not 1 <= number <= MOST_BURDEN:
            message = f"a burden asks for 1 to {MOST_BURDEN} variants or alleles"
            yield AnalysisProblem("burden-range", message, span=visit.span)
        case ScoreTest() as test:
            yield from _score_problems(test, visit.span)
        case Dimension(kind=DimensionKind.GENOTYPE, variant=None):
            message = "a genotype dimension names its variant"
            yield AnalysisProblem("missing-variant", message, span=visit.span)
        case _:
            pass


def _score_problems(test: ScoreTest, span: Span | None) -> Iterator[Problem]:
    if not _SCORE.fullmatch(test.score):
        message = "a score's name is lower-case words and digits, joined by _ or ."
        yield AnalysisProblem("bad-score", message, span=span, expected=("ldl_cholesterol",))
    yield from kind_problems("score", Kind.NUMBER, test.test, span)
    if test.scale is ScoreScale.PERCENTILE and not all(map(_is_percentile, _limits(test.test))):
        message = f"percentiles run from 0 to {_HIGHEST_PERCENTILE}"
        yield AnalysisProblem("percentile-range", message, span=span)


def _limits(test: Compare | Between) -> tuple[object, ...]:
    return (test.value,) if isinstance(test, Compare) else (test.low, test.high)


def _is_percentile(limit: object) -> bool:
    """Also where another check speaks of the limit: a date, a number that is not finite, none."""
    return not isinstance(limit, float) or not math.isfinite(limit) or 0 <= limit <= _HIGHEST_PERCENTILE
