"""Fields of events as columns: which a scan has to bring along, and what each is worth in an expression."""

from collections.abc import Iterable

import polars as pl

from engine.targets.polars.expressions import calendar_years, completed_years
from engine.targets.polars.tables import ReleaseTables
from schemas.fields import FIELDS, Field, FieldSpec, Kind, Lookup
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import CARE_SITE, LOCATION, PERSON, PROVIDER
from schemas.tables import TableSpec

_LOOKUP_TABLES: dict[str, TableSpec] = {
    "visit": EVENT_TABLES[Domain.VISIT],
    **{table.name: table for table in (PROVIDER, CARE_SITE, LOCATION, PERSON)},
}
_OF_DAYS = (Field.DATE, Field.END_DATE, Field.DURATION)
_AGES = {Field.AGE: "start", Field.AGE_AT_END: "end"}


def carried_columns(fields: Iterable[Field]) -> tuple[str, ...]:
    """The columns a relation needs beside its days so that each field has a value; sorted."""
    names: set[str] = set()
    for field in fields:
        if field in _AGES:
            names.update(("born", "year_of_birth"))
        elif field not in _OF_DAYS:
            names.add(_column(field))
    return tuple(sorted(names))


def with_fields(frame: pl.LazyFrame, domain: Domain, fields: Iterable[Field], tables: ReleaseTables) -> pl.LazyFrame:
    """Rows of an event table with the columns that `carried_columns` names."""
    wanted = sorted(set(fields) - set(_OF_DAYS), key=lambda field: field.value)
    if any(field in _AGES for field in wanted):
        born = tables.people.lazy().select("person", "born", "year_of_birth")
        frame = frame.join(born, on="person", how="left")
    for field in wanted:
        if field in _AGES:
            continue
        spec = FIELDS[field]
        if spec.lookup is not None:
            frame = _joined(frame, spec.lookup, _column(field), tables)
        else:
            frame = frame.with_columns(_stored(spec, domain).alias(_column(field)))
    return frame


def number(field: Field, *, by_year: bool = False) -> pl.Expr:
    """A number, a day number or days of duration; ages in completed years, or as difference of calendar years."""
    if field in _AGES:
        day = pl.col(_AGES[field])
        return calendar_years(pl.col("year_of_birth"), day) if by_year else completed_years(pl.col("born"), day)
    match field:
        case Field.DATE:
            return pl.col("start")
        case Field.END_DATE:
            return pl.col("end")
        case Field.DURATION:
            return pl.col("end") - pl.col("start")
        case _:
            return pl.col(_column(field))


def concept(field: Field, *, zero_is_value: bool = False) -> pl.Expr:
    """A concept id; null where missing, which 0 means too unless `zero_is_value`."""
    return present_concept(pl.col(_column(field)), zero_is_value=zero_is_value)


def present_concept(value: pl.Expr, *, zero_is_value: bool) -> pl.Expr:
    """The concept id, null for 0 unless `zero_is_value`."""
    return value if zero_is_value else pl.when(value != 0).then(value)


def text(field: Field) -> pl.Expr:
    """A text; null where missing."""
    return pl.col(_column(field))


def value_of(field: Field, *, zero_is_value: bool = False) -> pl.Expr:
    """The field's value whatever its kind; null where missing."""
    if FIELDS[field].kind is Kind.CONCEPT:
        return concept(field, zero_is_value=zero_is_value)
    return number(field)


def _column(field: Field) -> str:
    return f"field_{field.name.lower()}"


def _stored(spec: FieldSpec, domain: Domain) -> pl.Expr:
    name = spec.column(domain)
    assert name is not None, "the plan checked that the domain has the field"
    if spec.divisor is None:
        return pl.col(name)
    divisor = pl.col(spec.divisor)
    return pl.col(name) / pl.when(divisor != 0).then(divisor)


def _joined(frame: pl.LazyFrame, lookup: Lookup, name: str, tables: ReleaseTables) -> pl.LazyFrame:
    """The frame with what the lookup leads to as column `name`."""
    other = tables.scan(_LOOKUP_TABLES[lookup.table])
    keys = [pl.col(lookup.table_key).alias("key")]
    on = [(lookup.key, "key")]
    if lookup.same_person:
        keys.append(pl.col("person").alias("key_person"))
        on.append(("person", "key_person"))
    if lookup.then is None:
        found = other.select(*keys, pl.col(lookup.column).alias(name))
    else:
        own = ("person",) if lookup.same_person else ()
        further = _joined(other.select(lookup.table_key, lookup.then.key, *own), lookup.then, name, tables)
        found = further.select(*keys, name)
    return frame.join(found, left_on=[here for here, _ in on], right_on=[there for _, there in on], how="left")
