"""Conditions combined in SQL, whose `AND`, `OR` and `NOT` are Kleene's: null is unknown."""

from collections.abc import Mapping

from sqlglot import exp

from cohort_dsl.ast import CountOperator
from engine.logical.nodes import Atom, Condition, CountOf, Every, IsUnknown, Negation, Some
from engine.targets.duckdb.sql import Parameters

COUNTS: dict[CountOperator, type[exp.Binary]] = {
    CountOperator.AT_LEAST: exp.GTE,
    CountOperator.AT_MOST: exp.LTE,
    CountOperator.EXACTLY: exp.EQ,
}


def kleene(condition: Condition, truth: Mapping[Atom, exp.Expr], parameters: Parameters) -> exp.Expr:
    """The condition as one Boolean expression over the truth of its atoms."""

    def parts_of(parts: tuple[Condition, ...]) -> list[exp.Expr]:
        return [exp.paren(kleene(part, truth, parameters), copy=False) for part in parts]

    match condition:
        case Every(parts=parts):
            return exp.and_(exp.true(), *parts_of(parts), copy=False)
        case Some(parts=parts):
            return exp.or_(exp.false(), *parts_of(parts), copy=False)
        case CountOf(parts=parts):
            return _count(condition, parts_of(parts), parameters)
        case Negation(part=part):
            return exp.not_(exp.paren(kleene(part, truth, parameters), copy=False), copy=False)
        case IsUnknown(part=part):
            return exp.Is(this=exp.paren(kleene(part, truth, parameters), copy=False), expression=exp.null())
        case atom:
            return truth[atom].copy()


def _count(condition: CountOf, parts: list[exp.Expr], parameters: Parameters) -> exp.Expr:
    """True or false as soon as the unknown parts cannot change it any more."""
    low, high = _sum(parts, exp.false()), _sum(parts, exp.true())
    number = parameters.bind(condition.number, "INTEGER")
    match condition.operator:
        case CountOperator.AT_LEAST:
            true, false = low >= number, high < number
        case CountOperator.AT_MOST:
            true, false = high <= number, low > number
        case CountOperator.EXACTLY:
            true = exp.and_(low.eq(number), high.eq(number), copy=True)
            false = exp.or_(low > number, high < number, copy=True)
    return exp.Case().when(true, exp.true(), copy=False).when(false, exp.false(), copy=False)


def _sum(parts: list[exp.Expr], unknown: exp.Expr) -> exp.Expr:
    """How many parts are true if every unknown one turns out as given."""
    total: exp.Expr = exp.Literal.number(0)
    for part in parts:
        decided = exp.func("coalesce", part.copy(), unknown.copy(), copy=False)
        total = exp.Add(this=total, expression=exp.Cast(this=decided, to=exp.DataType.build("INTEGER")))
    return exp.paren(total, copy=False)
