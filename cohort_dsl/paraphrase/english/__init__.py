"""Cohorts in English."""

from cohort_dsl.paraphrase.english.document import sections

__all__ = ["sections"]
