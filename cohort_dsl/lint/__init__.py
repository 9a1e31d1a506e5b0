"""Lints: what a valid document says that was probably not meant. They never keep a document from being answered.

The rules here need nothing but the document; `engine.lint` adds those that need a release's dictionaries.
docs/reference/lints.md is made from `LINTS`.
"""

from cohort_dsl.ast import Cohort
from cohort_dsl.lint import (
    concept_sets,
    contradictions,
    counts,
    exact_mode,
    genotypes,
    limits,
    repeats,
    units,
    where,
    windows,
)
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, Lint, LintRule, LintText, Severity, in_order, lint_of
from cohort_dsl.lint.render import render_lint

RULES: tuple[LintRule, ...] = (
    *concept_sets.RULES,
    *repeats.RULES,
    *where.RULES,
    *units.RULES,
    *windows.RULES,
    *counts.RULES,
    *genotypes.RULES,
    *limits.RULES,
    *contradictions.RULES,
    *exact_mode.RULES,
)

LINTS: dict[str, LintText] = {rule.code: rule for rule in RULES}
"""Code -> what it means, an example that it finds something in, and the example put right."""


def lint(cohort: Cohort) -> tuple[Lint, ...]:
    """What is odd about a document that `cohort_dsl.validate` accepts, at most a hundred, in the order of the text."""
    document = Document(cohort)
    return in_order({lint_of(rule, finding) for rule in RULES for finding in rule.find(document)})


__all__ = ["LINTS", "Finding", "Lint", "LintRule", "LintText", "Severity", "in_order", "lint", "lint_of", "render_lint"]
