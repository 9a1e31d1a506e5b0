"""A document in words: the language chosen, the rest left to it."""

from typing import assert_never

from cohort_dsl.ast import Cohort
from cohort_dsl.paraphrase import english, korean
from cohort_dsl.paraphrase.names import NO_NAMES, Names
from cohort_dsl.paraphrase.said import Paraphrase
from schemas.language import Language


def paraphrase(cohort: Cohort, language: Language = Language.ENGLISH, names: Names = NO_NAMES) -> Paraphrase:
    """The cohort in words. Labels that `names` lacks are those of the document, else the codes themselves."""
    known = names.of(cohort)
    match language:
        case Language.ENGLISH:
            sections = english.sections(cohort, known)
        case Language.KOREAN:
            sections = korean.sections(cohort, known)
        case _:
            assert_never(language)
    return Paraphrase(language=language, title=cohort.name, sections=tuple(sections))
