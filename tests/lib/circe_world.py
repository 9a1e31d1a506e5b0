"""Small random OMOP CDM 5.4 data sets in which every part of a Circe definition has something to decide.

About 30 people with few concepts and few days, so that windows end exactly on events, visits are shared, values lie
on the limits asked for, and some of everything is missing, invalid, unknown to the vocabulary, or of somebody else.
The same seed gives the same tables.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

PEOPLE = 30
BASES = (datetime.date(2010, 1, 1), datetime.date(2011, 6, 15), datetime.date(2012, 2, 29))
"""Each person's events lie around one of these days, at one of these distances."""
OFFSETS = (0, 0, 0, 1, 1, -1, 7, -7, 30, -30, 31, -31, 90, -90, 180, 365, -365)
DATES = tuple(base + datetime.timedelta(days) for base in BASES for days in (0, 1, -1, 30, -90, 365))
"""Days a definition should ask about."""
LENGTHS = (0, 1, 7, 30, 31, 90, 365)
COUNTS = (0, 1, 2, 3)
VALUES = (0.0, 1.0, 2.0, 2.5, 5.0, 7.0, 10.0)
BIRTHS = (1950, 1951, 1980, 1992, 2000)
TEXTS = ("", "completed", "completed early", "Complete", "o'brien", "10%", "a_b", "axb")

FAMILIES = {
    name: 1000 * number
    for number, name in enumerate(
        ("condition", "drug", "procedure", "measurement", "observation", "device", "visit", "visit_detail", "cause",
         "specimen", "period", "payer", "plan", "sponsor", "cover_stop", "region", "type", "status", "route",
         "dose_unit", "unit", "operator", "value", "qualifier", "modifier", "site", "disease", "specialty", "place",
         "gender", "race", "ethnicity"),
        start=1,
    )
}  # fmt: skip
"""Kind of concept -> the first id of its family: the root, 1 and 2 its children, 3 a child of 1, 4 an invalid child,
5 and 6 source concepts of 1 and 3 (the second by a relation no longer valid), 7 in no vocabulary but mapped to 2."""
STANDARD, SOURCE, UNLISTED = (0, 1, 2, 3, 4), (5, 6), 7
_ANCESTORS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (0, 1), (0, 2), (0, 3), (0, 4), (1, 3))
HIGH, LOW = 4155142, 4155143
"""The results Circe's abnormal test knows."""

Row = dict[str, object]


