"""What is known of people, on the person axis, and conditions on the person of an entry."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.release import Release
from engine.kernels.calendar import Calendar, ages, birthdays, codes_of, date_codes, new_years, year_differences
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows
from engine.logical.nodes import PersonConcept, PersonRange, PersonText, PersonUnrecorded
from engine.physical.entries import Truth
from engine.targets.kernels.matching import in_range, is_concept_in, is_text_in
from engine.targets.kernels.records import frozen
from engine.targets.kernels.values import Codes, Values, known, plain
from schemas.fields import PERSON_FIELDS, Kind, PersonField
from schemas.release import PERSON
from schemas.sex import SEX_CONCEPTS

PersonAtom = PersonRange | PersonText | PersonConcept | PersonUnrecorded

_COLUMNS = ("gender_concept_id", "race_concept_id", "ethnicity_concept_id", "year_of_birth")
_MISSING = np.iinfo(np.int32).min
_FIRST_DAY, _DAYS = -36_525, 73_050
"""The calendar that is looked up: two centuries around 1970."""


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """Columns of N. Days of birth are date codes of the calendar; `region` are positions in `regions`, whose last is no
    region; `sex` are positions in `SEX_CONCEPTS`, or its length for no word; a concept that is null is the least int32.
    """

    gender: Days
    sex: npt.NDArray[np.int8]
    race: Days
    ethnicity: Days
    birth_year: Days
    born: Days
    region: npt.NDArray[np.int32]
    regions: npt.NDArray[np.object_]
    calendar: Calendar

    @staticmethod
    def load(release: Release) -> "PeopleTable":
        """Read `person.parquet`."""
        table = pq.read_table(release.file(PERSON.path), columns=[*_COLUMNS, "birth_date", "region"])
        numbers = [
            table[name].cast(pa.int32()).fill_null(pa.scalar(_MISSING, pa.int32())).to_numpy() for name in _COLUMNS
        ]
        born = table["birth_date"].cast(pa.int32()).to_numpy()
        coded = table["region"].combine_chunks().dictionary_encode()
        names = np.array([*coded.dictionary.to_pylist(), ""], object)
        region = coded.indices.fill_null(len(names) - 1).to_numpy()
        gender, race, ethnicity, year = (frozen(np.ascontiguousarray(column)) for column in numbers)
        codes = np.empty(_DAYS, np.int32)
        date_codes(_FIRST_DAY, codes)
        calendar, birthdays = Calendar(_FIRST_DAY, frozen(codes)), np.empty(born.size, np.int32)
        codes_of(frozen(np.ascontiguousarray(born)), calendar, birthdays)
        return PeopleTable(gender, _sexes(gender), race, ethnicity, year, frozen(birthdays), region, names, calendar)

    def ages(self, person: People, days: Days, *, by_year: bool) -> Days:
        """Completed years of age on the days, or the difference of calendar years."""
        out = np.empty(person.size, np.int32)
        if by_year:
            year_differences(frozen(person), self.birth_year, frozen(days), self.calendar, out)
        else:
            ages(frozen(person), self.born, frozen(days), self.calendar, out)
        return out

    def birthdays(self, person: People, years: int, *, by_year: bool) -> Rows:
        """The first day on which each is so many years old, or on which the calendar years differ by as many."""
        out = np.empty(person.size, np.int64)
        if by_year:
            new_years(frozen(person), self.birth_year, years, out)
        else:
            birthdays(frozen(person), self.born, years, out)
        return out

    def concept(self, field: PersonField, person: People, *, zero_is_value: bool) -> Values:
        """Gender, race or ethnicity of people."""
        columns = {
            PersonField.GENDER: self.gender,
            PersonField.RACE: self.race,
            PersonField.ETHNICITY: self.ethnicity,
        }
        values = plain(columns[field][person])
        return values if zero_is_value else values.without_zero()

    def text(self, field: PersonField, person: People) -> Values:
        """The region of people, or the word for their sex."""
        if field is PersonField.REGION:
            missing = np.zeros(self.regions.size, np.bool_)
            missing[-1] = True
            return Values(self.regions, missing, Codes.of(self.region[person]))
        words = np.array([*SEX_CONCEPTS, ""], object)
        return Values(words, words == "", Codes.of(self.sex[person]))


def _sexes(gender: Days) -> npt.NDArray[np.int8]:
    codes = np.full(gender.size, len(SEX_CONCEPTS), np.int8)
    for code, concept in enumerate(SEX_CONCEPTS.values()):
        codes[gender == concept] = code
    return frozen(codes)


def person_truth(atom: PersonAtom, person: People, start: Days, end: Days, table: PeopleTable) -> Truth:
    """The condition on entries of these people, from their first to their last days."""
    match atom:
        case PersonRange(field=field, test=test, by_year=by_year):
            return in_range(_comparable(field, person, start, end, table, by_year=by_year), test)
        case PersonText(field=field, values=values):
            return is_text_in(table.text(field, person), values)
        case PersonConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
            return is_concept_in(table.concept(field, person, zero_is_value=zero_is_value), concepts)
        case PersonUnrecorded(field=field, zero_is_value=zero_is_value):
            is_concept = PERSON_FIELDS[field][0] is Kind.CONCEPT
            values = (
                table.concept(field, person, zero_is_value=zero_is_value) if is_concept else table.text(field, person)
            )
            return values.is_missing().astype(np.int8)
        case _:
            assert_never(atom)


def _comparable(
    field: PersonField, person: People, start: Days, end: Days, table: PeopleTable, *, by_year: bool
) -> Values:
    match field:
        case PersonField.AGE:
            return known(table.ages(person, start, by_year=by_year))
        case PersonField.INDEX_DATE:
            return known(start)
        case PersonField.INDEX_END_DATE:
            return known(end)
        case _:
            return known(table.birth_year[person])
