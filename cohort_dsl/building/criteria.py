"""Criteria that are not occurrences, and groups."""

import datetime

from cohort_dsl.ast import (
    AnswerIn,
    Between,
    Comparator,
    Compare,
    Group,
    GroupKind,
    Not,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    Survey,
    Unanswered,
    Unknown,
    Window,
)
from cohort_dsl.building.concepts import ConceptsLike, as_set
from cohort_dsl.building.events import CriterionLike, as_criterion
from schemas.fields import PersonField


def _group(kind: GroupKind, parts: tuple[CriterionLike, ...], number: int = 0) -> Group:
    return Group(kind=kind, parts=tuple(map(as_criterion, parts)), number=number)


def all_of(*parts: CriterionLike) -> Group:
    """All are true."""
    return _group(GroupKind.ALL, parts)


def any_of(*parts: CriterionLike) -> Group:
    """Some are true."""
    return _group(GroupKind.ANY, parts)


def none_of(*parts: CriterionLike) -> Group:
    """All are false."""
    return _group(GroupKind.NONE, parts)


def at_least_of(number: int, *parts: CriterionLike) -> Group:
    """So many or more are true."""
    return _group(GroupKind.AT_LEAST, parts, number)


def at_most_of(number: int, *parts: CriterionLike) -> Group:
    """So many or fewer are true."""
    return _group(GroupKind.AT_MOST, parts, number)


def exactly_of(number: int, *parts: CriterionLike) -> Group:
    """So many are true."""
    return _group(GroupKind.EXACTLY, parts, number)


def not_(part: CriterionLike) -> Not:
    """It is false; unknown stays unknown."""
    return Not(part=as_criterion(part))


def unknown(part: CriterionLike) -> Unknown:
    """It is neither true nor false."""
    return Unknown(part=as_criterion(part))


Limit = float | datetime.date


class PersonFieldBuilder:
    """A field of a person to be compared: `person("age at index") >= 40`."""

    __slots__ = ("_field",)

    def __init__(self, name: str) -> None:
        self._field = PersonField(name)

    def __lt__(self, value: Limit) -> PersonTest:
        return PersonTest(field=self._field, test=Compare(operator=Comparator.LT, value=value))

    def __le__(self, value: Limit) -> PersonTest:
        return PersonTest(field=self._field, test=Compare(operator=Comparator.LE, value=value))

    def __gt__(self, value: Limit) -> PersonTest:
        return PersonTest(field=self._field, test=Compare(operator=Comparator.GT, value=value))

    def __ge__(self, value: Limit) -> PersonTest:
        return PersonTest(field=self._field, test=Compare(operator=Comparator.GE, value=value))

    def between(self, low: Limit | None, high: Limit | None) -> PersonTest:
        """`in low..high`."""
        return PersonTest(field=self._field, test=Between(low=low, high=high))

    def among(self, *values: str) -> PersonIn:
        """`in ("a", "b")`."""
        return PersonIn(field=self._field, values=values)

    def among_concepts(self, of: ConceptsLike) -> PersonConcepts:
        """`in (concepts)`."""
        return PersonConcepts(field=self._field, concepts=as_set(of))

    def is_missing(self) -> PersonMissing:
        """The source does not say."""
        return PersonMissing(field=self._field)


def person(name: str) -> PersonFieldBuilder:
    """A field of a person by its words: `person("sex").among("female")`."""
    return PersonFieldBuilder(name)


class SurveyBuilder:
    """A survey question to be tested."""

    __slots__ = ("_question", "_window")

    def __init__(self, question: str, window: Window | None) -> None:
        self._question = question
        self._window = window

    def among(self, *values: str) -> Survey:
        """Some answer is one of these."""
        return Survey(question=self._question, test=AnswerIn(values=values), window=self._window)

    def between(self, low: float | None, high: float | None) -> Survey:
        """Some answer lies between these."""
        return Survey(question=self._question, test=Between(low=low, high=high), window=self._window)

    def compares(self, comparator: str, value: float) -> Survey:
        """`compares(">=", 3)`."""
        test = Compare(operator=Comparator(comparator), value=value)
        return Survey(question=self._question, test=test, window=self._window)

    def is_unanswered(self) -> Survey:
        """There is no answer."""
        return Survey(question=self._question, test=Unanswered(), window=self._window)


def survey(question: str, window: Window | None = None) -> SurveyBuilder:
    """A survey question, perhaps only answers in a window."""
    return SurveyBuilder(question, window)
