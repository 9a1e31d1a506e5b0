"""Conditions of a visa: an OR of ANDs of clauses, each met by one other visa of the same passport."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from api.identity.patterns import matches
from api.identity.refusal import Unacceptable

MOST_CLAUSES: Final = 50
_LONGEST: Final = 512
_MATCHED: Final = frozenset({"value", "source", "by"})


class Met(Protocol):
    """What a clause looks at in a visa."""

    @property
    def type(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def by(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Clause:
    """A visa type, and for each of some fields how it must look: `prefix:text`."""

    type: str
    fields: tuple[tuple[str, str], ...]

    def is_met_by(self, visa: Met) -> bool:
        """Whether this one visa has the type and every field as the clause wants it."""
        found = {"value": visa.value, "source": visa.source, "by": visa.by}
        return visa.type == self.type and all(_is_like(found[name], wanted) for name, wanted in self.fields)


Conditions = tuple[tuple[Clause, ...], ...]


def are_met(conditions: Conditions, visas: Iterable[Met]) -> bool:
    """Whether every clause of one of the groups is met, each by a single one of `visas`, which have no conditions."""
    visas = tuple(visas)
    return not conditions or any(
        all(any(clause.is_met_by(visa) for visa in visas) for clause in group) for group in conditions
    )


def read_conditions(given: object) -> Conditions:
    """The conditions of a visa; raises `Unacceptable` unless every clause is well-formed.

    An unknown prefix is well-formed and never matches, as the specification says.
    """
    groups = [_list(group) for group in _list(given)]
    if any(not group for group in groups) or sum(map(len, groups)) > MOST_CLAUSES:
        raise Unacceptable("conditions that are empty or too many")
    return tuple(tuple(_clause(one) for one in group) for group in groups)


def _clause(given: object) -> Clause:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Unacceptable("a condition that is not one")
    fields = tuple((str(name), str(value)) for name, value in given.items() if name != "type")
    if "type" not in given or not fields or {name for name, _ in fields} - _MATCHED:
        raise Unacceptable("a condition without a type, without a field, or about a field that has no conditions")
    if any(len(value) > _LONGEST for _, value in fields):
        raise Unacceptable("a condition that is too long")
    return Clause(str(given["type"]), fields)


def _list(given: object) -> list[object]:
    if not isinstance(given, list):
        raise Unacceptable("conditions that are not lists of lists")
    return given


def _is_like(found: str | None, wanted: str) -> bool:
    prefix, colon, rest = wanted.partition(":")
    if found is None or not colon or prefix not in _WAYS:
        return False
    return _WAYS[prefix](rest, found)


def _split_matches(pattern: str, value: str) -> bool:
    return any(matches(pattern, part) for part in value.split(";"))


_WAYS: Final[dict[str, Callable[[str, str], bool]]] = {
    "const": str.__eq__,
    "pattern": matches,
    "split_pattern": _split_matches,
}
