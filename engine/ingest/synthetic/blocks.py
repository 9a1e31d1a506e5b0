"""Blocks of people: everything that happens to a few thousand of them, made together, sorted and spilled."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.ingest.synthetic.answers import answer_facts
from engine.ingest.synthetic.care import condition_facts, drug_facts, make_records, service_facts
from engine.ingest.synthetic.catalogue import CATALOGUES
from engine.ingest.synthetic.circumstances import (
    death_facts,
    home_facts,
    payer_facts,
    period_facts,
    smoking_facts,
    specimen_facts,
    stay_facts,
)
from engine.ingest.synthetic.eras import condition_eras, dose_eras, drug_eras
from engine.ingest.synthetic.facts import Facts, Spill
from engine.ingest.synthetic.illness import Block, History, Scores, make_history
from engine.ingest.synthetic.journal import Journal, Written, digest
from engine.ingest.synthetic.laboratory import measurement_facts
from engine.ingest.synthetic.pace import Pace, Phase
from engine.ingest.synthetic.people import Ints, Population
from engine.ingest.synthetic.questions import QUESTIONS
from engine.ingest.synthetic.recipe import Recipe
from engine.ingest.synthetic.visits import make_visits
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import SURVEY_ANSWER
from schemas.tables import TableSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What every block is made from."""

    people: Population
    scores: Scores
    sampled: Ints
    recipe: Recipe

    def block(self, number: int) -> Block:
        """The people of one block; the last may be short."""
        first = number * self.recipe.block_size
        last = min(first + self.recipe.block_size, self.people.persons)
        return Block(number=number, first=first, seed=self.recipe.seed, people=self.people.slice(first, last),
                     scores={name: values[first:last] for name, values in self.scores.items()})  # fmt: skip


class Spills:
    """The facts of every table between the blocks and the tables, in a folder of work."""

    def __init__(self, work: Path) -> None:
        folder = work / "facts"
        folder.mkdir(exist_ok=True)
        self.of: Mapping[TableSpec, Spill] = {
            EVENT_TABLES[domain]: Spill(folder, domain.value, CATALOGUES[domain].rank) for domain in Domain
        } | {SURVEY_ANSWER: Spill(folder, "answers", np.arange(len(QUESTIONS), dtype=np.int32))}


def part_of(table: TableSpec) -> str:
    """The journal's name of a table that is written."""
    return f"table {table.path}"


def make_blocks(plan: Plan, spills: Spills, journal: Journal, pace: Pace) -> None:
    """Make the blocks that are not finished, for the tables that are not written.

    Two at a time: most of the work is in NumPy, which lets another thread run.
    """
    wanted = {table: spill for table, spill in spills.of.items() if not journal.has(part_of(table))}
    blocks = range(plan.recipe.blocks) if wanted else range(0)
    rows = 0
    pace.at(Phase.PEOPLE, 0.0)
    with ThreadPoolExecutor(2) as pool, _dropping_the_rest(pool):
        pending = {pool.submit(_spill_block, plan, number, wanted, journal): number for number in blocks}
        for done, future in enumerate(as_completed(pending), 1):
            if (made := future.result()) is not None:
                files, facts = made
                journal.add(_part(pending[future]), files)
                rows += facts
            share = done / len(pending)
            pace.at(
                Phase.PEOPLE, share, rows, what=f"{round(share * plan.recipe.persons):,} of {plan.recipe.persons:,}"
            )


@contextmanager
def _dropping_the_rest(pool: ThreadPoolExecutor) -> Iterator[None]:
    """When one block fails, or the program is to stop, those not begun are not waited for."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _part(number: int) -> str:
    return f"block {number}"


def _spill_block(
    plan: Plan, number: int, wanted: Mapping[TableSpec, Spill], journal: Journal
) -> tuple[Written, int] | None:
    """The files written and the number of facts in them; absent where the block was finished before."""
    needed = {spill.path(number).name for spill in wanted.values()}
    if journal.has(_part(number), lambda path: Path(path).name in needed):
        for spill in wanted.values():
            spill.keep(number)
        return None
    rows = 0
    files: dict[str, tuple[int, str]] = {}
    for table, facts in _block_facts(plan, number).items():
        if table in wanted:
            written = wanted[table].add(number, facts)
            path = wanted[table].path(number)
            files[f"{path.parent.parent.name}/{path.parent.name}/{path.name}"] = (written.nbytes, digest(written))
            rows += len(facts)
    return files, rows


def _block_facts(plan: Plan, number: int) -> Mapping[TableSpec, Facts]:
    block = plan.block(number)
    history = make_history(block)
    answers = answer_facts(block, history)
    events = _event_facts(block, history, plan)
    return {EVENT_TABLES[domain]: facts for domain, facts in events.items()} | {SURVEY_ANSWER: answers}


def _event_facts(block: Block, history: History, plan: Plan) -> dict[Domain, Facts]:
    visits = make_visits(block, history, plan.recipe.tempo)
    records = make_records(block, history, visits)
    chronic, acute = condition_facts(block, visits, records)
    conditions = np.concatenate([chronic, acute])
    drugs, treated = drug_facts(block, history, visits, records, acute)
    procedures, devices = service_facts(block, visits)
    return {
        Domain.VISIT: visits.facts(block.first),
        Domain.VISIT_DETAIL: stay_facts(block, visits),
        Domain.CONDITION: conditions,
        Domain.CONDITION_ERA: condition_eras(conditions),
        Domain.DRUG: drugs,
        Domain.DRUG_ERA: drug_eras(drugs),
        Domain.DOSE_ERA: dose_eras(drugs),
        Domain.PROCEDURE: procedures,
        Domain.DEVICE: devices,
        Domain.MEASUREMENT: measurement_facts(block, treated, visits, records),
        Domain.OBSERVATION: smoking_facts(block, visits),
        Domain.SPECIMEN: specimen_facts(block, plan.sampled),
        Domain.DEATH: death_facts(block, history),
        Domain.OBSERVATION_PERIOD: period_facts(block, history),
        Domain.PAYER_PLAN_PERIOD: payer_facts(block, history),
        Domain.LOCATION_REGION: home_facts(block, history),
    }