def write_world(folder: Path, seed: int) -> Path:
    """The tables of the seed as Parquet files in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in world(seed).items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        pq.write_table(
            pa.table({column: pa.array([row.get(column) for row in rows], _type(column)) for column in columns}),
            folder / f"{name}.parquet",
        )
    return folder


def world(seed: int) -> Mapping[str, list[Row]]:
    """Table -> rows."""
    return _World(seed).tables


def _type(column: str) -> pa.DataType:
    if column.endswith("_date"):
        return pa.date32()
    if column in ("value_as_number", "range_low", "range_high", "effective_drug_dose", "dose_value"):
        return pa.float64()
    if column == "quantity":
        return pa.float64()
    if column.endswith(("_id", "_id_1", "_id_2")) and column not in _TEXT_IDS:
        return pa.int64()
    if column in ("year_of_birth", "month_of_birth", "day_of_birth", "refills", "days_supply", "gap_days") or (
        column.endswith("_count")
    ):
        return pa.int32()
    return pa.string()


_TEXT_IDS = ("domain_id", "vocabulary_id", "concept_class_id", "relationship_id", "unique_device_id",
             "specimen_source_id")  # fmt: skip


class _World:
    """Fills `tables` from one stream of random numbers. Keys of events are unique across tables, and larger than those of
    deaths (a person's number) and residences, so that which of two events comes first is settled."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.key = 1000
        self.tables: dict[str, list[Row]] = {}
        self._vocabulary()
        self._places()
        people = [11 + 3 * number for number in range(PEOPLE)]
        base = {person: self.random.choice(BASES) for person in people}
        for person in people:
            self._person(person, base[person])
        visits = [(row["person_id"], row["visit_occurrence_id"]) for row in self.tables["visit_occurrence"]]
        for person in people:
            own = [visit for of, visit in visits if of == person]
            self._events(person, base[person], own, self.random.choice(visits)[1])

    # --- what is drawn

    def _some(self, *values: object, missing: float = 0.0) -> object:
        return None if self.random.random() < missing else self.random.choice(values)

    def _concept(self, family: str, *, missing: float = 0.15) -> object:
        """A concept of a field: mostly of the family, sometimes 0, sometimes missing."""
        first = FAMILIES[family]
        return self._some(first, first + 1, first + 1, first + 2, first + 3, first + 4, 0, missing=missing)

    def _main(self, family: str) -> int:
        """The concept an event is of: never missing."""
        first = FAMILIES[family]
        return self.random.choice((first, first + 1, first + 1, first + 2, first + 3, first + 4, first + UNLISTED, 0))

    def _source(self, family: str) -> object:
        first = FAMILIES[family]
        return self._some(first + 5, first + 6, first + UNLISTED, first + 1, 0, missing=0.2)

    def _day(self, base: datetime.date) -> datetime.date:
        if self.random.random() < 0.1:
            base = self.random.choice(BASES)
        return base + datetime.timedelta(self.random.choice(OFFSETS))

    def _end(self, start: datetime.date, *, missing: float = 0.0) -> datetime.date | None:
        """Some days later; now and then, as in real data, before the start."""
        if self.random.random() < missing:
            return None
        return start + datetime.timedelta(self.random.choice((*LENGTHS, *LENGTHS, *LENGTHS, -1)))

    def _add(self, table: str, **row: object) -> None:
        self.tables.setdefault(table, []).append(row)

    def _next(self) -> int:
        self.key += 1
        return self.key

    # --- tables that belong to nobody

    def _vocabulary(self) -> None:
        for concept in (0, HIGH, LOW):
            self._listed(concept, "none", invalid=None)
        for name, first in FAMILIES.items():
            for member in (*STANDARD, *SOURCE):
                self._listed(first + member, name, invalid="U" if member == 4 else None)
            for ancestor, descendant in _ANCESTORS:
                self._add("concept_ancestor", ancestor_concept_id=first + ancestor,
                          descendant_concept_id=first + descendant)  # fmt: skip
            for source, target, invalid in ((5, 1, None), (6, 3, "D"), (UNLISTED, 2, None), (1, 1, None)):
                self._add("concept_relationship", concept_id_1=first + source, concept_id_2=first + target,
                          relationship_id="Maps to", invalid_reason=invalid)  # fmt: skip
            self._add("concept_relationship", concept_id_1=first + 5, concept_id_2=first + 2,
                      relationship_id="Is a", invalid_reason=None)  # fmt: skip

    def _listed(self, concept: int, family: str, *, invalid: str | None) -> None:
        self._add("concept", concept_id=concept, concept_name=f"{family} {concept}", domain_id=family,
                  vocabulary_id="Oracle", concept_class_id="Oracle", standard_concept=None if invalid else "S",
                  concept_code=str(concept), invalid_reason=invalid)  # fmt: skip

    def _places(self) -> None:
        for key in range(1, 7):
            self._add("location", location_id=key, region_concept_id=self._concept("region"))
        for key in range(1, 4):
            self._add(
                "care_site", care_site_id=key, place_of_service_concept_id=self._concept("place"), location_id=key
            )
            self._add("provider", provider_id=key, specialty_concept_id=self._concept("specialty"))

    # --- tables that come before visits are known

    def _person(self, person: int, base: datetime.date) -> None:
        self._add("person", person_id=person, gender_concept_id=self._concept("gender", missing=0),
                  year_of_birth=self.random.choice(BIRTHS), month_of_birth=self._some(1, 6, 12, missing=0.3),
                  day_of_birth=self._some(1, 28, missing=0.3),
                  race_concept_id=self._concept("race", missing=0),
                  ethnicity_concept_id=self._concept("ethnicity", missing=0))  # fmt: skip
        for start, end in self._periods(base):
            self._add("observation_period", observation_period_id=self._next(), person_id=person,
                      observation_period_start_date=start, observation_period_end_date=end,
                      period_type_concept_id=self._main("period"))  # fmt: skip
        for _ in range(self.random.randrange(5)):
            start = self._day(base)
            self._add("visit_occurrence", visit_occurrence_id=self._next(), person_id=person,
                      visit_concept_id=self._main("visit"), visit_start_date=start, visit_end_date=self._end(start),
                      visit_type_concept_id=self._concept("type", missing=0),
                      visit_source_concept_id=self._source("visit"), provider_id=self._some(1, 2, 3, 9, missing=0.3),
                      care_site_id=self._some(1, 2, 3, 9, missing=0.3))  # fmt: skip

    def _periods(self, base: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
        """Disjoint spans of observation; limits fall on days of events, some spans touch, some people have none."""
        first = datetime.date(2000, 1, 1)
        last = self.random.choice((datetime.date(2020, 12, 31), self._day(base)))
        cuts = sorted({self._day(base) for _ in range(self.random.choice((0, 0, 1, 2, 3)))})
        spans = []
        for cut in cuts:
            if first < cut:
                spans.append((first, cut - datetime.timedelta(1)))
                first = cut + datetime.timedelta(self.random.choice((0, 0, 0, 1, 30)))
        spans.append((first, last))
        return [span for span in spans if span[0] <= span[1] and self.random.random() < 0.9]

    # --- events

    def _events(self, person: int, base: datetime.date, visits: list[object], others: object) -> None:
        for table, least, most, make in (
            ("condition_occurrence", 3, 9, self._condition), ("drug_exposure", 2, 8, self._drug),
            ("procedure_occurrence", 1, 5, self._procedure), ("measurement", 2, 6, self._measurement),
            ("observation", 1, 5, self._observation), ("device_exposure", 0, 4, self._device),
            ("visit_detail", 0, 4, self._visit_detail), ("specimen", 0, 3, self._specimen),
            ("condition_era", 0, 4, self._condition_era), ("drug_era", 0, 4, self._drug_era),
            ("dose_era", 0, 3, self._dose_era),
        ):  # fmt: skip
            for _ in range(self.random.randint(least, most)):
                day = self._day(base)
                self._add(table, person_id=person, **make(day))
                if table in _IN_VISITS:
                    self.tables[table][-1] |= self._context(visits, others)
        if self.random.random() < 0.4:
            self._add("death", person_id=person, death_date=self._day(base), death_type_concept_id=self._concept("type"),
                      cause_concept_id=self._concept("cause"), cause_source_concept_id=self._source("cause"))  # fmt: skip
        # Two plans that start on one day would be first by the order of the file alone.
        for day in sorted({self._day(base) for _ in range(self.random.randrange(4))}):
            self._add("payer_plan_period", person_id=person, **self._plan(day))
        for _ in range(self.random.randrange(3)):
            day = self._day(base)
            # CDM 5.4 has no location_history; without these columns OHDSI's SQL for LocationRegion does not run. A release
            # drops its key and numbers the rows, so the key is the number here.
            number = len(self.tables.get("location_history", ())) + 1
            self._add("location_history", location_history_id=number, entity_id=person, domain_id="PERSON",
                      location_id=self.random.randint(1, 6), start_date=day, end_date=self._end(day, missing=0.4))  # fmt: skip

    def _context(self, visits: list[object], others: object) -> Row:
        """The visit an event belongs to: none, one of the person, or by mistake one of somebody else."""
        visit = self._some(*visits, *visits, others, missing=0.2) if visits else self._some(others, missing=0.8)
        return {"visit_occurrence_id": visit, "provider_id": self._some(1, 2, 3, 9, missing=0.2)}

    def _condition(self, day: datetime.date) -> Row:
        return {
            "condition_occurrence_id": self._next(), "condition_concept_id": self._main("condition"),
            "condition_start_date": day, "condition_end_date": self._end(day, missing=0.4),
            "condition_type_concept_id": self._concept("type", missing=0),
            "condition_status_concept_id": self._concept("status"), "stop_reason": self._some(*TEXTS, missing=0.3),
            "condition_source_concept_id": self._source("condition"),
        }  # fmt: skip

    def _drug(self, day: datetime.date) -> Row:
        return {
            "drug_exposure_id": self._next(), "drug_concept_id": self._main("drug"),
            "drug_exposure_start_date": day, "drug_exposure_end_date": self._end(day, missing=0.5),
            "drug_type_concept_id": self._concept("type", missing=0), "stop_reason": self._some(*TEXTS, missing=0.3),
            "refills": self._some(*COUNTS, missing=0.2), "quantity": self._some(*VALUES, missing=0.2),
            "days_supply": self._some(0, 1, 7, 30, missing=0.3), "route_concept_id": self._concept("route"),
            "effective_drug_dose": self._some(*VALUES, missing=0.3), "dose_unit_concept_id": self._concept("dose_unit"),
            "lot_number": self._some(*TEXTS, missing=0.3), "drug_source_concept_id": self._source("drug"),
        }  # fmt: skip

    def _procedure(self, day: datetime.date) -> Row:
        return {
            "procedure_occurrence_id": self._next(), "procedure_concept_id": self._main("procedure"),
            "procedure_date": day, "procedure_end_date": self._end(day, missing=0.4),
            "procedure_type_concept_id": self._concept("type", missing=0),
            "modifier_concept_id": self._concept("modifier"), "quantity": self._some(*map(float, COUNTS), missing=0.2),
            "procedure_source_concept_id": self._source("procedure"),
        }  # fmt: skip

    def _measurement(self, day: datetime.date) -> Row:
        return {
            "measurement_id": self._next(), "measurement_concept_id": self._main("measurement"),
            "measurement_date": day, "measurement_type_concept_id": self._concept("type", missing=0),
            "operator_concept_id": self._concept("operator"), "value_as_number": self._some(*VALUES, missing=0.2),
            "value_as_concept_id": self._some(HIGH, LOW, self._concept("value"), missing=0.2),
            "unit_concept_id": self._concept("unit"), "range_low": self._some(0.0, 1.0, 2.5, missing=0.2),
            "range_high": self._some(0.0, 5.0, 7.0, missing=0.2),
            "measurement_source_concept_id": self._source("measurement"),
        }  # fmt: skip

    def _observation(self, day: datetime.date) -> Row:
        return {
            "observation_id": self._next(), "observation_concept_id": self._main("observation"),
            "observation_date": day, "observation_type_concept_id": self._concept("type", missing=0),
            "value_as_number": self._some(*VALUES, missing=0.3), "value_as_string": self._some(*TEXTS, missing=0.3),
            "value_as_concept_id": self._concept("value"), "qualifier_concept_id": self._concept("qualifier"),
            "unit_concept_id": self._concept("unit"), "observation_source_concept_id": self._source("observation"),
        }  # fmt: skip

    def _device(self, day: datetime.date) -> Row:
        return {
            "device_exposure_id": self._next(), "device_concept_id": self._main("device"),
            "device_exposure_start_date": day, "device_exposure_end_date": self._end(day, missing=0.4),
            "device_type_concept_id": self._concept("type", missing=0),
            "unique_device_id": self._some(*TEXTS, missing=0.3), "quantity": self._some(*map(float, COUNTS), missing=0.2),
            "device_source_concept_id": self._source("device"),
        }  # fmt: skip

    def _visit_detail(self, day: datetime.date) -> Row:
        return {
            "visit_detail_id": self._next(), "visit_detail_concept_id": self._main("visit_detail"),
            "visit_detail_start_date": day, "visit_detail_end_date": self._end(day),
            "visit_detail_type_concept_id": self._concept("type", missing=0),
            "visit_detail_source_concept_id": self._source("visit_detail"),
            "care_site_id": self._some(1, 2, 3, 9, missing=0.3),
        }  # fmt: skip

    def _specimen(self, day: datetime.date) -> Row:
        return {
            "specimen_id": self._next(), "specimen_concept_id": self._main("specimen"), "specimen_date": day,
            "specimen_type_concept_id": self._concept("type", missing=0), "quantity": self._some(*VALUES, missing=0.2),
            "unit_concept_id": self._concept("unit"), "anatomic_site_concept_id": self._concept("site"),
            "disease_status_concept_id": self._concept("disease"), "specimen_source_id": self._some(*TEXTS, missing=0.3),
        }  # fmt: skip

    def _condition_era(self, day: datetime.date) -> Row:
        return {
            "condition_era_id": self._next(), "condition_concept_id": self._main("condition"),
            "condition_era_start_date": day, "condition_era_end_date": self._end(day),
            "condition_occurrence_count": self._some(*COUNTS, missing=0.1),
        }  # fmt: skip

    def _drug_era(self, day: datetime.date) -> Row:
        return {
            "drug_era_id": self._next(), "drug_concept_id": self._main("drug"), "drug_era_start_date": day,
            "drug_era_end_date": self._end(day), "drug_exposure_count": self._some(*COUNTS, missing=0.1),
            "gap_days": self._some(*LENGTHS, missing=0.1),
        }  # fmt: skip

    def _dose_era(self, day: datetime.date) -> Row:
        return {
            "dose_era_id": self._next(), "drug_concept_id": self._main("drug"), "dose_era_start_date": day,
            "dose_era_end_date": self._end(day), "unit_concept_id": self._concept("unit"),
            "dose_value": self._some(*VALUES, missing=0.1),
        }  # fmt: skip

    def _plan(self, day: datetime.date) -> Row:
        row: Row = {
            "payer_plan_period_id": self._next(), "payer_plan_period_start_date": day,
            "payer_plan_period_end_date": self._end(day),
        }  # fmt: skip
        for column, family in (("payer", "payer"), ("plan", "plan"), ("sponsor", "sponsor"),
                               ("stop_reason", "cover_stop")):  # fmt: skip
            row[f"{column}_concept_id"] = self._concept(family)
            row[f"{column}_source_concept_id"] = self._source(family)
        return row


_IN_VISITS = ("condition_occurrence", "drug_exposure", "procedure_occurrence", "measurement", "observation",
              "device_exposure", "visit_detail")  # fmt: skip
