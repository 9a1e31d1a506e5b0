"""Concept sets of the language to sorted concept ids, noting every name the vocabulary does not have."""

import difflib
from collections.abc import Mapping

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from engine.catalog.vocabulary import Unmatched, Vocabulary
from engine.logical.nodes import ConceptIds
from schemas.errors import AnalysisProblem


class ConceptResolver:
    """Expands the concept sets of one document; `unmatched` grows as names are looked up in vain."""

    def __init__(self, vocabulary: Vocabulary, lets: Mapping[str, ConceptSet]) -> None:
        self._vocabulary = vocabulary
        self._lets = lets
        self._vocabulary_names: tuple[str, ...] | None = None
        self.unmatched: list[Unmatched] = []

    def resolve(self, concepts: ConceptSet, *, source: bool = False) -> ConceptIds:
        """Ids of the set: everything included, each after its own expansion, less everything excluded.

        With `source`, codes stand for their own concepts and not for the standard ones they map to.
        """
        included = {concept for item in concepts.included for concept in self._item(item, source)}
        excluded = {concept for item in concepts.excluded for concept in self._item(item, source)}
        return tuple(sorted(included - excluded))

    def _item(self, item: ConceptItem, source: bool) -> tuple[int, ...]:
        match item:
            case ConceptSetName(name=name):
                return self.resolve(self._lets[name], source=source)
            case ConceptById():
                return self._expand(item, self._by_id(item))
            case ConceptByCode():
                return self._expand(item, self._by_code(item, source))

    def _by_id(self, item: ConceptById) -> tuple[int, ...]:
        if not self._vocabulary.known((item.concept_id,)):
            self._note("concept", str(item.concept_id), "the vocabulary of this release has no such concept", item)
        return (item.concept_id,)

    def _by_code(self, item: ConceptByCode, source: bool) -> tuple[int, ...]:
        self._check_vocabulary(item)
        look_up = self._vocabulary.source_concepts if source else self._vocabulary.by_code
        found = look_up(item.vocabulary, item.code, descendants=item.descendants)
        if not found:
            self._note("code", f"{item.vocabulary}:{item.code}", "no concept has or maps from this code", item)
        return found

    def _expand(self, item: ConceptById | ConceptByCode, ids: tuple[int, ...]) -> tuple[int, ...]:
        if item.descendants:
            ids = self._vocabulary.descendants(ids)
        return self._vocabulary.mapped(ids) if item.mapped else ids

    def _check_vocabulary(self, item: ConceptByCode) -> None:
        if self._vocabulary_names is None:
            self._vocabulary_names = self._vocabulary.names()
        if item.vocabulary not in self._vocabulary_names:
            close = difflib.get_close_matches(item.vocabulary, self._vocabulary_names, n=1, cutoff=0.5)
            raise AnalysisProblem(
                "vocabulary-unknown",
                f"this release has no vocabulary {item.vocabulary!r}",
                span=item.span,
                expected=self._vocabulary_names,
                hint=f"did you mean {close[0]}?" if close else None,
            )

    def _note(self, kind: str, name: str, hint: str, item: ConceptById | ConceptByCode) -> None:
        unmatched = Unmatched(kind=kind, name=name, hint=hint, span=item.span)
        if unmatched not in self.unmatched:
            self.unmatched.append(unmatched)
