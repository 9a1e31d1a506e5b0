"""Conditions: what is asked of one entry (or, in a `Having`, of one event), three-valued."""

import datetime
from collections.abc import Iterator

from cohort_dsl.ast import (
    MOST_BURDEN,
    BurdenUnit,
    CountOperator,
    Distinct,
    PairKind,
    Phase,
    RangeTest,
    ScoreScale,
    VariantById,
    VariantSelector,
    Window,
    Zygosity,
)
from engine.logical.nodes.events import EventRelation, countable, has_visits
from engine.logical.nodes.node import Node, node
from engine.logical.nodes.rows import ConceptIds, range_values
from schemas.errors import AnalysisProblem
from schemas.fields import PERSON_FIELDS, Kind, PersonField


@node
class Occurs(Node):
    """How many events fall in the windows; never unknown.

    Each window bounds one edge of the event relative to the entry. With `within_observation` only events that
    start in the entry's observation period count; with `same_visit` only those of the entry's visit.
    """

    events: EventRelation
    operator: CountOperator
    number: int
    distinct: Distinct | None = None
    windows: tuple[Window, ...] = ()
    within_observation: bool = True
    same_visit: bool = False

    def __post_init__(self) -> None:
        if self.number < 0:
            raise AnalysisProblem("count-range", "a count is not negative")
        if self.distinct is not None and not countable(self.events, self.distinct):
            raise AnalysisProblem("distinct-column", f"these events have no {self.distinct.value} to count")
        if self.same_visit and not has_visits(self.events):
            raise AnalysisProblem("distinct-visits", "these events belong to no visit")


@node
class PersonRange(Node):
    """A number of the person, or a date of the entry; unknown where missing.

    With `by_year` age is the difference of calendar years, as in OHDSI's SQL, and not completed years.
    """

    field: PersonField
    test: RangeTest
    by_year: bool = False

    def __post_init__(self) -> None:
        dated = any(isinstance(value, datetime.date) for value in range_values(self.test))
        _check_person(self.field, Kind.DATE if dated else Kind.NUMBER)


@node
class PersonText(Node):
    """The person's sex or region is one of `values`; unknown where missing."""

    field: PersonField
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.TEXT)


@node
class PersonConcept(Node):
    """The person's gender, race or ethnicity is one of `concepts`; unknown where missing (null, or 0 unless
    `zero_is_value`)."""

    field: PersonField
    concepts: ConceptIds
    zero_is_value: bool = False

    def __post_init__(self) -> None:
        _check_person(self.field, Kind.CONCEPT)


@node
class PersonUnrecorded(Node):
    """The source does not say the person's gender, race, ethnicity, sex or region. Never unknown."""

    field: PersonField
    zero_is_value: bool = False


@node
class Carrier(Node):
    """The person carries a selected variant at the zygosity; unknown when none is and a call is missing."""

    variants: VariantSelector
    zygosity: Zygosity = Zygosity.ANY


@node
class NoCallAt(Node):
    """Some selected variant has no call for the person. Never unknown."""

    variants: VariantSelector


@node
class Burdened(Node):
    """The person carries at least `number` of the selected variants, or of their alternate alleles."""

    variants: VariantSelector
    number: int
    unit: BurdenUnit

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MOST_BURDEN:
            raise AnalysisProblem("burden-range", f"a burden is between 1 and {MOST_BURDEN}")


@node
class Paired(Node):
    """Some gene has two altered alleles among the selected variants, as `cohort_dsl.ast.PairedVariants` says."""

    variants: VariantSelector
    kind: PairKind


@node
class PhasedPair(Node):
    """Two variants on one copy of a chromosome, or on different ones (`cohort_dsl.ast.PhasedVariants`)."""

    first: VariantById
    second: VariantById
    phase: Phase


@node
class Scored(Node):
    """A score of the release, or its percentile, passes the test; unknown without genotypes."""

    score: str
    scale: ScoreScale
    test: RangeTest


@node
class Answered(Node):
    """Some answer in the window fits `test` (codes or a range); unknown when no answer was given there."""

    question: str
    test: tuple[str, ...] | RangeTest
    window: Window | None = None


@node
class NotAnswered(Node):
    """No answer was given in the window. Never unknown."""

    question: str
    window: Window | None = None


@node
class Every(Node):
    """Kleene conjunction; true of no parts."""

    parts: tuple["Condition", ...]


@node
class Some(Node):
    """Kleene disjunction; false of no parts."""

    parts: tuple["Condition", ...]


@node
class CountOf(Node):
    """How many parts are true. Unknown while the unknown parts could still decide it."""

    operator: CountOperator
    number: int
    parts: tuple["Condition", ...]


@node
class Negation(Node):
    part: "Condition"


@node
class IsUnknown(Node):
    """True where the part is neither true nor false. Never unknown."""

    part: "Condition"


GenotypeAtom = Carrier | NoCallAt | Burdened | Paired | PhasedPair | Scored
"""Conditions on a person's genotypes alone: the kernels answer them, once for everybody."""

Atom = Occurs | PersonRange | PersonText | PersonConcept | PersonUnrecorded | Answered | NotAnswered | GenotypeAtom


Condition = Atom | Every | Some | CountOf | Negation | IsUnknown


def atoms_of(condition: Condition) -> Iterator[Atom]:
    """The conditions at the leaves, left to right."""
    match condition:
        case Every(parts=parts) | Some(parts=parts) | CountOf(parts=parts):
            for part in parts:
                yield from atoms_of(part)
        case Negation(part=part) | IsUnknown(part=part):
            yield from atoms_of(part)
        case atom:
            yield atom


def _check_person(field: PersonField, kind: Kind) -> None:
    if PERSON_FIELDS[field][0] is not kind:
        raise AnalysisProblem("field-kind", f"{field.value} is not compared this way", expected=(kind.value,))
