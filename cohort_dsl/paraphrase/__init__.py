"""A cohort said as a physician would write it in an application, in English and Korean, from the syntax tree."""

from cohort_dsl.paraphrase.names import Names
from cohort_dsl.paraphrase.said import Item, Paraphrase, Section, plain_text
from cohort_dsl.paraphrase.write import paraphrase

__all__ = ["Item", "Names", "Paraphrase", "Section", "paraphrase", "plain_text"]
