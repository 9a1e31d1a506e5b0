"""Which lists of sensitive concepts a document asks about, told by its text and the vocabulary alone.

A document asks about a list when a concept set that chooses events, values or people has a concept of it, as it is
resolved: named or taken in from above, less what is excluded. A whole domain, as `any condition`, is no concept set.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from cohort_dsl.ast import (
    Cohort,
    CohortEvents,
    ConceptItem,
    ConceptSet,
    ConceptSetName,
    EventQuery,
    Exposure,
    FieldConcepts,
    PersonConcepts,
)
from cohort_dsl.tree import span_of, walk
from engine.catalog.vocabulary import Vocabulary
from engine.logical.concepts import ConceptResolver
from schemas.errors import Span
from schemas.fields import Field

Lists = Mapping[str, frozenset[int]]
"""Name of a list -> its concepts."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A concept set that has concepts of lists; `named` tells whether it names one, or takes them in from above."""

    lists: tuple[str, ...]
    span: Span | None
    named: bool


def touches(cohort: Cohort, library: Mapping[str, Cohort], vocabulary: Vocabulary, lists: Lists) -> Iterator[Touch]:
    """Every such concept set, in the order of the document; those of cohorts it refers to stand where it does."""
    yield from _Reader(library, vocabulary, lists, set()).document(cohort)


@dataclass(frozen=True, slots=True)
class _Reader:
    library: Mapping[str, Cohort]
    vocabulary: Vocabulary
    lists: Lists
    seen: set[str]

    def document(self, cohort: Cohort) -> Iterator[Touch]:
        sets = _Sets(cohort, self.vocabulary)
        for visit in walk(cohort):
            match visit.value:
                case EventQuery(concepts=concepts, source=source):
                    yield from self._touch(concepts, visit.span, sets, source=False)
                    yield from self._touch(source, visit.span, sets, source=True)
                case FieldConcepts(field=field, concepts=concepts):
                    yield from self._touch(concepts, visit.span, sets, source=field is Field.SOURCE)
                case PersonConcepts(concepts=concepts):
                    yield from self._touch(concepts, visit.span, sets, source=False)
                case Exposure(concepts=concepts):
                    for is_source in (False, True):
                        yield from self._touch(concepts, visit.span, sets, source=is_source)
                case CohortEvents(name=name) if name in self.library and name not in self.seen:
                    self.seen.add(name)
                    yield from (replace(found, span=visit.span) for found in self.document(self.library[name]))
                case _:
                    pass

    def _touch(self, concepts: ConceptSet | None, span: Span | None, sets: "_Sets", *, source: bool) -> Iterator[Touch]:
        if concepts is None:
            return
        resolved = frozenset(sets.resolve(concepts, source=source))
        if found := tuple(name for name, ids in self.lists.items() if not ids.isdisjoint(resolved)):
            listed = frozenset().union(*(self.lists[name] for name in found))
            named = not listed.isdisjoint(sets.resolve(sets.roots(concepts), source=source))
            yield Touch(found, span_of(concepts) or span, named)


class _Sets:
    """The concept sets of one document."""

    def __init__(self, cohort: Cohort, vocabulary: Vocabulary) -> None:
        self._lets = {let.name: let.concepts for let in cohort.lets}
        self.resolve: Callable[..., tuple[int, ...]] = ConceptResolver(vocabulary, cohort, known_only=False).resolve

    def roots(self, concepts: ConceptSet) -> ConceptSet:
        """What a set names, without what lies below; named sets are written out, each once."""
        waiting, met = [concepts], set[str]()
        roots: list[ConceptItem] = []
        while waiting:
            for item in waiting.pop().included:
                if not isinstance(item, ConceptSetName):
                    roots.append(replace(item, descendants=False, mapped=False))
                elif item.name not in met:
                    met.add(item.name)
                    waiting.append(self._lets[item.name])
        return ConceptSet(included=tuple(roots))
