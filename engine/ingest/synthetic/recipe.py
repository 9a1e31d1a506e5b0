"""What a synthetic release is made from: the same recipe gives the same bytes."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from engine.ingest.synthetic.visits import Tempo
from schemas.errors import DataProblem
from schemas.release import RELEASE_TABLES

_MOST_PERSONS = 50_000_000
_BLOCK_EVENTS = 2_500_000
MOST_AT_A_TIME = 20_000
_EVENT_BYTES, _PERSON_BYTES = 40, 2_000
"""Of disk while a release is made: an event as a spilled fact and in Parquet, or later in Parquet and in the index;
genotypes and answers of a person (measured at 770,000 people)."""
_LIBRARIES = ("numpy", "pyarrow", "pgenlib")


@dataclass(frozen=True)
class Recipe:
    """How many people, from which seed, with about how many events each, and how many of them are made at a time at
    most: memory and the bytes depend on it."""

    persons: int
    seed: int
    events_per_person: int
    most_at_a_time: int = MOST_AT_A_TIME

    def __post_init__(self) -> None:
        if not 10 <= self.persons <= _MOST_PERSONS:
            raise DataProblem("synthetic-size", "the number of people must lie between 10 and 50 million")

    def __str__(self) -> str:
        text = f"{self.persons} people, seed {self.seed}, about {self.events_per_person} events each"
        return text if self.most_at_a_time == MOST_AT_A_TIME else f"{text}, {self.most_at_a_time} at a time"

    @property
    def events(self) -> int:
        """About how many events there will be."""
        return self.persons * self.events_per_person

    @property
    def block_size(self) -> int:
        """People made at a time."""
        return min(max(_BLOCK_EVENTS // max(self.events_per_person, 1), 500), self.most_at_a_time)

    @property
    def blocks(self) -> int:
        """How many blocks of people there are; the last may be short."""
        return -(-self.persons // self.block_size)

    @property
    def disk_bytes(self) -> int:
        """About the most disk that is used at a time."""
        return self.events * _EVENT_BYTES + self.persons * _PERSON_BYTES

    @property
    def tempo(self) -> Tempo:
        """What gives about this many events a person: 13 whatever happens, 126 if every screening is attended, and 22
        for each visit's worth of care (measured)."""
        attendance = min(max(self.events_per_person / 300, 0.1), 0.68)
        visits = max((self.events_per_person - 13 - 126 * attendance) / 22, 0.05)
        return Tempo(complaints=0.14 * visits, follow_ups=0.32 * visits, attendance=attendance)

    @cached_property
    def program(self) -> str:
        """Stands for the program that makes the release: its source, the libraries that write files, the tables."""
        digest = hashlib.sha256(repr(RELEASE_TABLES).encode())
        for name in _LIBRARIES:
            digest.update(f"{name} {version(name)}\n".encode())
        for file in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(file.read_bytes())
        return digest.hexdigest()
