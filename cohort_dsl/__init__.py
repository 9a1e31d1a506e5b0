"""The cohort-definition language: text, JSON and Python spellings of one syntax tree. No data, no database."""

from cohort_dsl.canonical import canonical, canonical_hash, canonical_json
from cohort_dsl.completion import Completion, complete
from cohort_dsl.document import from_json, parse, validate
from cohort_dsl.json_form import to_document, to_json
from cohort_dsl.printer import print_cohort
from cohort_dsl.source import render_problem

__all__ = [
    "Completion",
    "canonical",
    "canonical_hash",
    "canonical_json",
    "complete",
    "from_json",
    "parse",
    "print_cohort",
    "render_problem",
    "to_document",
    "to_json",
    "validate",
]
