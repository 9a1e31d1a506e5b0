"""Whether criteria can be met together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cohort_dsl.ast import EventQuery, Events, Occurrence, PersonIn, PersonTest
from cohort_dsl.lint.bounds import is_within
from cohort_dsl.lint.interval import Interval, interval_of
from cohort_dsl.lint.places import Literal, count_wanted
from cohort_dsl.lint.said import Sayings
from cohort_dsl.lint.where import is_whole, limits_of
from schemas.fields import PersonField


@dataclass(frozen=True, slots=True)
class _Claim:
    """A literal with how many events it needs, worked out once."""

    literal: Literal
    wanted: tuple[int, int | None] | None


def clashes(literals: Sequence[Literal], said: Sayings) -> Iterator[tuple[Literal, Literal]]:
    """Criteria that no entry meets together with an earlier one, which stands first."""
    claims = [_Claim(literal, count_wanted(literal)) for literal in literals]
    for number, later in enumerate(claims):
        earlier = next((one for one in claims[:number] if _excludes(one, later, said)), None)
        if earlier is not None:
            yield earlier.literal, later.literal


def _excludes(first: _Claim, second: _Claim, said: Sayings) -> bool:
    if first.wanted is not None and second.wanted is not None:
        return _counts_exclude(first, second, said) or _counts_exclude(second, first, said)
    one, other = first.literal, second.literal
    match one.criterion, other.criterion:
        case PersonTest(field=field), PersonTest(field=tested) if field is tested:
            return _range_of(one).meet(_range_of(other)).is_empty
        case PersonIn(field=field), PersonIn(field=tested) if field is tested:
            return _values_exclude(one, other)
        case _:
            return one.is_wanted != other.is_wanted and said(one.criterion) == said(other.criterion)


def _range_of(literal: Literal) -> Interval:
    if not isinstance(literal.criterion, PersonTest):
        raise TypeError("only tests of persons have a range")
    field: PersonField = literal.criterion.field
    passing = interval_of(literal.criterion.test, whole=is_whole(field), negated=not literal.is_wanted)
    return limits_of(field).meet(passing)


def _values_exclude(one: Literal, other: Literal) -> bool:
    if not isinstance(one.criterion, PersonIn) or not isinstance(other.criterion, PersonIn):
        return False
    mine, theirs = set(one.criterion.values), set(other.criterion.values)
    match one.is_wanted, other.is_wanted:
        case True, True:
            return not mine & theirs
        case True, False:
            return mine <= theirs
        case False, True:
            return theirs <= mine
        case _:
            return False


def _counts_exclude(many: _Claim, few: _Claim, said: Sayings) -> bool:
    """Whether one asks for more events than the other allows, of events that are among the other's."""
    more, less = many.wanted, few.wanted
    if more is None or less is None or less[1] is None or more[0] <= less[1]:
        return False
    return is_among(many.literal.criterion, few.literal.criterion, said)


def is_among(narrow: object, wide: object, said: Sayings) -> bool:
    """Whether every event that one occurrence counts is counted by the other."""
    if not isinstance(narrow, Occurrence) or not isinstance(wide, Occurrence):
        return False
    return (
        narrow.count.distinct is wide.count.distinct
        and are_among(narrow.events, wide.events, said)
        and (narrow.same_visit or not wide.same_visit)
        and (wide.ignoring_observation or not narrow.ignoring_observation)
        and is_within(narrow.windows, wide.windows)
    )


def are_among(narrow: Events, wide: Events, said: Sayings) -> bool:
    """Whether events are all among others, for certain: the same, or of those with less asked of them."""
    if said(narrow) == said(wide):
        return True
    match narrow, wide:
        case EventQuery(spanning=None, covering=None), EventQuery(
            spanning=None, covering=None, where=None, having=None, trend=None, ordinal=None
        ):
            return (
                narrow.domain is wide.domain
                and (wide.concepts is None or said(narrow.concepts) == said(wide.concepts))
                and (wide.source is None or said(narrow.source) == said(wide.source))
            )
        case _:
            return False
