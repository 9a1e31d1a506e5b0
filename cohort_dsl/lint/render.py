"""A lint for people to read, shown as problems are."""

from cohort_dsl.lint.finding import Lint
from cohort_dsl.source import render_problem
from schemas.errors import AnalysisProblem


def render_lint(text: str | None, lint: Lint) -> str:
    """The lint with its line underlined and what to write instead; without a text, without the place."""
    span = lint.span if text is not None else None
    shown = AnalysisProblem(f"{lint.severity.value}: {lint.code}", lint.message, span=span, hint=lint.fix)
    return render_problem(text or "", shown)
