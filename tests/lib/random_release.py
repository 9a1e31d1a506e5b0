"""Small random releases in which criteria bite: few concepts, few dates, many coincidences and missing values."""

import datetime
import random
from pathlib import Path

import numpy as np

from engine.catalog.release import Release
from schemas.omop import EVENT_TABLES, Domain
from schemas.tables import ColumnType
from tests.lib.releases import write_release

PERSONS = 14
CONCEPTS = (1, 2, 3, 4, 5)
FIRST_DAY = datetime.date(2000, 1, 1)
DAYS = 900
VISITS = (1, 2, 3, 4, 5, 6)
TEXTS = ("alpha", "beta", "alphabet", "")
QUESTION_CHOICE, QUESTION_NUMBER = "smoking.status", "sleep.hours"
ANSWERS = ("never", "former", "current")
REGIONS = ("Seoul", "Busan", "Jeju")
GENES = ("PCSK9", "LDLR", "APOE")
VARIANTS = 12


def random_release(root: Path, seed: int) -> Release:
    """A release of `PERSONS` people, decided by the seed alone."""
    pick = random.Random(seed)
    samples = sorted(pick.sample(range(PERSONS), PERSONS - 4))
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
        "survey_answer": [_answer(pick) for _ in range(40)],
        "provider": [{"provider_id": n, "specialty_concept_id": pick.choice((0, *CONCEPTS))} for n in VISITS],
        "care_site": [{"care_site_id": n, "place_of_service_concept_id": pick.choice((0, *CONCEPTS))} for n in VISITS],
        "concept": [
            {"concept_id": concept, "vocabulary_id": "TEST", "concept_code": str(concept), "standard_concept": "S"}
            for concept in CONCEPTS
        ],
        "concept_ancestor": [{"ancestor_concept_id": c, "descendant_concept_id": c} for c in CONCEPTS],
        "variant": [_variant(pick, number) for number in range(VARIANTS)],
        "sample": [{"sample": n, "person": person, "source_sample_id": str(n)} for n, person in enumerate(samples)],
        "gene": [{"gene": gene, "contig": "1"} for gene in sorted(GENES)],
    }  # fmt: skip
    for domain in Domain:
        if domain is not Domain.OBSERVATION_PERIOD:
            tables[domain.value] = _events(pick, domain)
    calls = np.array([[pick.choice((0, 0, 0, 1, 2, -1)) for _ in samples] for _ in range(VARIANTS)], np.int8)
    return write_release(root, tables, release_id=f"random-{seed}", calls=calls)


def _day(pick: random.Random) -> datetime.date:
    return FIRST_DAY + datetime.timedelta(days=pick.randrange(DAYS))


def _person(pick: random.Random, number: int) -> dict[str, object]:
    born = datetime.date(pick.randrange(1930, 2000), 1, 1) + datetime.timedelta(days=pick.randrange(366))
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
    """None, one, or two disjoint periods a person."""
    rows: list[dict[str, object]] = []
    for person in range(PERSONS):
        days = sorted(pick.sample(range(-100, DAYS + 100), 4))
        for low, high in ((days[0], days[1]), (days[2], days[3]))[: pick.choice((0, 1, 2, 2))]:
            start, end = (FIRST_DAY + datetime.timedelta(days=day) for day in (low, high))
            rows.append({"person": person, "start_date": start, "end_date": end, "event_id": len(rows)})
    return rows


def _events(pick: random.Random, domain: Domain) -> list[dict[str, object]]:
    return [_event(pick, domain, number) for number in range(60)]


def _event(pick: random.Random, domain: Domain, number: int) -> dict[str, object]:
    start = _day(pick)
    row: dict[str, object] = {
        "concept_id": pick.choice((0, *CONCEPTS)),
        "person": pick.randrange(PERSONS),
        "start_date": start,
        "end_date": pick.choice((None, start, start + datetime.timedelta(days=pick.randrange(60)))),
        "event_id": number + 1,
    }
    for column in EVENT_TABLES[domain].columns[5:]:
        row[column.name] = _value(pick, column.name, column.type)
    return row


def _value(pick: random.Random, name: str, type_: ColumnType) -> object:
    match type_:
        case ColumnType.CONCEPT:
            return pick.choice((None, 0, *CONCEPTS))
        case ColumnType.INT32:
            return pick.choice((None, 0, 1, 5, 30))
        case ColumnType.INT64:
            return pick.choice((None, *VISITS))
        case ColumnType.FLOAT64:
            return pick.choice((None, 0.5, 1.0, 6.5, 7.0))
        case ColumnType.TEXT:
            return pick.choice((None, *TEXTS))
        case _:
            raise AssertionError(name)


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


def _variant(pick: random.Random, number: int) -> dict[str, object]:
    allele_number = pick.choice((0, 20))
    return {
        "variant": number,
        "contig": "1",
        "position": 1000 + 10 * number,
        "ref": "A",
        "alt": "G",
        "rsid": f"rs{number}" if number % 3 else None,
        "gene": pick.choice((None, *GENES)),
        "consequence": pick.choice((None, "missense_variant", "stop_gained")),
        "hgvs_c": f"ENST1:c.{number}A>G",
        "lof": pick.choice((None, "HC", "LC")),
        "clinvar": pick.choice((None, "benign", "pathogenic")),
        "af_external": pick.choice((None, 0.0001, 0.01, 0.3)),
        "filter": pick.choice((None, "LowQual")),
        "allele_count": pick.randrange(allele_number + 1),
        "allele_number": allele_number,
        "homozygotes": 0,
        "missing_calls": 0,
    }
