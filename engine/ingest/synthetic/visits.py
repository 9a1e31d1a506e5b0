"""Encounters: screenings every second year, the day of each diagnosis, follow-up of diseases, and short illnesses."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.diseases import DISEASES, Severity
from engine.ingest.synthetic.facts import Facts, make_facts
from engine.ingest.synthetic.illness import Block, History
from engine.ingest.synthetic.people import YEAR, Ints

VISITS_A_PERSON = 100_000
"""Visit ids are the person's index times this, plus one, plus the visit's number; no person has more visits."""

PROVIDERS_A_SITE = 4
SITES_A_REGION = 10
"""A region's sites: 0 tertiary hospital, 1-2 hospitals, 3-8 clinics, 9 health-screening centre."""

_STAY_DAYS = np.array([0, 8, 10])
"""Mean days in hospital, by severity."""


class Reason(IntEnum):
    """Why a person comes."""

    COMPLAINT = 0
    FOLLOW_UP = 1
    DIAGNOSIS = 2
    SCREENING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How often things are recorded: visits a year of each kind and the share of screenings attended."""

    complaints: float
    follow_ups: float
    attendance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """One value a visit, by person and day; `person` counts within the block, `disease` is -1 but at a diagnosis."""

    person: Ints
    day: Ints
    end: Ints
    reason: npt.NDArray[np.int8]
    disease: Ints
    kind: npt.NDArray[np.int8]
    site: Ints
    provider: Ints
    id: npt.NDArray[np.int64]

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Visits":
        """The chosen visits."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in self.__slots__})

    def facts(self, first: int) -> Facts:
        """The visits as facts; `extra` is the care site."""
        return make_facts(len(self.day), kind=self.kind, person=self.person + first, day=self.day, end=self.end,
                          visit=self.id, provider=self.provider, extra=self.site)  # fmt: skip


def make_visits(block: Block, history: History, tempo: Tempo) -> Visits:
    """All visits of a block, within observation."""
    random = block.random("visits")
    parts = (
        _complaints(block, history, tempo, random),
        _follow_ups(history, tempo, random),
        _diagnoses(history),
        _screenings(block, tempo, random),
    )
    person = np.concatenate([part[0] for part in parts]).astype(np.int32)
    day = np.concatenate([part[1] for part in parts]).astype(np.int32)
    reason = np.repeat(np.arange(4, dtype=np.int8), [len(part[0]) for part in parts])
    disease = np.full(len(person), -1, np.int32)
    disease[reason == Reason.DIAGNOSIS] = parts[2][2]
    kept = np.flatnonzero(history.observed(person, day))
    kept = kept[np.lexsort((reason[kept], day[kept], person[kept]))]
    return _placed(block, history, random, person[kept], day[kept], reason[kept], disease[kept])


def _placed(block: Block, history: History, random: np.random.Generator, person: Ints, day: Ints,
            reason: npt.NDArray[np.int8], disease: Ints) -> Visits:  # fmt: skip
    severity = np.array([row.severity for row in DISEASES])[disease]
    severity[reason != Reason.DIAGNOSIS] = Severity.OUTPATIENT
    kind = np.array([0, 1, 3], np.int8)[severity]
    kind[(reason == Reason.COMPLAINT) & (random.random(len(day)) < 0.02)] = 2
    stay = random.poisson(_STAY_DAYS[severity])
    clinic = 3 + (7 * person + (random.random(len(day)) < 0.15)) % 6
    place = np.where(severity > 0, random.integers(0, 3, len(day)), np.where(reason == Reason.SCREENING, 9, clinic))
    site = (block.people.region[person] * SITES_A_REGION + place + 1).astype(np.int32)
    first = np.searchsorted(person, np.arange(block.people.persons + 1))
    number = np.arange(len(person)) - first[person]
    return Visits(
        person=person, day=day, end=np.minimum(day + stay, history.end[person]).astype(np.int32), reason=reason,
        disease=disease, kind=kind, site=site,
        provider=((site - 1) * PROVIDERS_A_SITE + 1 + (day + person) % PROVIDERS_A_SITE).astype(np.int32),
        id=(person.astype(np.int64) + block.first) * VISITS_A_PERSON + 1 + number,
    )  # fmt: skip


def _poisson_days(history: History, rate: npt.NDArray[np.float64], random: np.random.Generator) -> tuple[Ints, Ints]:
    """Days of visits at `rate` a year, uniform over each person's observation."""
    span = np.maximum(history.end - history.start, 0)
    counts = np.minimum(random.poisson(rate * span / YEAR), VISITS_A_PERSON // 4)
    person = np.repeat(np.arange(len(span), dtype=np.int32), counts)
    day = history.start[person] + (random.random(len(person)) * (span[person] + 1)).astype(np.int32)
    return person, day


def _complaints(block: Block, history: History, tempo: Tempo, random: np.random.Generator) -> tuple[Ints, Ints]:
    age = (block.people.enrolled - block.people.birth) / YEAR
    frailty = np.exp(random.normal(-0.12, 0.5, len(age)))
    return _poisson_days(history, tempo.complaints * frailty * (0.6 + age / 100), random)


def _follow_ups(history: History, tempo: Tempo, random: np.random.Generator) -> tuple[Ints, Ints]:
    """The more diseases a person has on the day, the likelier the visit: none without any."""
    person, day = _poisson_days(history, np.full(len(history.start), tempo.follow_ups), random)
    active = np.zeros(len(day), np.int16)
    for onset in history.onset.T:
        active += onset[person] <= day
    kept = random.random(len(day)) < np.minimum(active / 4, 1)
    return person[kept], day[kept]


def _diagnoses(history: History) -> tuple[Ints, Ints, Ints]:
    person, disease = np.nonzero((history.onset >= history.start[:, None]) & (history.onset <= history.end[:, None]))
    return person.astype(np.int32), history.onset[person, disease], disease.astype(np.int32)


def _screenings(block: Block, tempo: Tempo, random: np.random.Generator) -> tuple[Ints, Ints]:
    """National health screening: adults, in years of the parity of their birth year."""
    years = np.arange(2010, 2026)
    born = (block.people.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970)[:, None]
    attended = random.random((len(born), len(years))) < tempo.attendance
    person, year = np.nonzero(attended & ((years - born) % 2 == 0) & (years - born >= 20))
    january = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int32)
    day = january[year] + random.integers(0, 365, len(year))
    return person.astype(np.int32), day.astype(np.int32)
