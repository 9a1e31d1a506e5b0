"""The cases of OHDSI's own unit tests: a definition or a part of one, a tiny CDM, and the rows that come of it.

A case of the kind `cohort` is a whole definition. The others are parts, which are made whole here: a `criteria` is the
index of a definition; a `group` or a `window` qualifies index events, which are planted as exposures to a device (or
as conditions, where the case is about devices) with a concept of their own.
"""

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalog.release import Release
from schemas.release import PERSON, RELEASE_TABLES
from schemas.tables import ColumnType, TableSpec
from tests.conformance.corpus import Row
from tests.lib.releases import write_release

Json = dict[str, Any]
Found = Counter[tuple[object, ...]]
"""How often each event is found: source person id, then the columns the case names."""

PLANTED = 900_001
"""The concept of planted index events."""
_PLANTED_SET = 900
_BORN = 1970
"""The cases say 0 for the year of birth, and none of them asks for an age."""
_NOT_CARRIED = frozenset({
    "min_levels_of_separation", "max_levels_of_separation", "condition_start_datetime",
    "observation_period_start_datetime", "observation_period_end_datetime",
})  # fmt: skip
"""Columns of the cases that no definition asks for."""
_KEYS = frozenset({"event_id", "visit_occurrence_id", "sort_date"})
"""Columns of expected events that OHDSI's SQL hands on and a plan keeps to itself."""


@dataclass(frozen=True, slots=True)
class UnitCase:
    """One file of the cases."""

    kind: str
    given: Json

    @classmethod
    def read(cls, file: Path) -> "UnitCase":
        """The case of a file."""
        given = json.loads(file.read_text())
        return cls(given["kind"], given)

    @property
    def definition(self) -> Json:
        """The case as a whole definition."""
        match self.kind:
            case "cohort":
                return self.given["expression"]
            case "criteria":
                return self._whole(self.given["criteria"])
            case "group":
                return self._whole(self._index, self.given["criteria"])
            case _:
                counted = {**self.given["criteria"], "Occurrence": {"Type": 2, "Count": 1}}
                return self._whole(self._index, {"Type": "ALL", "CriteriaList": [counted]})

    @property
    def _index(self) -> Json:
        return {_plantable(self.given).criterion: {"CodesetId": _PLANTED_SET}}

    def _whole(self, index: Json, additional: Json | None = None) -> Json:
        made = {
            "ConceptSets": _concept_sets(self.given),
            "PrimaryCriteria": {
                "CriteriaList": [index],
                "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
                "PrimaryCriteriaLimit": {"Type": "All"},
            },
            "QualifiedLimit": {"Type": "All"},
            "ExpressionLimit": {"Type": "All"},
            "EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": 0}},
        }
        return made if additional is None else {**made, "AdditionalCriteria": additional}

    def release(self, root: Path) -> Release:
        """The case's CDM as a release, with its index events planted in it; rows of nobody are left out."""
        return write_release(root, dict(self._tables()))

    def _tables(self) -> Iterator[tuple[str, list[Json]]]:
        source: dict[str, list[Json]] = {**self.given["cdm"]}
        if "index_events" in self.given:
            kind = _plantable(self.given)
            source[kind.table] = [kind.row(number, event) for number, event in enumerate(self.given["index_events"], 1)]
            concept = {"concept_id": PLANTED, "concept_name": "index", "vocabulary_id": "", "concept_code": ""}
            source["concept"] = [*source["concept"], concept]
        people = {person: number for number, person in enumerate(sorted(row["person_id"] for row in source["person"]))}
        for table in RELEASE_TABLES:
            if table.source in source:
                rows = [row for row in source.pop(table.source) if row.get("person_id") in {None, *people}]
                yield table.name, [_row(table, row, people) for row in rows]
        assert not source, f"no table of a release for {set(source)}"

    @property
    def rows(self) -> list[Row]:
        """The rows of the cohort: of a group, those of the index events it holds for."""
        if self.kind == "cohort":
            return sorted(_stay(row) for row in self.given["expected"])
        events: dict[int, list[Json]] = {}
        for event in self.given["index_events"]:
            events.setdefault(event["subject_id"], []).append(event)
        return sorted(_stay(events[row["person_id"]][row["event_id"] - 1]) for row in self.given["expected"])

    @property
    def events(self) -> Found:
        """The events a criterion selects, or a window lets through."""
        return Counter(tuple(event[name] for name in self.columns) for event in self._events)

    @property
    def columns(self) -> tuple[str, ...]:
        """What is compared of each event."""
        return tuple(name for name in next(iter(self._events), {}) if name not in _KEYS)

    @property
    def _events(self) -> list[Json]:
        return self.given.get("expected_with_columns", self.given["expected"])


def _concept_sets(case: Json) -> list[Json]:
    """The sets of a case, those it uses and leaves empty among them, and the set of planted events."""
    members: dict[int, list[int]] = {number: [] for number in _used_sets(case["criteria"])}
    for row in case.get("codesets") or ():
        members.setdefault(row["codeset_id"], []).append(row["concept_id"])
    members[_PLANTED_SET] = [PLANTED]
    return [
        {
            "id": number,
            "name": f"set {number}",
            "expression": {"items": [{"concept": {"CONCEPT_ID": c}} for c in found]},
        }
        for number, found in members.items()
    ]


def _used_sets(value: Any) -> Iterable[int]:
    match value:
        case dict():
            own = {value["CodesetId"]} if "CodesetId" in value else set()
            return own.union(*(_used_sets(inner) for inner in value.values()))
        case list():
            return set().union(*(_used_sets(inner) for inner in value))
        case _:
            return ()


def _plantable(case: Json) -> "_Plantable":
    """A kind of event that the case has none of and does not ask for."""
    asked = json.dumps(case["criteria"])
    return next(kind for kind in _PLANTABLE if kind.table not in case["cdm"] and kind.criterion not in asked)


@dataclass(frozen=True, slots=True)
class _Plantable:
    """A kind of event with a start and an end: Circe's criterion, the table, and the prefixes of its columns."""

    criterion: str
    table: str
    concept: str
    dates: str

    def row(self, number: int, event: Json) -> Json:
        """An index event as a row of the table."""
        return {
            f"{self.table}_id": number,
            "person_id": event["subject_id"],
            f"{self.concept}_concept_id": PLANTED,
            f"{self.dates}_start_date": event["cohort_start_date"],
            f"{self.dates}_end_date": event["cohort_end_date"],
        }


_PLANTABLE = (
    _Plantable("DeviceExposure", "device_exposure", "device", "device_exposure"),
    _Plantable("ConditionOccurrence", "condition_occurrence", "condition", "condition"),
)


def _row(table: TableSpec, row: Json, people: Mapping[int, int]) -> Json:
    """A row of the CDM as one of the release."""
    made = {c.name: _value(c.type, row[c.source], people) for c in table.columns if c.source in row}
    lost = set(row) - {column.source for column in table.columns} - _NOT_CARRIED
    assert not lost, f"{table.name} has no place for {lost}"
    if table is PERSON:
        made |= {"person": people[row["person_id"]], "year_of_birth": _BORN, "birth_date": datetime.date(_BORN, 1, 1)}
    return made


def _value(type: ColumnType, value: Any, people: Mapping[int, int]) -> object:
    match type:
        case ColumnType.PERSON:
            return people[value]
        case ColumnType.DATE:
            return datetime.date.fromisoformat(value)
        case _:
            return value


def _stay(row: Json) -> Row:
    return row["subject_id"], row["cohort_start_date"], row["cohort_end_date"]
