"""HGVS names, as the rest of the engine imports them from `cohort_dsl.spelling`."""

from cohort_dsl.spelling.hgvs import Hgvs, parse_hgvs

__all__ = ["Hgvs", "parse_hgvs"]
