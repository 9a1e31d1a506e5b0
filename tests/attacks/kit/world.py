"""Made-up people in blocks. Each block is one attack: its first person is the canary, whose secret is planted or not.

Blocks share nothing but the service, so one release holds as many independent attacks as it has blocks, and one
person's record is never in two of them.
"""

import datetime
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine import Release
from tests.lib.releases import write_release

BLOCK = 400
"""People in a block."""

VARIANTS = 256
SECRET, EVERYBODY, NUMBER = 1, 2, 3
"""Concepts: the secret condition, one that all have, and the measurement that numbers the people."""

RSIDS = tuple(f"rs{1000 + number}" for number in range(VARIANTS))
DAY = datetime.date(2010, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What is true: `secret` bool[N], `carries` bool[variants, N]."""

    secret: npt.NDArray[np.bool_]
    carries: npt.NDArray[np.bool_]

    @property
    def people(self) -> int:
        """How many there are."""
        return self.secret.size

    @property
    def blocks(self) -> range:
        """The blocks by number."""
        return range(self.people // BLOCK)

    def victim(self, block: int) -> int:
        """The canary of a block."""
        return block * BLOCK

    def truth(self, block: int) -> bool:
        """Whether the secret is planted on it."""
        return bool(self.secret[self.victim(block)])

    def with_secret(self, people: npt.ArrayLike, *, has: bool) -> "World":
        """The world that differs in these people's secret and in nothing else."""
        secret = self.secret.copy()
        secret[people] = has
        return replace(self, secret=secret)


def make_world(seed: int, *, blocks: int) -> World:
    """A world decided by its seed. The secret is planted on every other canary, and half of the others have it.

    Canaries carry every variant, so that a cohort of carriers always has room for them.
    """
    pick = np.random.default_rng(seed)
    secret = pick.random(blocks * BLOCK) < 0.5
    secret[::BLOCK] = np.arange(blocks) % 2 == 1
    carries = pick.random((VARIANTS, secret.size)) < 0.5
    carries[:, ::BLOCK] = True
    return World(secret, carries)


def write_world(world: World, root: Path, release_id: str) -> Release:
    """Publish the world as a release; everybody has consented and everything happened on one day."""
    day, everyone = {"start_date": DAY, "end_date": DAY}, range(world.people)
    return write_release(
        root,
        {
            "person": [
                {"person": n, "gender_concept_id": 8507 if n % 2 else 8532, "birth_date": _born(n),
                 "year_of_birth": _born(n).year}
                for n in everyone
            ],
            "observation_period": [
                {"person": n, "start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 1, 1)}
                for n in everyone
            ],
            "condition": [
                *({"person": n, "concept_id": EVERYBODY, **day} for n in everyone),
                *({"person": int(n), "concept_id": SECRET, **day} for n in np.flatnonzero(world.secret)),
            ],
            "measurement": [{"person": n, "concept_id": NUMBER, "value_as_number": float(n), **day} for n in everyone],
            "concept": [
                {"concept_id": concept, "vocabulary_id": "TEST", "concept_code": str(concept), "standard_concept": "S"}
                for concept in (SECRET, EVERYBODY, NUMBER)
            ],
            "concept_ancestor": [
                {"ancestor_concept_id": concept, "descendant_concept_id": concept}
                for concept in (SECRET, EVERYBODY, NUMBER)
            ],
            "consent": [{"person": n, "permission": "GRU", "granted_on": DAY} for n in everyone],
            "variant": [_variant(number) for number in range(VARIANTS)],
            "known_variant": [{**_variant(number), "af_external": 0.3} for number in range(VARIANTS)],
            "sample": [{"sample": n, "person": n, "sex": "male" if n % 2 else "female"} for n in everyone],
            "gene": [],
        },
        release_id=release_id,
        calls=world.carries.astype(np.int8),
    )  # fmt: skip


def _born(person: int) -> datetime.date:
    """Birthdays in every decade, so that tables by age have many cells."""
    return datetime.date(1930 + person % 80, 1, 1)


def _variant(number: int) -> dict[str, object]:
    return {"contig": "1", "position": 1_000 * (number + 1), "ref": "A", "alt": "G", "rsid": RSIDS[number]}
