"""Cohorts in Python: the functions of `cohort_dsl.builder`, where people who only have the client find them."""

from cohort_dsl import builder as _builder
from cohort_dsl.builder import *  # noqa: F403

__all__ = list(_builder.__all__)
