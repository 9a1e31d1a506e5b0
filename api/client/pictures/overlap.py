"""The regions of up to four cohorts: an UpSet picture that lies on its side, so that names and numbers have room."""

from api.client.pictures.rows import Row
from api.client.pictures.values import drawn_value
from api.client.pictures.words import WORDS
from schemas.language import Language
from schemas.wire.answers import OverlapAnswer
from schemas.wire.form import MOST_OVERLAPPING


def cohort_rows(answer: OverlapAnswer) -> tuple[Row, ...]:
    """The cohorts themselves, each with the dot that stands for it below."""
    size = len(answer.cohorts)
    return tuple(
        Row(
            label=cohort.name,
            drawn=drawn_value(cohort.count),
            tone=place % 6,
            dots=tuple(each == place for each in range(size)),
        )
        for place, cohort in enumerate(answer.cohorts)
    )


def region_rows(answer: OverlapAnswer, language: Language) -> tuple[Row, ...]:
    """Each region, the largest first; raises `ValueError` where they are not those of up to four cohorts."""
    size = len(answer.cohorts)
    if size > MOST_OVERLAPPING or len(answer.regions) >= 2**size:
        raise ValueError(f"an overlap is drawn of at most {MOST_OVERLAPPING} cohorts and their regions")
    if any(not 0 <= place < size for region in answer.regions for place in region.cohorts):
        raise ValueError("a region names a cohort that is not there")
    drawn = [(region.cohorts, drawn_value(region.count)) for region in answer.regions]
    drawn.sort(key=lambda each: (each[1].middle is None, -(each[1].middle or 0)))
    return tuple(
        Row(
            label=_names(answer, cohorts, language),
            drawn=count,
            tone=cohorts[0] % 6 if len(cohorts) == 1 else 5,
            dots=tuple(place in cohorts for place in range(size)),
        )
        for cohorts, count in drawn
    )


def _names(answer: OverlapAnswer, cohorts: list[int], language: Language) -> str:
    """`first ∩ second`, or `only first`."""
    names = " ∩ ".join(answer.cohorts[place].name[:60] for place in cohorts)
    only = WORDS[language].only
    if len(cohorts) > 1:
        return names
    return f"{names}{only}" if language is Language.KOREAN else f"{only} {names}"
