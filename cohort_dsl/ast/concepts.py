"""Concept sets."""

from dataclasses import field

from cohort_dsl.ast.values import absent_span, node
from schemas.errors import Span


@node
class ConceptById:
    """`concept 201826 "label" with descendants`; the label is a comment and not part of the meaning."""

    concept_id: int
    descendants: bool = False
    mapped: bool = False
    label: str | None = field(default=None, compare=False)
    span: Span = absent_span()


@node
class ConceptByCode:
    """`code KCD7:"E11" with descendants`: the code is taken to its standard concepts through `Maps to`."""

    vocabulary: str
    code: str
    descendants: bool = False
    mapped: bool = False
    span: Span = absent_span()


@node
class ConceptSetName:
    """A concept set given a name by `let`."""

    name: str
    span: Span = absent_span()


ConceptItem = ConceptById | ConceptByCode | ConceptSetName


@node
class ConceptSet:
    """What is included less what is excluded, each after its own expansion."""

    included: tuple[ConceptItem, ...]
    excluded: tuple[ConceptItem, ...] = ()
    span: Span = absent_span()

    @property
    def is_named(self) -> bool:
        """Whether it is the name of another set: what Circe calls a concept set, and not a list of concepts."""
        match self.included:
            case (ConceptSetName(),):
                return not self.excluded
            case _:
                return False
