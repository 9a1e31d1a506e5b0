"""When each disease and each treatment begins, when people are observed, and when they die.

Onset follows a proportional hazard: H(age) = H60 * (age / 60)^shape * exp(sum of risks), inverted at an exponential
draw (Bender, Augustin & Blettner 2005), so that every association in the tables is a hazard ratio one can recover.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.diseases import DISEASE_INDEX, DISEASES, Disease
from engine.ingest.synthetic.drugs import INGREDIENT_INDEX, THERAPIES
from engine.ingest.synthetic.people import STUDY_END, STUDY_START, YEAR, Floats, Ints, Population
from engine.ingest.synthetic.randomness import stream

NEVER = 1 << 30
"""The day of what does not happen."""

_DEATH_RISK60, _DEATH_SHAPE = 0.035, 6.5
_COUNTED_AGE = 75.0
"""A disease is a risk factor for a later one when it begins by this age."""

Scores = dict[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """People made together: the same block of the same seed is always the same people."""

    number: int
    first: int
    seed: int
    people: Population
    scores: Scores

    def random(self, topic: str) -> np.random.Generator:
        """The stream of one topic of this block."""
        return stream(self.seed, topic, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Days from 1970-01-01, `NEVER` where it does not happen.

    `onset` is [people, diseases]; `treated` and `drug` (an ingredient's row) are [people, therapies]. People are
    observed from `start` to `end` except in the gap [gap_start, gap_end).
    """

    onset: Ints
    treated: Ints
    drug: npt.NDArray[np.int16]
    death: Ints
    start: Ints
    end: Ints
    gap_start: Ints
    gap_end: Ints

    def observed(self, person: Ints, day: Ints) -> npt.NDArray[np.bool_]:
        """Whether each day lies in its person's observation."""
        gap = (day >= self.gap_start[person]) & (day < self.gap_end[person])
        return (day >= self.start[person]) & (day <= self.end[person]) & ~gap


def make_history(block: Block) -> History:
    """The whole medical history of a block's people."""
    onset = _onsets(block)
    death = _deaths(block, onset)
    random = block.random("observation")
    size = block.people.persons
    start = np.maximum(STUDY_START + random.integers(0, 1500, size), block.people.birth).astype(np.int32)
    end = np.minimum(death, STUDY_END).astype(np.int32)
    span = end - start
    away = (random.random(size) < 0.12) & (span > 1200)
    gap_start = np.where(away, start + 200 + random.random(size) * (span - 1100), NEVER).astype(np.int32)
    gap_end = np.where(away, gap_start + random.integers(60, 700, size), NEVER).astype(np.int32)
    treated, drug = _treatments(block, onset)
    return History(onset=onset, treated=treated, drug=drug, death=death, start=start, end=end,
                   gap_start=gap_start, gap_end=gap_end)  # fmt: skip


def _onsets(block: Block) -> Ints:
    random = block.random("onset")
    people = block.people
    factors = people.traits | block.scores
    onset = np.full((people.persons, len(DISEASES)), NEVER, np.int32)
    for number, disease in enumerate(DISEASES):
        age = _onset_age(disease, factors, random)
        if disease.sex is not None:
            age = np.where(people.male == (disease.sex == "male"), age, np.inf)
        factors[disease.key] = (age < _COUNTED_AGE).astype(np.float32)
        lived = age < 115
        onset[lived, number] = people.birth[lived] + (age[lived] * YEAR).astype(np.int32)
    return onset


def _onset_age(disease: Disease, factors: Scores, random: np.random.Generator) -> npt.NDArray[np.float64]:
    size = len(factors["male"])
    risk = np.zeros(size)
    for factor, weight in disease.risks:
        risk += weight * factors[factor]
    hazard60 = -np.log1p(-disease.risk60)
    return 60.0 * (random.standard_exponential(size) / (hazard60 * np.exp(risk))) ** (1 / disease.shape)


def _deaths(block: Block, onset: Ints) -> Ints:
    """Everyone is alive at enrolment; what came before raises the hazard after it."""
    random = block.random("death")
    people = block.people
    risk = 0.5 * people.traits["male"] + 0.5 * people.traits["current_smoker"]
    for number, disease in enumerate(DISEASES):
        if disease.lethality:
            risk = risk + disease.lethality * (onset[:, number] <= STUDY_END)
    rate = -np.log1p(-_DEATH_RISK60) * np.exp(risk)
    enrolled_age = (people.enrolled - people.birth) / YEAR / 60
    hazard = enrolled_age**_DEATH_SHAPE + random.standard_exponential(people.persons) / rate
    death = people.birth + np.minimum(60 * hazard ** (1 / _DEATH_SHAPE), 120) * YEAR
    return np.maximum(death, people.enrolled + 1).astype(np.int32)


def _treatments(block: Block, onset: Ints) -> tuple[Ints, npt.NDArray[np.int16]]:
    random = block.random("treatment")
    size = block.people.persons
    treated = np.full((size, len(THERAPIES)), NEVER, np.int32)
    drug = np.zeros((size, len(THERAPIES)), np.int16)
    for number, therapy in enumerate(THERAPIES):
        begun = onset[:, DISEASE_INDEX[therapy.disease]]
        chosen = (random.random(size) < therapy.share) & (begun < NEVER)
        wait = random.standard_exponential(size) * therapy.delay * YEAR
        treated[chosen, number] = begun[chosen] + wait[chosen].astype(np.int32)
        rows = np.array([INGREDIENT_INDEX[name] for name, _ in therapy.drugs], np.int16)
        weights = np.array([weight for _, weight in therapy.drugs], np.float64)
        drug[:, number] = rows[random.choice(len(rows), size=size, p=weights / weights.sum())]
    return treated, drug
