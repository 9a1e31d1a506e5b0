"""Small random releases in which criteria bite: few concepts, few dates, many coincidences and missing values.

A person's events come in runs whose steps and lengths are those that plans ask for, at visits of that person; birthdays
and the ends of observation fall on days of events. Observation periods of a person do not overlap.
"""

import datetime
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.catalog.release import Release
from engine.logical.nodes import ABNORMAL_RESULTS
from schemas.omop import EVENT_TABLES, Domain
from schemas.tables import ColumnType
from tests.lib.random_genotypes import genotype_tables, random_calls
from tests.lib.releases import write_release

PERSONS = 14
CONCEPTS = (1, 2, 3, 4, 5)
FIRST_DAY = datetime.date(2000, 1, 1)
DAYS = tuple(
    sorted(
        {
            *(FIRST_DAY + datetime.timedelta(days=28 * number) for number in range(15)),
            *(datetime.date(2000, month, 1) for month in range(1, 13)),
            *(datetime.date(2000, month, day) for month, day in ((1, 31), (2, 29), (4, 30), (12, 31))),
        }
    )
)
"""Days that events, birthdays and bounds of observation share."""
STEPS = (0, 1, 7, 28, 30)
"""Days from one event of a run to the next."""
LENGTHS = (0, 7, 28)
"""Days that events last."""
KEYS = (1, 2, 3, 4, 5, 6)
"""Of providers, care sites and places; a row may also name one that is not there."""
VISITS = 60
TEXTS = ("alpha", "lpha", "beta", "Alpha\nbeta", "")
QUESTION_CHOICE, QUESTION_NUMBER = "smoking.status", "sleep.hours"
ANSWERS = ("never", "former", "current")
REGIONS = ("Seoul", "Busan", "Jeju")


def random_release(root: Path, seed: int) -> Release:
    """A release of `PERSONS` people, decided by the seed alone."""
    pick = random.Random(seed)
    genotypes = genotype_tables(pick, sorted(pick.sample(range(PERSONS), PERSONS - 4)))
    tables = {
        "person": [_person(pick, number) for number in range(PERSONS)],
        "observation_period": _periods(pick),
        "survey_question": [
            {"question_id": QUESTION_CHOICE, "survey_id": "s", "kind": "choice"},
            {"question_id": QUESTION_NUMBER, "survey_id": "s", "kind": "number"},
        ],
        "survey_option": [
            {"question_id": QUESTION_CHOICE, "answer": answer, "position": n} for n, answer in enumerate(ANSWERS)
        ],
        "survey_answer": [_answer(pick) for _ in range(60)],
        "provider": [{"provider_id": n, "specialty_concept_id": _concept(pick)} for n in KEYS],
        "care_site": [
            {"care_site_id": n, "place_of_service_concept_id": _concept(pick), "location_id": _key(pick)} for n in KEYS
        ],
        "region": [{"region": name} for name in sorted(REGIONS)],
        "location": [{"location_id": n, "region_concept_id": _concept(pick)} for n in KEYS],
        "concept": [
            {"concept_id": concept, "vocabulary_id": "TEST", "concept_code": str(concept), "standard_concept": "S"}
            for concept in CONCEPTS
        ],
        "concept_ancestor": [{"ancestor_concept_id": c, "descendant_concept_id": c} for c in CONCEPTS],
        **genotypes,
    }  # fmt: skip
    visits = _events(pick, Domain.VISIT, {})
    visits_of = {person: [v["event_id"] for v in visits if v["person"] == person] for person in range(PERSONS)}
    for domain in Domain:
        if domain is not Domain.OBSERVATION_PERIOD:
            tables[domain.value] = visits if domain is Domain.VISIT else _events(pick, domain, visits_of)
    calls = random_calls(pick, genotypes["sample"], phased=seed % 3 != 2)
    return write_release(root, tables, release_id=f"random-{seed}", calls=calls)


def _day(pick: random.Random) -> datetime.date:
    return pick.choice(DAYS)


