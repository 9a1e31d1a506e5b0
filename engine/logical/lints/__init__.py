"""Lints that need a release's dictionaries: concept sets and survey answers that were probably not meant.

Nothing here looks at anybody's data. `cohort_dsl.lint` has those that need the document alone.
"""

from cohort_dsl.ast import Cohort
from cohort_dsl.lint import Lint, LintText, in_order, lint_of
from engine.catalog.dictionaries import Dictionaries
from engine.logical.lints import answers, concept_sets
from engine.logical.lints.reading import MeaningRule, Reading

_RULES: tuple[MeaningRule, ...] = (*concept_sets.RULES, *answers.RULES)

MEANING_LINTS: dict[str, LintText] = {rule.code: rule for rule in _RULES}
"""Code -> what it means, an example that it finds something in (in a synthetic release), and the example put right."""


def lint_meaning(cohort: Cohort, dictionaries: Dictionaries) -> tuple[Lint, ...]:
    """What is odd about a document in one release, in the order of the text.

    The document is one that `engine.logical.analyze` accepts; names it does not find raise as they do there.
    """
    reading = Reading(cohort, dictionaries)
    return in_order({lint_of(rule, finding) for rule in _RULES for finding in rule.find(reading)})


__all__ = ["MEANING_LINTS", "lint_meaning"]
