"""What a release's vocabularies call concepts and codes, in English or Korean."""

from collections.abc import Iterable, Mapping

from engine.catalog.database import Database
from schemas.language import Language

_KOREAN = 4175771
"""The concept of the Korean language, by which synonyms are marked."""

_LABELS = f"""
    SELECT c.concept_id, c.vocabulary_id, c.concept_code, c.concept_name,
           any_value(s.concept_synonym_name) FILTER (s.language_concept_id = {_KOREAN})
    FROM concept c LEFT JOIN concept_synonym s ON s.concept_id = c.concept_id
    WHERE c.concept_id IN (SELECT unnest($ids::INTEGER[]))
       OR c.vocabulary_id || ':' || c.concept_code IN (SELECT unnest($codes::VARCHAR[]))
    GROUP BY ALL ORDER BY ALL"""  # noqa: S608 - a constant of this file


def concept_labels(
    database: Database, ids: Iterable[int], codes: Iterable[tuple[str, str]], language: Language
) -> tuple[Mapping[int, str], Mapping[tuple[str, str], str]]:
    """Labels by concept id, and by vocabulary and code, for those that the release has; in Korean where there is one,
    else in English."""
    wanted = {"ids": sorted(set(ids)), "codes": sorted({f"{vocabulary}:{code}" for vocabulary, code in codes})}
    if not wanted["ids"] and not wanted["codes"]:
        return {}, {}
    by_id: dict[int, str] = {}
    by_code: dict[tuple[str, str], str] = {}
    for concept, vocabulary, code, english, korean in database.rows(_LABELS, wanted):
        label = str(korean if language is Language.KOREAN and korean is not None else english)
        by_id[int(str(concept))] = label
        by_code[str(vocabulary), str(code)] = label
    return by_id, by_code
