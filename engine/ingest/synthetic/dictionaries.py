"""Tables that describe rather than record: vocabulary, survey dictionary, places."""

import datetime

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.arrow import write_rows
from engine.ingest.synthetic.circumstances import LOCATIONS_A_REGION
from engine.ingest.synthetic.concepts import ENGLISH, KOREAN, QUESTION_CONCEPT_BASE, Concept, all_concepts
from engine.ingest.synthetic.questions import QUESTIONS
from engine.ingest.synthetic.regions import REGIONS
from engine.ingest.synthetic.visits import PROVIDERS_A_SITE, SITES_A_REGION
from schemas.release import (
    CARE_SITE,
    CONCEPT,
    CONCEPT_ANCESTOR,
    CONCEPT_RELATIONSHIP,
    CONCEPT_SYNONYM,
    LOCATION,
    PROVIDER,
    REGION,
    SURVEY_OPTION,
    SURVEY_QUESTION,
)
from schemas.tables import TableSpec

_SPECIALTIES = (38004456, 38004453, 38004451, 38004447)
_HOSPITAL, _CLINIC, _SCREENING_CENTRE = 8717, 8940, 38004693


def write_dictionaries(builder: ReleaseBuilder) -> None:
    """Write vocabulary, survey dictionary and places: the same for every synthetic release."""
    _write_vocabulary(builder)
    _write_survey(builder)
    _write_places(builder)


def _write(builder: ReleaseBuilder, table: TableSpec, rows: list[tuple[object, ...]], *names: str) -> None:
    columns = zip(*rows, strict=True)
    write_rows(builder.path(table), table, dict(zip(names, map(list, columns), strict=True)))


def _write_vocabulary(builder: ReleaseBuilder) -> None:
    concepts = all_concepts()
    valid = (datetime.date(1970, 1, 1), datetime.date(2099, 12, 31))
    _write(builder, CONCEPT, [
        (row.concept_id, row.name, row.domain, row.vocabulary, row.concept_class, row.standard, row.code, *valid)
        for row in concepts],
        "concept_id", "concept_name", "domain_id", "vocabulary_id", "concept_class_id", "standard_concept",
        "concept_code", "valid_start_date", "valid_end_date")  # fmt: skip
    _write(builder, CONCEPT_ANCESTOR, sorted(ancestors(concepts)), "ancestor_concept_id", "descendant_concept_id")
    _write(builder, CONCEPT_RELATIONSHIP, sorted(_relationships(concepts)),
           "relationship_id", "concept_id_1", "concept_id_2")  # fmt: skip
    labels: list[tuple[object, ...]] = []
    for row in concepts:
        labels.append((row.concept_id, row.name, ENGLISH))
        if row.korean:
            labels.append((row.concept_id, row.korean, KOREAN))
    _write(builder, CONCEPT_SYNONYM, labels, "concept_id", "concept_synonym_name", "language_concept_id")


def ancestors(concepts: tuple[Concept, ...]) -> set[tuple[int, int]]:
    """(ancestor, descendant) of every standard and classification concept, each with itself."""
    parents = {row.concept_id: row.parents for row in concepts}
    pairs = set()
    for row in concepts:
        pending = [row.concept_id] if row.standard else []
        while pending:
            above = pending.pop()
            pairs.add((above, row.concept_id))
            pending.extend(parents[above])
    return pairs


def _relationships(concepts: tuple[Concept, ...]) -> set[tuple[str, int, int]]:
    rows = set()
    for row in concepts:
        standard = row.maps_to or (row.concept_id if row.standard == "S" else None)
        if standard:
            rows |= {("Maps to", row.concept_id, standard), ("Mapped from", standard, row.concept_id)}
        for parent in row.parents:
            rows |= {("Is a", row.concept_id, parent), ("Subsumes", parent, row.concept_id)}
    return rows


def _write_survey(builder: ReleaseBuilder) -> None:
    _write(
        builder,
        SURVEY_QUESTION,
        [
            (row.id, row.survey, row.kind, row.label, row.korean, row.unit, QUESTION_CONCEPT_BASE + number)
            for number, row in enumerate(QUESTIONS)
        ],
        "question_id",
        "survey_id",
        "kind",
        "label",
        "label_ko",
        "unit",
        "concept_id",
    )
    _write(builder, SURVEY_OPTION, [
        (row.id, option.answer, position, option.label, option.korean)
        for row in QUESTIONS for position, option in enumerate(row.options, 1)],
        "question_id", "answer", "position", "label", "label_ko")  # fmt: skip


def _write_places(builder: ReleaseBuilder) -> None:
    _write(builder, REGION, [(name,) for name in sorted(region.name for region in REGIONS)], "region")
    _write(
        builder,
        LOCATION,
        [
            (LOCATIONS_A_REGION * number + place, district, region.name, region.concept_id)
            for number, region in enumerate(REGIONS)
            for place, district in enumerate(region.districts, 1)
        ],
        "location_id",
        "city",
        "state",
        "region_concept_id",
    )
    _write(
        builder,
        CARE_SITE,
        [
            (
                number * SITES_A_REGION + place + 1,
                f"{region.name} {_site_name(place)}",
                _site_kind(place),
                number * LOCATIONS_A_REGION + 1,
            )
            for number, region in enumerate(REGIONS)
            for place in range(SITES_A_REGION)
        ],
        "care_site_id",
        "care_site_name",
        "place_of_service_concept_id",
        "location_id",
    )
    providers = len(REGIONS) * SITES_A_REGION * PROVIDERS_A_SITE
    _write(builder, PROVIDER, [
        (number + 1, _SPECIALTIES[number % PROVIDERS_A_SITE], number // PROVIDERS_A_SITE + 1)
        for number in range(providers)],
        "provider_id", "specialty_concept_id", "care_site_id")  # fmt: skip


def _site_name(place: int) -> str:
    if place == 0:
        return "Tertiary Hospital"
    if place <= 2:
        return f"General Hospital {place}"
    return "Health Screening Centre" if place == SITES_A_REGION - 1 else f"Clinic {place - 2}"


def _site_kind(place: int) -> int:
    if place <= 2:
        return _HOSPITAL
    return _SCREENING_CENTRE if place == SITES_A_REGION - 1 else _CLINIC
