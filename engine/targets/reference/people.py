"""What is known of a person, at an entry where it depends on one."""

from engine.targets.reference.calendar import Value
from engine.targets.reference.data import ReferenceData, as_int
from engine.targets.reference.events import EntryRow
from engine.targets.reference.fields import FieldReader
from schemas.fields import PERSON_FIELDS, Kind, PersonField
from schemas.sex import SEX_CONCEPTS

_CONCEPT_COLUMNS = {
    PersonField.GENDER: "gender_concept_id",
    PersonField.RACE: "race_concept_id",
    PersonField.ETHNICITY: "ethnicity_concept_id",
}
_SEX_OF = {concept: word for word, concept in SEX_CONCEPTS.items()}


class PersonReader:
    """Reads the fields of people."""

    def __init__(self, data: ReferenceData) -> None:
        self._people = data.people
        self._fields = FieldReader(data)

    def comparable(self, field: PersonField, entry: EntryRow, *, by_year: bool) -> Value:
        """The field as a number or a date to compare."""
        match field:
            case PersonField.AGE:
                return self._fields.age(entry.person, entry.start, by_year=by_year)
            case PersonField.INDEX_DATE:
                return entry.start
            case PersonField.INDEX_END_DATE:
                return entry.end
            case _:
                assert field is PersonField.BIRTH_YEAR
                return as_int(self._people[entry.person]["year_of_birth"])

    def text(self, field: PersonField, person: int) -> str | None:
        """Sex or region, absent where the source does not say."""
        row = self._people[person]
        if field is PersonField.SEX:
            return _SEX_OF.get(as_int(row["gender_concept_id"]))
        return None if row["region"] is None else str(row["region"])

    def concept(self, field: PersonField, person: int, *, zero_is_value: bool) -> int | None:
        """Gender, race or ethnicity, absent where it is null, or 0 unless that is a value."""
        value = self._people[person][_CONCEPT_COLUMNS[field]]
        return None if value is None or (value == 0 and not zero_is_value) else as_int(value)

    def is_unrecorded(self, field: PersonField, person: int, *, zero_is_value: bool) -> bool:
        """Whether the source does not say the gender, race, ethnicity, sex or region."""
        if PERSON_FIELDS[field][0] is Kind.CONCEPT:
            return self.concept(field, person, zero_is_value=zero_is_value) is None
        return self.text(field, person) is None
