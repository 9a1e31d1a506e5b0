"""Results of tests: a person's level, moved by age, sex, weight, genes, diseases and drugs, with noise."""

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.care import Records
from engine.ingest.synthetic.diseases import DISEASE_INDEX
from engine.ingest.synthetic.drugs import THERAPY_INDEX
from engine.ingest.synthetic.facts import Facts, make_facts
from engine.ingest.synthetic.illness import Block, History
from engine.ingest.synthetic.laboratory_tests import (
    FOLLOW_UP_TESTS,
    LABORATORY_TESTS,
    NEGATIVE,
    POSITIVE,
    LaboratoryTest,
)
from engine.ingest.synthetic.people import YEAR, Floats, Ints
from engine.ingest.synthetic.visits import Reason, Visits

_EFFECT_DAYS = 30
"""A drug moves results from a month after its first prescription."""


def measurement_facts(block: Block, history: History, visits: Visits, records: Records) -> Facts:
    """Numeric results in `value`, the dipstick's result concept in `extra`."""
    random = block.random("tests")
    levels = block.random("levels")
    wanted = _follow_up_rows(records, random)
    screenings = np.flatnonzero(visits.reason == Reason.SCREENING)
    parts = [_dipstick(block, history, visits, screenings, random)]
    for number, test in enumerate(LABORATORY_TESTS):
        done = screenings[random.random(len(screenings), np.float32) < test.screened]
        rows = np.unique(np.concatenate([done, *wanted.get(test.key, [])])).astype(np.int64)
        level = test.person * levels.standard_normal(block.people.persons, np.float32)
        value = _values(test, block, history, visits.person[rows], visits.day[rows])
        value += level[visits.person[rows]] + test.noise * random.standard_normal(len(rows), np.float32)
        value = np.exp(value) if test.log else value
        parts.append(_facts(block, visits, rows, kind=number, value=np.maximum(value, 0.3 * _typical(test))))
    return np.concatenate(parts)


def _typical(test: LaboratoryTest) -> float:
    return float(np.exp(test.mean)) if test.log else test.mean


def _facts(block: Block, visits: Visits, rows: npt.NDArray[np.integer], **columns: npt.ArrayLike) -> Facts:
    return make_facts(len(rows), person=visits.person[rows] + block.first, day=visits.day[rows],
                      visit=visits.id[rows], provider=visits.provider[rows], **columns)  # fmt: skip


def _follow_up_rows(records: Records, random: np.random.Generator) -> dict[str, list[Ints]]:
    """Test -> visits at which it is done because of a disease written down there."""
    wanted: dict[str, list[Ints]] = {}
    for disease, tests, probability in FOLLOW_UP_TESTS:
        rows = records.of(disease)
        chosen = rows[random.random(len(rows), np.float32) < probability]
        for test in tests:
            wanted.setdefault(test, []).append(chosen)
    return wanted


def _values(test: LaboratoryTest, block: Block, history: History, person: Ints, day: Ints) -> Floats:
    """What is expected of each result before its person's level and noise."""
    traits = block.people.traits
    steady = test.mean + test.male * traits["male"] + test.bmi * traits["bmi"]
    for score, shift in test.scores:
        steady = steady + shift * block.scores[score]
    age = (day - block.people.birth[person]) / YEAR
    value = steady[person] + test.per_decade * (age - 50) / 10
    for disease, shift in test.diseases:
        value += shift * (history.onset[person, DISEASE_INDEX[disease]] <= day)
    for therapy, shift in test.therapies:
        value += shift * (history.treated[person, THERAPY_INDEX[therapy]] <= day - _EFFECT_DAYS)
    return value.astype(np.float32)


def _dipstick(block: Block, history: History, visits: Visits, rows: npt.NDArray[np.intp],
              random: np.random.Generator) -> Facts:  # fmt: skip
    person, day = visits.person[rows], visits.day[rows]
    ill = history.onset[person, DISEASE_INDEX["ckd"]] <= day
    positive = random.random(len(rows)) < np.where(ill, 0.45, 0.03)
    return _facts(block, visits, rows, kind=len(LABORATORY_TESTS), value=np.nan,
                  extra=np.where(positive, POSITIVE, NEGATIVE))  # fmt: skip
