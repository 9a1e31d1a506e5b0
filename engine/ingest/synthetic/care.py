"""What happens at visits: diagnoses written down, drugs prescribed for them, procedures and devices."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.catalogue import DISEASE_KINDS
from engine.ingest.synthetic.diseases import DISEASE_INDEX, DISEASES
from engine.ingest.synthetic.drugs import INGREDIENT_INDEX, THERAPIES
from engine.ingest.synthetic.facts import Facts, make_facts
from engine.ingest.synthetic.findings import COMPLAINTS
from engine.ingest.synthetic.illness import NEVER, Block, History
from engine.ingest.synthetic.people import YEAR, Ints
from engine.ingest.synthetic.services import AT_DIAGNOSIS, AT_SCREENING, SERVICES
from engine.ingest.synthetic.visits import Reason, Visits

_RECORDED = 0.62
"""Probability that a disease a person has is written down at a follow-up visit."""

_SUPPLIES = np.array([30, 60, 90, 180], np.int32)

CONFIRMED, PROVISIONAL = 32893, 32899
"""Condition status concepts: confirmed diagnosis, preliminary diagnosis."""


@dataclass(frozen=True, slots=True)
class Records:
    """Diseases written down: the visit's row and the disease's, by disease and then by visit."""

    visit: Ints
    disease: Ints

    def of(self, disease: str) -> Ints:
        """Visits at which a disease was written down."""
        first, last = np.searchsorted(self.disease, [DISEASE_INDEX[disease], DISEASE_INDEX[disease] + 1])
        return self.visit[first:last]


def make_records(block: Block, history: History, visits: Visits) -> Records:
    """A diagnosis names its own disease; a follow-up names each disease the person has with probability 0.62."""
    random = block.random("records")
    follow_ups = np.flatnonzero(visits.reason == Reason.FOLLOW_UP)
    person, day = visits.person[follow_ups], visits.day[follow_ups]
    found = []
    for number in range(len(DISEASES)):
        named = history.onset[person, number] <= day
        named[named] = random.random(int(named.sum()), np.float32) < _RECORDED
        found.append(np.union1d(follow_ups[named], np.flatnonzero(visits.disease == number)))
    sizes = [len(rows) for rows in found]
    return Records(np.concatenate(found).astype(np.int32), np.repeat(np.arange(len(found), dtype=np.int32), sizes))


def condition_facts(block: Block, visits: Visits, records: Records) -> tuple[Facts, Facts]:
    """Conditions of the records, and complaints of ordinary visits; `extra` is the condition status."""
    random = block.random("conditions")
    starts = np.array(DISEASE_KINDS)
    codes = np.diff(starts)[records.disease]
    kind = starts[records.disease] + (codes * random.random(len(codes)) ** 2).astype(np.int64)
    rows = records.visit
    chronic = _at(block, visits, rows, kind=kind, extra=CONFIRMED)
    complaints = np.flatnonzero(visits.reason == Reason.COMPLAINT)
    age = (visits.day[complaints] - block.people.birth[visits.person[complaints]]) / YEAR
    which = np.where(age < 50, _pick(random, [row.young for row in COMPLAINTS], len(age)),
                     _pick(random, [row.old for row in COMPLAINTS], len(age)))  # fmt: skip
    acute = _at(block, visits, complaints, kind=which + DISEASE_KINDS[-1], extra=PROVISIONAL)
    acute["end"] += random.integers(2, 12, len(acute), np.int32)
    return chronic, acute


def _pick(random: np.random.Generator, weights: list[float], size: int) -> npt.NDArray[np.intp]:
    shares = np.array(weights, np.float64)
    return random.choice(len(shares), size=size, p=shares / shares.sum())


def _at(block: Block, visits: Visits, rows: npt.NDArray[np.integer], **columns: npt.ArrayLike) -> Facts:
    """Facts of these visits, on the visit's first day."""
    return make_facts(len(rows), person=visits.person[rows] + block.first, day=visits.day[rows],
                      visit=visits.id[rows], provider=visits.provider[rows], **columns)  # fmt: skip


def drug_facts(block: Block, history: History, visits: Visits, records: Records, acute: Facts) -> tuple[Facts, History]:
    """Prescriptions, and the history in which treatments begin at the first one on record.

    A drug is given only where its disease is written down, so its indication is always on record. `value` is the
    quantity in units and `extra` the days of supply.
    """
    random = block.random("drugs")
    parts = []
    begun = np.full_like(history.treated, NEVER)
    for number, therapy in enumerate(THERAPIES):
        rows = records.of(therapy.disease)
        person = visits.person[rows]
        taken = (history.treated[person, number] <= visits.day[rows]) & (random.random(len(rows), np.float32) < 0.92)
        rows, person = rows[taken], person[taken]
        np.minimum.at(begun[:, number], person, visits.day[rows])
        supply = _SUPPLIES[random.integers(0, 4, len(rows))]
        facts = _at(block, visits, rows, kind=history.drug[person, number], value=supply, extra=supply)
        facts["end"] = facts["day"] + supply - 1
        parts.append(facts)
    return np.concatenate([*parts, _acute_drugs(acute, random)]), replace(history, treated=begun)


def _acute_drugs(acute: Facts, random: np.random.Generator) -> Facts:
    parts = [acute[:0]]
    for number, complaint in enumerate(COMPLAINTS):
        ill = acute[acute["kind"] == DISEASE_KINDS[-1] + number]
        for drug, probability in complaint.drugs:
            given = ill[random.random(len(ill)) < probability]
            supply = random.integers(3, 8, len(given), np.int32)
            given["kind"], given["extra"], given["value"] = INGREDIENT_INDEX[drug], supply, 3 * supply
            given["end"] = given["day"] + supply - 1
            parts.append(given)
    return np.concatenate(parts)


def service_facts(block: Block, visits: Visits) -> tuple[Facts, Facts]:
    """Procedures and devices, at diagnoses and at screenings; `extra` is the quantity."""
    random = block.random("services")
    numbers = {
        False: [row.key for row in SERVICES if not row.device],
        True: [row.key for row in SERVICES if row.device],
    }
    parts: dict[bool, list[Facts]] = {False: [make_facts(0, day=0)], True: [make_facts(0, day=0)]}
    devices = set(numbers[True])

    def add(service: str, rows: npt.NDArray[np.intp], probability: float) -> None:
        device = service in devices
        chosen = rows[random.random(len(rows)) < probability]
        parts[device].append(_at(block, visits, chosen, kind=numbers[device].index(service), extra=1))

    for disease, service, probability in AT_DIAGNOSIS:
        add(service, np.flatnonzero(visits.disease == DISEASE_INDEX[disease]), probability)
    screenings = np.flatnonzero(visits.reason == Reason.SCREENING)
    person = visits.person[screenings]
    age = (visits.day[screenings] - block.people.birth[person]) / YEAR
    for service, youngest, sex, probability in AT_SCREENING:
        fits = (age >= youngest) & ((sex is None) | (block.people.male[person] == (sex == "male")))
        add(service, screenings[fits], probability)
    return np.concatenate(parts[False]), np.concatenate(parts[True])
