"""Stored fields of events as SQL columns; ages, dates and durations are made from the common columns instead."""

from sqlglot import exp

from engine.targets.duckdb.sql import column, left_join, table
from schemas.fields import FIELDS, Field, FieldSpec, Lookup
from schemas.omop import Domain

_DERIVED = frozenset((Field.AGE, Field.AGE_AT_END, Field.DATE, Field.END_DATE, Field.DURATION))


def is_stored(field: Field) -> bool:
    """Whether the field is a column of some table, and not made from an event's first and last day."""
    return field not in _DERIVED


def field_column(field: Field) -> str:
    """The name a stored field has as a column of a relation."""
    return f"field_{field.name.lower()}"


def with_field(select: exp.Select, domain: Domain, field: Field) -> exp.Select:
    """A scan of the domain with one more column; joins the tables the field lives in where those are others."""
    spec = FIELDS[field]
    name = field_column(field)
    if spec.lookup is None:
        return select.select(exp.alias_(_own_column(spec, domain), name, copy=False), copy=False)
    value = column(spec.lookup.key, "t")
    step: Lookup | None = spec.lookup
    number = 0
    while step is not None:
        alias = f"lookup_{number}_{name}"
        same: exp.Expr = exp.EQ(this=column(step.table_key, alias), expression=value)
        if step.same_person:
            own = exp.EQ(this=column("person", alias), expression=column("person", "t"))
            same = exp.and_(same, own, copy=False)
        select = left_join(select, table(step.table, alias), same)
        value, step, number = column(step.column, alias), step.then, number + 1
    return select.select(exp.alias_(value, name, copy=False), copy=False)


def _own_column(spec: FieldSpec, domain: Domain) -> exp.Expr:
    name = spec.column(domain)
    assert name is not None, "the plan checked that the domain has the field"
    value = column(name, "t")
    if spec.divisor is None:
        return value
    divisor = exp.func("nullif", column(spec.divisor, "t"), exp.Literal.number(0), copy=False)
    return exp.Div(this=value, expression=divisor, typed=False, safe=False)
