"""Cohorts in Korean: sentences in the polite form, list items in the nominal form that applications use."""

from cohort_dsl.paraphrase.korean.document import sections

__all__ = ["sections"]
