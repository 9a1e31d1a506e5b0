"""A document beside the dictionaries of a release, as the lints read it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cohort_dsl.ast import Cohort, ConceptById, ConceptItem, ConceptSet, ConceptSetName, Mode
from cohort_dsl.lint import Finding, LintText
from cohort_dsl.tree import walk
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import Question
from engine.catalog.vocabulary import ConceptKind
from engine.logical.concepts import ConceptResolver
from engine.logical.lints.places import Use, uses
from engine.logical.nodes import ConceptIds


class Reading:
    """One document in one release."""

    def __init__(self, cohort: Cohort, dictionaries: Dictionaries) -> None:
        self.cohort = cohort
        self.questions: Mapping[str, Question] = dictionaries.questions
        self._vocabulary = dictionaries.vocabulary
        self._lets = {let.name: let.concepts for let in cohort.lets}
        is_exact = cohort.mode is Mode.CIRCE_EXACT
        self._resolver = ConceptResolver(dictionaries.vocabulary, cohort, known_only=is_exact)

    def ids(self, concepts: ConceptSet, *, source: bool = False) -> ConceptIds:
        """The concepts of a set in this release."""
        return self._resolver.resolve(concepts, source=source)

    def kinds(self, concepts: ConceptSet, *, source: bool = False) -> tuple[ConceptKind, ...]:
        """What sort of concepts a set of the document holds, as far as the vocabulary has them."""
        found = map(self.known.get, self.ids(concepts, source=source))
        return tuple(kind for kind in found if kind is not None)

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every use of a concept set by a criterion or the index."""
        return tuple(uses(self.cohort))

    @cached_property
    def known(self) -> Mapping[int, ConceptKind]:
        """Every concept that the document's sets hold or list and the vocabulary has."""
        held = {concept for use in self.uses for concept in self.ids(use.concepts, source=use.source)}
        items = (visit.value for visit in walk(self.cohort))
        listed = {item.concept_id for item in items if isinstance(item, ConceptById)}
        return self._vocabulary.kinds(tuple(sorted(held | listed)))

    def below(self, ids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """Concept -> the concepts below it, itself among them, for those that have any."""
        found = {concept: self._vocabulary.below((concept,)) for concept in set(ids)}
        return {concept: below for concept, below in found.items() if below}

    def listed(self, concepts: ConceptSet) -> Iterator[ConceptItem]:
        """What a set lists as included, named sets written out, each once."""
        waiting, met = [concepts], set[str]()
        while waiting:
            for item in waiting.pop().included:
                if not isinstance(item, ConceptSetName):
                    yield item
                elif item.name not in met:  # twice each, forty sets in one another would be 10^12
                    met.add(item.name)
                    waiting.append(self._lets[item.name])


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningRule(LintText):
    """A lint that needs a release's dictionaries."""

    find: Callable[[Reading], Iterator[Finding]]
