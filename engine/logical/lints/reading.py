"""A document beside the dictionaries of a release, as the lints read it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cohort_dsl.ast import Cohort, ConceptItem, ConceptSet, ConceptSetName, Mode
from cohort_dsl.lint import Finding, LintText
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import Question
from engine.catalog.vocabulary import ConceptKind
from engine.logical.concepts import ConceptResolver
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
        """What sort of concepts a set holds, as far as the vocabulary has them."""
        return tuple(self._vocabulary.kinds(self.ids(concepts, source=source)).values())

    def kinds_of(self, ids: Iterable[int]) -> Mapping[int, ConceptKind]:
        """What sort of concepts these are, as far as the vocabulary has them."""
        return self._vocabulary.kinds(tuple(sorted(set(ids))))

    def below(self, ids: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
        """Concept -> the concepts below it, itself among them, for those that have any."""
        return self._vocabulary.descendants_of(tuple(sorted(set(ids))))

    def listed(self, concepts: ConceptSet) -> Iterator[ConceptItem]:
        """What a set lists as included, named sets written out."""
        for item in concepts.included:
            if isinstance(item, ConceptSetName):
                yield from self.listed(self._lets[item.name])
            else:
                yield item


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningRule(LintText):
    """A lint that needs a release's dictionaries."""

    find: Callable[[Reading], Iterator[Finding]]
