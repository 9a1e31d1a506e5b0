"""Concept sets of the language as concept ids of a release, and search over the vocabularies.

Expansion follows OHDSI: descendants come from `concept_ancestor` and leave out invalid concepts, while a concept
that is listed itself stays even if invalid; a source code stands for the standard concepts it `Maps to`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.catalog.concept_index import ConceptIndex
from engine.catalog.database import Database
from schemas.errors import Span

_REMEMBERED = 4096
_BY_CODE = """
    SELECT concept_id, standard_concept IS NOT NULL FROM concept
    WHERE vocabulary_id = $vocabulary AND (concept_code = $code OR ($prefix AND starts_with(concept_code, $code)))
    ORDER BY concept_id"""
_MAPPED_TO = """
    SELECT DISTINCT concept_id_2 FROM concept_relationship
    WHERE relationship_id = 'Maps to' AND invalid_reason IS NULL AND concept_id_1 IN (SELECT unnest($ids::INTEGER[]))"""
_KINDS = """
    SELECT concept_id, domain_id, concept_class_id, standard_concept FROM concept
    WHERE concept_id IN (SELECT unnest($ids::INTEGER[]))"""
_VOCABULARIES = "SELECT DISTINCT vocabulary_id FROM concept ORDER BY vocabulary_id"
_SEARCH = """
    SELECT c.concept_id, c.concept_name, any_value(s.concept_synonym_name) FILTER (s.language_concept_id = 4175771),
           c.domain_id, c.vocabulary_id, c.concept_code, c.standard_concept
    FROM concept c LEFT JOIN concept_synonym s ON s.concept_id = c.concept_id
    WHERE (contains(lower(c.concept_name), $text) OR contains(lower(s.concept_synonym_name), $text)
           OR lower(c.concept_code) = $text OR c.concept_id::VARCHAR = $text)
      AND ($vocabulary IS NULL OR c.vocabulary_id = $vocabulary) AND ($domain IS NULL OR c.domain_id = $domain)
    GROUP BY c.concept_id, c.concept_name, c.domain_id, c.vocabulary_id, c.concept_code, c.standard_concept
    ORDER BY c.standard_concept IS DISTINCT FROM 'S', length(c.concept_name), c.concept_id LIMIT $limit"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One row of the vocabulary, for people to read. `standard` is S, C or absent."""

    concept_id: int
    name: str
    name_ko: str | None
    domain: str | None
    vocabulary: str
    code: str
    standard: str | None


@dataclass(frozen=True, slots=True)
class ConceptKind:
    """What sort of concept one is. `standard` is S, C for classes that only group others, or absent."""

    concept_id: int
    domain: str | None
    concept_class: str | None
    standard: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Something a document names that this release's dictionaries do not have."""

    kind: str
    name: str
    hint: str | None = None
    span: Span = Span(0, 0)


class Vocabulary:
    """Questions about the vocabulary tables of one release. Answers are sorted tuples of concept ids.

    Answers are remembered: a release never changes, and the same few hundred concept sets are asked for all day.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._look_up = lru_cache(maxsize=_REMEMBERED)(self._read)

    @cached_property
    def _index(self) -> ConceptIndex:
        return ConceptIndex.load(self._database)

    def by_code(self, vocabulary: str, code: str, *, descendants: bool) -> tuple[int, ...]:
        """Standard concepts of a code. With `descendants`, a source code also stands for the codes it begins."""
        source, standard = self._code(vocabulary, code, descendants)
        return tuple(sorted({*standard, *self._ids(_MAPPED_TO, source)}))

    def source_concepts(self, vocabulary: str, code: str, *, descendants: bool) -> tuple[int, ...]:
        """The concepts of the code itself, for tests of the source concept."""
        source, standard = self._code(vocabulary, code, descendants)
        return tuple(sorted({*source, *standard}))

    def descendants(self, ids: Iterable[int]) -> tuple[int, ...]:
        """The concepts given and every valid concept below them."""
        ids = tuple(ids)
        return tuple(sorted({*ids, *self._index.below(ids)}))

    def below(self, ids: Iterable[int]) -> frozenset[int]:
        """Every valid concept below one of those given."""
        return frozenset(self._index.below(ids))

    def mapped(self, ids: Iterable[int]) -> tuple[int, ...]:
        """The concepts given and every concept that maps to one of them."""
        ids = tuple(ids)
        return tuple(sorted({*ids, *self._index.mapped_from(ids)}))

    def mapped_to(self, ids: Iterable[int]) -> tuple[int, ...]:
        """The standard concepts that these map to."""
        return self._ids(_MAPPED_TO, sorted(ids))

    def beginning(self, vocabulary: str, code: str) -> tuple[int, ...]:
        """Every concept of a vocabulary whose code begins so, whether there is such a code or not."""
        rows = self._look_up(_BY_CODE, vocabulary=vocabulary, code=code, prefix=True)
        return tuple(sorted(int(str(concept)) for concept, _ in rows))

    def known(self, ids: Iterable[int]) -> frozenset[int]:
        """Those of the ids that the vocabulary has."""
        return self._index.known(ids)

    def kinds(self, ids: tuple[int, ...]) -> dict[int, ConceptKind]:
        """What sort of concepts these are, for those that the vocabulary has. Not remembered: documents ask for all of
        their concepts at once, and no two for the same."""
        rows = self._read(_KINDS, ids=ids) if ids else []
        found = (ConceptKind(int(str(row[0])), _text(row[1]), _text(row[2]), _text(row[3])) for row in rows)
        return {kind.concept_id: kind for kind in found}

    def names(self) -> tuple[str, ...]:
        """Every vocabulary id: SNOMED, RxNorm, KCD7…"""
        return tuple(str(row[0]) for row in self._look_up(_VOCABULARIES))

    def search(
        self, text: str, *, vocabulary: str | None = None, domain: str | None = None, limit: int = 20
    ) -> tuple[Concept, ...]:
        """Concepts whose English or Korean label holds the text, or whose code or id is it; standard ones first."""
        parameters = {"text": text.lower(), "vocabulary": vocabulary, "domain": domain, "limit": limit}
        return tuple(
            Concept(
                concept_id=int(str(row[0])),
                name=str(row[1]),
                name_ko=_text(row[2]),
                domain=_text(row[3]),
                vocabulary=str(row[4]),
                code=str(row[5]),
                standard=_text(row[6]),
            )
            for row in self._database.rows(_SEARCH, parameters)
        )

    def _code(self, vocabulary: str, code: str, descendants: bool) -> tuple[list[int], list[int]]:
        """Source concepts and standard concepts of a code. Only source codes are widened by their beginning."""
        rows = self._look_up(_BY_CODE, vocabulary=vocabulary, code=code, prefix=False)
        if descendants and rows and not any(standard for _, standard in rows):
            rows = self._look_up(_BY_CODE, vocabulary=vocabulary, code=code, prefix=True)
        source = [int(str(concept)) for concept, standard in rows if not standard]
        return source, [int(str(concept)) for concept, standard in rows if standard]

    def _ids(self, sql: str, ids: Iterable[int]) -> tuple[int, ...]:
        ids = tuple(ids)
        return tuple(int(str(row[0])) for row in self._look_up(sql, ids=ids)) if ids else ()

    def _read(self, sql: str, **parameters: object) -> list[tuple[object, ...]]:
        return self._database.rows(sql, parameters)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
