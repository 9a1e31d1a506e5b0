"""From a number of people and a seed to a published release.

Genotypes come first, because health depends on them; then blocks of people are made, sorted and spilled; then each
table is joined from its pieces and written. Memory holds a few numbers a person, two blocks and one batch of rows.
"""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.catalog.release import Release
from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.answers import answer_columns, answer_facts
from engine.ingest.synthetic.arrow import TableWriter
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
from engine.ingest.synthetic.dictionaries import write_dictionaries
from engine.ingest.synthetic.eras import condition_eras, dose_eras, drug_eras
from engine.ingest.synthetic.facts import Facts, Spill
from engine.ingest.synthetic.genotypes import write_genotypes
from engine.ingest.synthetic.illness import Block, History, Scores, make_history
from engine.ingest.synthetic.laboratory import measurement_facts
from engine.ingest.synthetic.membership import write_consent, write_people
from engine.ingest.synthetic.people import Ints, Population, make_families, make_population
from engine.ingest.synthetic.questions import QUESTIONS
from engine.ingest.synthetic.rows import event_columns
from engine.ingest.synthetic.visits import Tempo, make_visits
from schemas.access import TEST_DATA
from schemas.errors import DataProblem
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import SURVEY_ANSWER

Progress = Callable[[str, float], None]
"""Told the name of a step and how much of the whole is done, 0 to 1."""

_BLOCK_EVENTS = 2_500_000
_MAX_PERSONS = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What every block is made from."""

    people: Population
    scores: Scores
    sampled: Ints
    seed: int
    tempo: Tempo
    block_size: int

    def block(self, number: int) -> Block:
        """The people of one block; the last may be short."""
        first = number * self.block_size
        last = min(first + self.block_size, self.people.persons)
        return Block(number=number, first=first, seed=self.seed, people=self.people.slice(first, last),
                     scores={name: values[first:last] for name, values in self.scores.items()})  # fmt: skip

    @property
    def blocks(self) -> int:
        return -(-self.people.persons // self.block_size)


def synthesize(root: Path, release_id: str, *, persons: int, seed: int, events_per_person: int = 60,
               progress: Progress) -> Release:  # fmt: skip
    """Make and publish a release of `persons` people with about `events_per_person` events each.

    The same persons, seed and events give byte-identical tables. Raises `DataProblem` for a number of people out of
    range and as `ReleaseBuilder` does.
    """
    if not 10 <= persons <= _MAX_PERSONS:
        raise DataProblem("synthetic-size", "the number of people must lie between 10 and 50 million")
    source = f"{persons} people, seed {seed}, about {events_per_person} events each"
    builder = ReleaseBuilder(root, release_id, sources={"synthetic": source}, phase=TEST_DATA)
    plan = _plan(builder, persons, seed, events_per_person, progress)
    write_dictionaries(builder)
    write_people(builder, plan.people)
    write_consent(builder, plan.people, seed)
    spilled = builder.staging / ".spill"
    spilled.mkdir()
    spills = {domain: Spill(spilled, domain.value, CATALOGUES[domain].rank) for domain in Domain}
    answers = Spill(spilled, "answers", np.arange(len(QUESTIONS), dtype=np.int32))
    _make_blocks(plan, spills, answers, progress)
    _write_tables(builder, spills, answers, progress)
    shutil.rmtree(spilled)
    progress("publish", 0.97)
    release = builder.publish()
    progress("done", 1.0)
    return release


def _plan(builder: ReleaseBuilder, persons: int, seed: int, events_per_person: int, progress: Progress) -> Plan:
    progress("genotypes", 0.0)
    families = make_families(persons, seed)
    scores, sampled = write_genotypes(builder, families, seed)
    people = make_population(families, seed, flushing_dose=scores["aldh2"], adiposity=scores["fto"])
    block_size = min(max(_BLOCK_EVENTS // max(events_per_person, 1), 500), 20_000)
    return Plan(people=people, scores=scores, sampled=sampled, seed=seed, tempo=make_tempo(events_per_person),
                block_size=block_size)  # fmt: skip


def make_tempo(events_per_person: int) -> Tempo:
    """What gives about this many events a person: 13 whatever happens, 126 if every screening is attended, and 22 for
    each visit's worth of care (measured)."""
    attendance = min(max(events_per_person / 300, 0.1), 0.68)
    visits = max((events_per_person - 13 - 126 * attendance) / 22, 0.05)
    return Tempo(complaints=0.14 * visits, follow_ups=0.32 * visits, attendance=attendance)


def _make_blocks(plan: Plan, spills: dict[Domain, Spill], answers: Spill, progress: Progress) -> None:
    """Two blocks at a time: most of the work is in NumPy, which lets another thread run."""

    def work(number: int) -> None:
        block = plan.block(number)
        history = make_history(block)
        answers.add(number, answer_facts(block, history))
        for domain, facts in _block_facts(block, history, plan).items():
            spills[domain].add(number, facts)

    with ThreadPoolExecutor(2) as pool:
        pending = [pool.submit(work, number) for number in range(plan.blocks)]
        for done, future in enumerate(as_completed(pending), 1):
            future.result()
            progress("people", 0.15 + 0.5 * done / plan.blocks)


def _block_facts(block: Block, history: History, plan: Plan) -> dict[Domain, Facts]:
    visits = make_visits(block, history, plan.tempo)
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


def _write_tables(builder: ReleaseBuilder, spills: dict[Domain, Spill], answers: Spill, progress: Progress) -> None:
    for done, (domain, spill) in enumerate(spills.items()):
        progress(f"write {domain.words}", 0.65 + 0.3 * done / len(spills))
        rows = 0
        with TableWriter(builder.path(EVENT_TABLES[domain]), EVENT_TABLES[domain]) as writer:
            for batch in spill.batches():
                writer.write(event_columns(domain, batch, rows), len(batch))
                rows += len(batch)
        spill.remove()
    with TableWriter(builder.path(SURVEY_ANSWER), SURVEY_ANSWER) as writer:
        for batch in answers.batches():
            for columns, size in answer_columns(batch):
                writer.write(columns, size)
    answers.remove()
