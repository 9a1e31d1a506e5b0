"""Concept sets of the language to sorted concept ids, noting every name the vocabulary does not have."""

import difflib

from cohort_dsl.ast import Cohort, ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.tree import walk
from engine.catalog.vocabulary import Unmatched, Vocabulary
from engine.logical.nodes import ConceptIds
from schemas.errors import AnalysisProblem


class ConceptResolver:
    """Expands the concept sets of one document; `unmatched` grows as names are looked up in vain.

    With `known_only` (as OHDSI's SQL has it) an id that the vocabulary does not have stands for nothing.
    """

    def __init__(self, vocabulary: Vocabulary, cohort: Cohort, *, known_only: bool) -> None:
        self._vocabulary = vocabulary
        self._lets = {let.name: let.concepts for let in cohort.lets}
        self._known = vocabulary.known(
            visit.value.concept_id for visit in walk(cohort) if isinstance(visit.value, ConceptById)
        )
        self._known_only = known_only
        self._resolved: dict[tuple[ConceptSet, bool], ConceptIds] = {}
        self._vocabulary_names: tuple[str, ...] | None = None
        self.unmatched: list[Unmatched] = []

    def resolve(self, concepts: ConceptSet, *, source: bool = False) -> ConceptIds:
        """Ids of the set: everything included, each after its own expansion, less everything excluded.

        With `source`, codes stand for their own concepts and not for the standard ones they map to.
        """
        key = (concepts, source)
        if key not in self._resolved:
            included = {concept for item in concepts.included for concept in self._item(item, source)}
            excluded = {concept for item in concepts.excluded for concept in self._item(item, source)}
            self._resolved[key] = tuple(sorted(included - excluded))
        return self._resolved[key]

    def _item(self, item: ConceptItem, source: bool) -> tuple[int, ...]:
        match item:
            case ConceptSetName(name=name):
                return self.resolve(self._lets[name], source=source)
            case ConceptById():
                return self._by_id(item)
            case ConceptByCode():
                return self._by_code(item, source)

    def _by_id(self, item: ConceptById) -> tuple[int, ...]:
        concept = item.concept_id
        if concept not in self._known:
            self._note("concept", str(concept), "the vocabulary of this release has no such concept", item)
        listed = () if self._known_only and concept not in self._known else (concept,)
        ids = (*listed, *self._vocabulary.below(concept)) if item.descendants else listed
        return self._vocabulary.mapped(ids) if item.mapped else ids

    def _by_code(self, item: ConceptByCode, source: bool) -> tuple[int, ...]:
        self._check_vocabulary(item)
        look_up = self._vocabulary.source_concepts if source else self._vocabulary.by_code
        found = look_up(item.vocabulary, item.code, descendants=item.descendants)
        if not found:
            self._note("code", f"{item.vocabulary}:{item.code}", "no concept has or maps from this code", item)
        if item.descendants:
            found = self._vocabulary.descendants(found)
        return self._vocabulary.mapped(found) if item.mapped else found

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
