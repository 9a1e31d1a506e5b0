"""Who lets whom use their data: consent classes as person sets, less who withdrew since the release was made.

People who permit the same are one class. A question's base is the union of the classes that its project's purpose may
use. The base is named by the purpose alone: which classes there are depends on people, and a class may be one person,
whose being there would decide whether the questions of two projects have one noise. So a withdrawal does not make every
question of everybody a new one either. Answers given before a withdrawal stay given; no new answer counts who withdrew.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.catalog.database import Database
from engine.catalog.permissions import permits, permits_any
from engine.catalog.watched import Watched
from engine.catalog.withdrawals import EVERYTHING, FILE_NAME, NONE, Withdrawals, read_withdrawals
from engine.personset import PersonSet
from schemas.consent import Purpose

Permissions = frozenset[str]
Classes = npt.NDArray[np.int32]

_PERMISSIONS = "SELECT DISTINCT permission FROM consent WHERE withdrawn_on IS NULL ORDER BY permission"
_HOLDERS = "SELECT person FROM consent WHERE permission = $permission AND withdrawn_on IS NULL"
_PERSONS = """
    SELECT source_person_id, person FROM person
    WHERE source_person_id IN (SELECT unnest($wanted::BIGINT[]))"""
_KINDS = """
    SELECT ancestor_concept_id FROM concept_ancestor
    WHERE descendant_concept_id = $disease AND ancestor_concept_id IN (SELECT unnest($wanted::INTEGER[]))"""

NOTHING: Permissions = frozenset()


@dataclass(frozen=True, slots=True)
class ConsentBase:
    """The people whose data a question may use, and the name of the rule that chose them."""

    id: str
    members: PersonSet


@dataclass(frozen=True, slots=True)
class ConsentClass:
    """What the people of one class permit, and how many there were when the release was made."""

    permissions: tuple[str, ...]
    persons: int


@dataclass(frozen=True, slots=True, repr=False)
class _InForce:
    """Classes by number, and the class of each person, once withdrawals are applied."""

    withdrawals: Withdrawals
    classes: tuple[Permissions, ...]
    class_of: Classes


class Consent:
    """Consent of one release. Safe to share between threads; withdrawals are read again when their file changed."""

    def __init__(self, database: Database, persons: int, state: Path) -> None:
        self._database = database
        self._released, self._class_of = _released_classes(database, persons)
        self._kinds_of: dict[int, frozenset[int]] = {}
        self._withdrawn = Watched[_InForce](state / FILE_NAME, self._apply)

    def classes(self) -> tuple[ConsentClass, ...]:
        """The classes of the release as it was made, by size; who permits nothing comes under no permission."""
        sizes = np.bincount(self._class_of, minlength=len(self._released)).tolist()
        found = [ConsentClass(tuple(sorted(each)), size) for each, size in zip(self._released, sizes, strict=True)]
        return tuple(sorted((each for each in found if each.persons), key=lambda each: -each.persons))

    def for_purpose(self, purpose: Purpose, *, on: datetime.date) -> ConsentBase:
        """Everybody who lets a project of this purpose use their data on a day."""

        def covers(allowed: int, disease: int) -> bool:
            return allowed == disease or allowed in self._kinds(disease)

        return self._base(_name(purpose), lambda permissions: permits(permissions, purpose, on=on, covers=covers))

    def for_permissions(self, wanted: Iterable[str]) -> ConsentBase:
        """Everybody who grants one of these without restrictions, for questions of no project's purpose."""
        codes = tuple(sorted(set(wanted)))
        return self._base(_name(codes), lambda permissions: permits_any(permissions, codes))

    def _base(self, name: str, permit: Callable[[Permissions], bool]) -> ConsentBase:
        in_force = self._withdrawn.now()
        permitted = np.array([permit(each) for each in in_force.classes], np.bool_)
        return ConsentBase(id=name, members=PersonSet.from_mask(permitted[in_force.class_of]))

    def _apply(self, path: Path, before: _InForce | None) -> _InForce:
        withdrawals = read_withdrawals(path, before.withdrawals if before else None)
        if withdrawals == NONE:
            return _InForce(withdrawals, self._released, self._class_of)
        rows = self._database.rows(
            _PERSONS, {"wanted": sorted({each.source_person_id for each in withdrawals.entries})}
        )
        persons = {int(str(source)): int(str(person)) for source, person in rows}
        classes = {permissions: number for number, permissions in enumerate(self._released)}
        numbered = list(self._released)
        class_of = self._class_of.copy()
        for each in withdrawals.entries:
            person = persons.get(each.source_person_id)
            if person is None:
                continue  # of another release
            left = _without(numbered[class_of[person]], each.permission)
            if left not in classes:
                classes[left] = len(numbered)
                numbered.append(left)
            class_of[person] = classes[left]
        return _InForce(withdrawals, tuple(numbered), class_of)

    def _kinds(self, disease: int) -> frozenset[int]:
        """The diseases that somebody permits research on and that this one is a kind of; looked up once."""
        if disease not in self._kinds_of:
            permitted = {int(text[3:]) for each in self._released for text in each if text.startswith("DS:")}
            rows = self._database.rows(_KINDS, {"disease": disease, "wanted": sorted(permitted)})
            self._kinds_of[disease] = frozenset(int(str(row[0])) for row in rows)
        return self._kinds_of[disease]


def _released_classes(database: Database, persons: int) -> tuple[tuple[Permissions, ...], Classes]:
    """The classes of the release, and the number of each person's. One permission after another splits them."""
    classes: tuple[Permissions, ...] = (NOTHING,)
    class_of = np.zeros(persons, np.int32)
    for (name,) in database.rows(_PERMISSIONS):
        holds = np.zeros(persons, np.int32)
        holds[np.asarray(database.columns(_HOLDERS, {"permission": name})["person"], np.int64)] = 1
        halves = 2 * class_of + holds
        there = np.flatnonzero(np.bincount(halves, minlength=2 * len(classes)))
        number = np.zeros(2 * len(classes), np.int32)
        number[there] = np.arange(there.size)
        classes = tuple(classes[half // 2] | ({str(name)} if half % 2 else NOTHING) for half in there.tolist())
        class_of = number[halves]
    return classes, class_of


def _name(rule: Purpose | tuple[str, ...]) -> str:
    """Of the base that a rule chooses: by what the rule says, of whatever people."""
    return hashlib.sha256(repr(rule).encode()).hexdigest()[:16]


def _without(permissions: Permissions, withdrawn: str) -> Permissions:
    """What a person still permits."""
    return NOTHING if withdrawn == EVERYTHING else permissions - {withdrawn}


def published(classes: Iterable[ConsentClass], *, floor: int) -> tuple[ConsentClass, ...]:
    """Classes of at least `floor` persons as they are. The others are one, under no name, which takes in the smallest
    of the rest until it has as many: what is left of the population is known too."""
    by_size = sorted(classes, key=lambda each: each.persons)
    pooled, taken = 0, 0
    while taken < len(by_size) and (by_size[taken].persons < floor or 0 < pooled < floor):
        pooled += by_size[taken].persons
        taken += 1
    shown = sorted(by_size[taken:], key=lambda each: -each.persons)
    return (*shown, *((ConsentClass(("other",), pooled),) if pooled else ()))