def _person(pick: random.Random, number: int) -> dict[str, object]:
    born = _day(pick).replace(day=pick.choice((1, 28)), year=pick.choice((1940, 1960, 1990)))
    return {
        "person": number,
        "gender_concept_id": pick.choice((8507, 8532, 0)),
        "year_of_birth": born.year,
        "birth_date": born,
        "race_concept_id": pick.choice((0, 1, 2)),
        "ethnicity_concept_id": pick.choice((None, 0, 3)),
        "region": pick.choice((None, *REGIONS)),
    }


def _periods(pick: random.Random) -> list[dict[str, object]]:
    """None, a long one, or two disjoint ones a person, which may follow each other at once."""
    rows: list[dict[str, object]] = []
    for person in range(PERSONS):
        first, early, late, last = sorted(pick.sample(DAYS[:8], 2)) + sorted(pick.sample(DAYS[8:], 2))
        again = pick.choice((late, early + datetime.timedelta(days=1)))
        periods = pick.choice(([], [(first, last)], [(first, last)], [(first, early), (again, last)]))
        for start, end in periods:
            rows.append({"person": person, "start_date": start, "end_date": end, "event_id": len(rows)})
    return rows


def _events(pick: random.Random, domain: Domain, visits_of: Mapping[int, Sequence[object]]) -> list[dict[str, object]]:
    """Runs of events of one person, each a few days after the one before; some concepts no event of the domain has."""
    concepts = pick.sample((0, *CONCEPTS), pick.choice((4, 5, 6)))
    rows: list[dict[str, object]] = []
    keys = pick.sample(range(1, VISITS + 1), VISITS)  # in no order of time
    while keys:
        person, start = pick.randrange(PERSONS), _day(pick)
        for key in [keys.pop() for _ in range(min(pick.choice((1, 1, 2, 3, 4)), len(keys)))]:
            rows.append(_event(pick, domain, concepts, person, start, key, visits_of.get(person, ())))
            start += datetime.timedelta(days=pick.choice(STEPS))
    return rows


def _event(
    pick: random.Random,
    domain: Domain,
    concepts: Sequence[int],
    person: int,
    start: datetime.date,
    key: int,
    visits: Sequence[object],
) -> dict[str, object]:
    row: dict[str, object] = {
        "concept_id": pick.choice(concepts),
        "person": person,
        "start_date": start,
        "end_date": pick.choice((None, *(start + datetime.timedelta(days=length) for length in LENGTHS))),
        "event_id": key,
    }
    for column in EVENT_TABLES[domain].columns[5:]:
        row[column.name] = _value(pick, column.name, column.type)
    if "visit_occurrence_id" in row:
        row["visit_occurrence_id"] = pick.choice((None, VISITS + 1, *visits, *visits))
    return row


def _value(pick: random.Random, name: str, type_: ColumnType) -> object:
    match type_:
        case ColumnType.CONCEPT if name == "value_as_concept_id":
            return pick.choice((None, 0, *CONCEPTS, *ABNORMAL_RESULTS))
        case ColumnType.CONCEPT if name == "unit_concept_id":
            return pick.choice((None, 0, 1, 1, 1, 2))
        case ColumnType.CONCEPT:
            return pick.choice((None, 0, *CONCEPTS))
        case ColumnType.INT32:
            return pick.choice((None, 1, *LENGTHS))
        case ColumnType.INT64:
            return _key(pick)
        case ColumnType.FLOAT64:
            return pick.choice((None, 0.0, 0.5, 1.0, 6.5, 7.0))
        case ColumnType.TEXT:
            return pick.choice((None, *TEXTS))
        case _:
            raise AssertionError(name)


def _concept(pick: random.Random) -> int:
    return pick.choice((0, *CONCEPTS))


def _key(pick: random.Random) -> int | None:
    return pick.choice((None, *KEYS, 99))


def _answer(pick: random.Random) -> dict[str, object]:
    question = pick.choice((QUESTION_CHOICE, QUESTION_NUMBER))
    missing = pick.choice((None, None, None, "skipped"))
    return {
        "question_id": question,
        "person": pick.randrange(PERSONS),
        "answered_on": _day(pick),
        "answer": pick.choice(ANSWERS) if question == QUESTION_CHOICE and missing is None else None,
        "value": pick.choice((4.0, 6.0, 8.0)) if question == QUESTION_NUMBER and missing is None else None,
        "missing_reason": missing,
    }
