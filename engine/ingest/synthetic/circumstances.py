"""Events that are not care: observation and insurance periods, homes, deaths, blood samples, smoking on record."""

import numpy as np

from engine.ingest.synthetic.diseases import DISEASES
from engine.ingest.synthetic.facts import Facts, make_facts
from engine.ingest.synthetic.illness import NEVER, Block, History
from engine.ingest.synthetic.people import STUDY_END, STUDY_START, Ints
from engine.ingest.synthetic.regions import REGIONS
from engine.ingest.synthetic.visits import Reason, Visits

LOCATIONS_A_REGION = 10
"""Location ids are the region's row times this, plus the district's place, plus one."""


def period_facts(block: Block, history: History) -> Facts:
    """Observation periods: one a person, or two around a gap."""
    person = np.arange(block.people.persons)
    away = np.flatnonzero(history.gap_start < NEVER)
    seen = np.flatnonzero(history.start <= history.end)
    first_end = np.where(history.gap_start < NEVER, history.gap_start - 1, history.end)
    start = np.concatenate([history.start[seen], history.gap_end[away]])
    end = np.concatenate([first_end[seen], history.end[away]])
    who = np.concatenate([person[seen], away])
    kept = start <= end
    return make_facts(int(kept.sum()), person=who[kept] + block.first, day=start[kept], end=end[kept])


def payer_facts(block: Block, history: History) -> Facts:
    """National insurance, or medical aid for some of the poorest, with one change for a few."""
    random = block.random("payers")
    size = block.people.persons
    aided = (random.random(size) < 0.16) & (block.people.traits["low_income"] > 0)
    changed = np.flatnonzero(random.random(size) < 0.03)
    turn = (history.start + random.random(size) * np.maximum(history.end - history.start, 0)).astype(np.int32)
    end = history.end.copy()
    end[changed] = turn[changed]
    changed = changed[turn[changed] < history.end[changed]]
    kind = np.concatenate([aided, ~aided[changed]]).astype(np.uint16)
    person = np.concatenate([np.arange(size), changed])
    day = np.concatenate([history.start, turn[changed] + 1])
    facts = make_facts(len(person), kind=kind, person=person + block.first, day=day,
                       end=np.concatenate([end, history.end[changed]]))  # fmt: skip
    return facts[facts["day"] <= facts["end"]]


def home_facts(block: Block, history: History) -> Facts:
    """Where people lived: one move for a fifth, before the study's end; `extra` is the location."""
    random = block.random("homes")
    people = block.people
    size = people.persons
    weights = np.array([region.weight for region in REGIONS], np.float64)
    moved = np.flatnonzero(random.random(size) < 0.2)
    former = random.choice(len(REGIONS), size=size, p=weights / weights.sum())[moved]
    turn = (STUDY_START + random.random(size) * (STUDY_END - STUDY_START)).astype(np.int32)
    turn = np.minimum(np.maximum(turn, people.birth + 1), history.death - 1)
    begin = np.maximum(people.birth, STUDY_START - 3650)
    begin_now = begin.copy()
    begin_now[moved] = turn[moved]
    person = np.concatenate([np.arange(size), moved])
    return make_facts(
        len(person), kind=np.concatenate([people.region, former]), person=person + block.first,
        day=np.concatenate([begin_now, np.minimum(begin[moved], turn[moved] - 1)]),
        end=np.concatenate([np.minimum(history.death, STUDY_END), turn[moved] - 1]),
        extra=np.concatenate([location_ids(people.region, people.district), former * LOCATIONS_A_REGION + 1]),
    )  # fmt: skip


def location_ids(region: Ints, district: Ints) -> Ints:
    """The location of a district of a region."""
    return region * LOCATIONS_A_REGION + district + 1


def death_facts(block: Block, history: History) -> Facts:
    """Deaths until the study's end, of the most lethal disease the person had; the last kind is an unknown cause."""
    dead = np.flatnonzero(history.death <= STUDY_END)
    lethality = np.array([disease.lethality for disease in DISEASES])
    had = np.where(history.onset[dead] <= history.death[dead, None], lethality, 0)
    cause = np.where(had.max(axis=1, initial=0) > 0, had.argmax(axis=1), len(DISEASES))
    return make_facts(len(dead), kind=cause, person=dead + block.first, day=history.death[dead])


def specimen_facts(block: Block, sampled: Ints) -> Facts:
    """Blood drawn for sequencing, at enrolment; `sampled` are the people with genotypes, `value` millilitres."""
    here = sampled[(sampled >= block.first) & (sampled < block.first + block.people.persons)]
    return make_facts(len(here), person=here, day=block.people.enrolled[here - block.first], value=10)


def smoking_facts(block: Block, visits: Visits) -> Facts:
    """Smoking as screenings record it; `extra` is the answer's number: never, former, current."""
    rows = np.flatnonzero(visits.reason == Reason.SCREENING)
    return make_facts(len(rows), person=visits.person[rows] + block.first, day=visits.day[rows],
                      visit=visits.id[rows], provider=visits.provider[rows],
                      extra=block.people.traits["smoking"][visits.person[rows]])  # fmt: skip


def stay_facts(block: Block, visits: Visits) -> Facts:
    """Parts of hospital stays: emergency room, ward and, after an emergency, intensive care; `extra` is the site."""
    emergency = visits.where(np.flatnonzero(visits.kind == 3))
    ward = visits.where(np.flatnonzero((visits.kind == 1) | (visits.kind == 3)))
    intensive = emergency.where(np.flatnonzero(block.random("stays").random(len(emergency.day)) < 0.4))
    parts = []
    for kind, rows, last in ((0, emergency, emergency.day), (1, ward, ward.end),
                             (2, intensive, np.minimum(intensive.day + 3, intensive.end))):  # fmt: skip
        parts.append(make_facts(len(rows.day), kind=kind, person=rows.person + block.first, day=rows.day, end=last,
                                visit=rows.id, provider=rows.provider, extra=rows.site))  # fmt: skip
    return np.concatenate(parts)
