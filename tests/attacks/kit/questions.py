"""Questions an attacker asks: one small tree, written in the language for the service and as a set for a baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from tests.attacks.kit.world import BLOCK, EVERYBODY, NUMBER, RSIDS, SECRET, World

Members = npt.NDArray[np.bool_]
"""bool[N]: who is in the cohort."""

WHENEVER = "from any time before to any time after index"


@dataclass(frozen=True, slots=True)
class Numbered:
    """The people from `low` to `high`: stands for birth date, hospital and whatever else singles people out."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Secret:
    """Those with the condition that nobody should learn of."""


@dataclass(frozen=True, slots=True)
class Chaff:
    """Something that is true of everybody."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """A code that no person and no dictionary has."""

    number: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carriers of a common variant: a random half of the people, which the attacker knows from other genotype data."""

    variant: int


@dataclass(frozen=True, slots=True)
class Not:
    """Those who are not."""

    part: "Question"


@dataclass(frozen=True, slots=True)
class All:
    """Those who are all of it."""

    parts: tuple["Question", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Those who are any of it."""

    parts: tuple["Question", ...]


Question = Numbered | Secret | Chaff | Unheard | Carrier | Not | All | Either


def criterion(question: Question) -> str:
    """The question in the language."""
    match question:
        case Numbered(low, high):
            return f"any measurement in concept {NUMBER} where value in {low}..{high} {WHENEVER}"
        case Secret():
            return f"any condition in concept {SECRET} {WHENEVER}"
        case Chaff():
            return f"any condition in concept {EVERYBODY} {WHENEVER}"
        case Unheard(number):
            return f'any condition in code TEST:"Z{number:05}" {WHENEVER}'
        case Carrier(variant):
            return f"carries variant {RSIDS[variant]}"
        case Not(part):
            return f"not ({criterion(part)})"
        case All(parts):
            return _group("all of", parts)
        case Either(parts):
            return _group("any of", parts)
        case _:
            assert_never(question)


def document(*rules: Question) -> str:
    """A whole document: those whom every rule includes, rule by rule."""
    lines = [f'include "rule {number}" when {criterion(rule)}' for number, rule in enumerate(rules, start=1)]
    return "\n".join(['cohort "asked"', "index everyone on 2010-01-01", *lines, ""])


def members(question: Question, world: World) -> Members:
    """The same people as a set."""
    match question:
        case Numbered(low, high):
            return (np.arange(world.people) >= low) & (np.arange(world.people) <= high)
        case Secret():
            return world.secret
        case Chaff():
            return np.ones(world.people, np.bool_)
        case Unheard():
            return np.zeros(world.people, np.bool_)
        case Carrier(variant):
            return world.carries[variant]
        case Not(part):
            return ~members(part, world)
        case All(parts):
            return np.logical_and.reduce([members(part, world) for part in parts])
        case Either(parts):
            return np.logical_or.reduce([members(part, world) for part in parts])
        case _:
            assert_never(question)


def _group(word: str, parts: Sequence[Question]) -> str:
    return f"{word} ({', '.join(map(criterion, parts))})"


def always(variant: int) -> Question:
    """True of everybody who is genotyped, in words that no simplification sees through."""
    return Either((Carrier(variant), Not(Carrier(variant))))


def in_block(world: World, block: int, people: int = BLOCK) -> Numbered:
    """The first people of a block, canary included."""
    return Numbered(world.victim(block), world.victim(block) + people - 1)


def others_in_block(world: World, block: int, people: int = BLOCK) -> Numbered:
    """The same without the canary."""
    return Numbered(world.victim(block) + 1, world.victim(block) + people - 1)


def size(question: Question, world: World) -> int:
    """How many there truly are."""
    return int(members(question, world).sum())


def known(question: Question, world: World, block: int) -> int:
    """How many there are apart from the canary: what an attacker knows who knows everybody else."""
    who = members(question, world).copy()
    who[world.victim(block)] = False
    return int(who.sum())
