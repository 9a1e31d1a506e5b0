"""From a number of people and a seed to a published release.

Genotypes come first, because health depends on them; then blocks of people are made, sorted and spilled; then each
table is joined from its pieces and written. Memory holds a few numbers a person, two blocks and one batch of rows.
What is finished is noted, so that a synthesis that was interrupted goes on from there.
"""

import shutil
from pathlib import Path

import numpy as np

from engine.catalog.release import Release
from engine.ingest.disk import disk_space, require_space
from engine.ingest.indexing import build_indexes
from engine.ingest.publish import ReleaseBuilder, only_one
from engine.ingest.synthetic.blocks import Plan, Spills, make_blocks
from engine.ingest.synthetic.dictionaries import write_dictionaries
from engine.ingest.synthetic.genotypes import write_genotypes
from engine.ingest.synthetic.journal import Journal
from engine.ingest.synthetic.membership import write_consent, write_people
from engine.ingest.synthetic.pace import Pace, Phase, Progress
from engine.ingest.synthetic.people import Families, Floats, Ints, make_families, make_population
from engine.ingest.synthetic.recipe import MOST_AT_A_TIME, Recipe
from engine.ingest.synthetic.tables import write_tables
from schemas.access import TEST_DATA

_GENOTYPES = "genotypes"
_SAMPLED = "sampled"


def synthesize(root: Path, release_id: str, *, persons: int, seed: int, events_per_person: int = 60,
               fresh: bool = False, most_at_a_time: int = MOST_AT_A_TIME, progress: Progress) -> Release:  # fmt: skip
    """Make and publish a release of `persons` people with about `events_per_person` events each.

    The same persons, seed, events and number of people made at a time give byte-identical tables, also when the
    synthesis was interrupted and is taken up again, which happens by itself unless it is to begin `fresh`. Raises
    `DataProblem` for a number of people out of range, when what was interrupted was of other people, events, seed or
    program, when the disk is full or obviously too small, and as `ReleaseBuilder` does.
    """
    recipe = Recipe(persons, seed, events_per_person, most_at_a_time)
    with only_one(root, release_id), disk_space(root):
        work = root / ".staging" / f"{release_id}~work"  # `~` is in no release id
        if fresh:
            shutil.rmtree(work, ignore_errors=True)
        builder, journal = _begin(root, release_id, work, recipe)
        pace = Pace(progress, recipe)
        plan = _plan(builder, work, journal, recipe, pace)
        write_dictionaries(builder)
        write_people(builder, plan.people, seed)
        write_consent(builder, plan.people, seed)
        spills = Spills(work)
        make_blocks(plan, spills, journal, pace)
        write_tables(builder, spills, journal, pace)
        release = builder.publish(
            derive=lambda made: build_indexes(
                made, progress=lambda step, share: pace.at(Phase.INDEXES, share, what=step)
            )
        )
        shutil.rmtree(work)
    pace.done()
    return release


def _begin(root: Path, release_id: str, work: Path, recipe: Recipe) -> tuple[ReleaseBuilder, Journal]:
    """The builder and the journal: of the synthesis to go on with, or of a new one."""
    sources = {"synthetic": str(recipe)}
    journal = Journal.resume(work, root / ".staging", recipe)
    builder = ReleaseBuilder(root, release_id, sources=sources, phase=TEST_DATA, keep_staging=journal is not None)
    if journal is None:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        require_space(root, recipe.disk_bytes)
        journal = Journal.begin(work, root / ".staging", recipe)
    return builder, journal


def _plan(builder: ReleaseBuilder, work: Path, journal: Journal, recipe: Recipe, pace: Pace) -> Plan:
    pace.at(Phase.GENOTYPES, 0.0)
    families = make_families(recipe.persons, recipe.seed)
    kept = work / "genotypes.npz"
    if journal.has(_GENOTYPES):
        scores, sampled = _read_kept(kept)
    else:
        scores, sampled = _make_genotypes(builder, families, recipe, pace)
        with kept.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **{_SAMPLED: sampled}, **scores)
        journal.add_files(_GENOTYPES, [kept, *sorted((builder.staging / _GENOTYPES).iterdir())])
    people = make_population(families, recipe.seed, flushing_dose=scores["aldh2"], adiposity=scores["fto"])
    return Plan(people=people, scores=scores, sampled=sampled, recipe=recipe)


def _make_genotypes(
    builder: ReleaseBuilder, families: Families, recipe: Recipe, pace: Pace
) -> tuple[dict[str, Floats], Ints]:
    shutil.rmtree(builder.staging / _GENOTYPES, ignore_errors=True)  # what an interrupted run left, half-written
    return write_genotypes(builder, families, recipe.seed, lambda share: pace.at(Phase.GENOTYPES, share))


def _read_kept(file: Path) -> tuple[dict[str, Floats], Ints]:
    with np.load(file, allow_pickle=False) as held:
        return {name: held[name] for name in held.files if name != _SAMPLED}, held[_SAMPLED]
