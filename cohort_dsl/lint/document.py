"""A document as the lints read it: walked once, with what they all ask for at hand."""

from dataclasses import dataclass, replace
from functools import cached_property

from cohort_dsl.ast import Cohort, ConceptSet
from cohort_dsl.lint.places import (
    Literal,
    Query,
    alternatives,
    conjunctions,
    occurrences,
    queries_of,
    required,
)
from cohort_dsl.lint.said import Sayings
from cohort_dsl.tree import Visit, span_of, walk
from schemas.errors import Span


@dataclass(frozen=True, slots=True)
class SetPlace:
    """A concept set, where it stands, and whether it stands in a `let`."""

    concepts: ConceptSet
    span: Span | None
    is_let: bool


class Document:
    """One cohort; concept sets may hold thousands of items and are entered by the lints of concept sets only."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.said = Sayings(cohort)

    @cached_property
    def nodes(self) -> tuple[Visit, ...]:
        """Every node and plain value but the items of concept sets and the `let` statements."""
        return tuple(walk(replace(self.cohort, lets=()), closed=(ConceptSet,)))

    @cached_property
    def sets(self) -> tuple[SetPlace, ...]:
        """Every concept set that is written out, in `let` statements and elsewhere."""
        named = (SetPlace(let.concepts, span_of(let.concepts) or span_of(let), True) for let in self.cohort.lets)
        inline = (
            SetPlace(visit.value, visit.span, False) for visit in self.nodes if isinstance(visit.value, ConceptSet)
        )
        return (*named, *inline)

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Every event query, those inside `having` too."""
        return tuple(queries_of(self.nodes))

    @cached_property
    def required(self) -> tuple[Literal, ...]:
        """What every entry must meet, from `qualify` and the rules."""
        return required(self.cohort)

    @cached_property
    def occurrences(self) -> tuple[Literal, ...]:
        """Every occurrence about the index event, with what is asked of it."""
        return tuple(occurrences(self.required))

    @cached_property
    def conjunctions(self) -> tuple[tuple[Literal, ...], ...]:
        """Every set of criteria that must be met together: all rules, each alternative, each `having`."""
        return tuple(conjunctions(self.required, self.queries))

    @cached_property
    def alternatives(self) -> tuple[tuple[Span | None, tuple[Literal, ...]], ...]:
        """Every group of which one part is enough, with what it takes for none of its parts to be met."""
        return tuple(alternatives(self.nodes))
