"""What our engine makes of a definition over a random data set."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohort_dsl.circe import from_circe
from engine.catalog.release import open_release
from engine.ingest.run import Sources, ingest_sources
from schemas.errors import Problem, Problems
from tests.conformance.corpus import Row
from tests.conformance.world import World
from tests.lib.circe_world import write_world


@dataclass(frozen=True, slots=True)
class Refused:
    """The engine answers with a problem instead of rows, or fails."""

    code: str
    message: str


def source_of(root: Path, seed: int) -> Path:
    """The folder of the seed's tables."""
    return root / f"omop-{seed}"


def make_world(root: Path, seed: int) -> World:
    """The seed's data set through the real ingest, which has to take every row."""
    folder = write_world(source_of(root, seed), seed)
    sources = Sources(omop=folder, assume_consent=("GRU",))
    report = ingest_sources(root, f"world-{seed}", sources, progress=lambda *_: None)
    assert report.rows_rejected == 0
    return World(open_release(root, f"world-{seed}"))


def answer(world: World, definition: dict[str, Any], target: str) -> list[Row] | Refused:
    """Rows by source person id, in order; or what the engine says against it."""
    try:
        return world.rows(world.run(from_circe(json.dumps(definition)).cohort, target))
    except Problem as problem:
        return Refused(problem.code, str(problem))
    except Problems as problems:
        codes = ", ".join(sorted({problem.code for problem in problems.problems}))
        return Refused(codes, "; ".join(str(problem) for problem in problems.problems))
    except Exception as error:  # a defect of ours is one more wrong answer, to be made small like the others
        return Refused(type(error).__name__, repr(error))
