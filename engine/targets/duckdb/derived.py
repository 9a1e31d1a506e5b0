"""Events that are no rows of a table: eras, gaps, answers, and values that rose or fell."""

from dataclasses import replace

from sqlglot import exp

from cohort_dsl.ast import RangeTest, TrendDirection
from engine.logical.nodes import AnswerScan, Trending
from engine.targets.duckdb.fields import field_column
from engine.targets.duckdb.sql import Parameters, cast, column, in_range, shift, table
from schemas.fields import Field

_NO_DETAILS = {"concept_id": exp.Literal.number(0), "visit": exp.null(), "visit_detail": exp.null()}


def eras_select(events: exp.Query, gap_days: int, parameters: Parameters) -> exp.Select:
    """Events joined while each starts at most `gap_days` after the latest end before it."""
    near = exp.Add(this=_latest_before("v", column("end_date", "v")), expression=parameters.bind(gap_days, "INTEGER"))
    continues = exp.LTE(this=column("start_date", "v"), expression=near)
    opens = exp.Case().when(continues, exp.Literal.number(0), copy=False).else_(exp.Literal.number(1))
    marked = exp.select(
        *(column(name, "v") for name in ("person", "start_date", "end_date")),
        exp.alias_(opens, "opens", copy=False),
        copy=False,
    ).from_(events.subquery("v", copy=False), copy=False)
    era = _over(exp.Sum(this=column("opens", "m")), "m", this_one=True)
    numbered = exp.select(
        *(column(name, "m") for name in ("person", "start_date", "end_date")),
        exp.alias_(cast(era, "BIGINT"), "event_id", copy=False),
        copy=False,
    ).from_(marked.subquery("m", copy=False), copy=False)
    start = exp.func("min", column("start_date", "w"), copy=False)
    end = exp.func("max", column("end_date", "w"), copy=False)
    return (
        exp.select(
            column("person", "w"),
            exp.alias_(start, "start_date", copy=False),
            exp.alias_(end, "end_date", copy=False),
            exp.alias_(start.copy(), "sort_date", copy=False),
            column("event_id", "w"),
            *no_details(),
            copy=False,
        )
        .from_(numbered.subquery("w", copy=False), copy=False)
        .group_by(column("person", "w"), column("event_id", "w"), copy=False)
    )


def gaps_select(events: exp.Query, at_least_days: int, parameters: Parameters) -> exp.Select:
    """The days strictly between the latest end of all earlier events and the next start, where there are enough. An
    event lasts one day at least, its first, though sources have some end before that."""
    lasting = exp.func("greatest", column("start_date", "v"), column("end_date", "v"), copy=False)
    one = exp.Literal.number(1)
    ends = exp.select(
        column("person", "v"),
        column("start_date", "v"),
        exp.alias_(_latest_before("v", lasting), "ended", copy=False),
        copy=False,
    ).from_(events.subquery("v", copy=False), copy=False)
    first = exp.Add(this=column("ended", "w"), expression=one)
    last = exp.Sub(this=column("start_date", "w"), expression=one.copy())
    days = exp.paren(exp.Sub(this=column("start_date", "w"), expression=column("ended", "w")), copy=False) - 1
    key = exp.Window(
        this=exp.func("row_number", copy=False),
        partition_by=[column("person", "w")],
        order=exp.Order(expressions=[exp.Ordered(this=column("start_date", "w"))]),
    )
    return (
        exp.select(
            column("person", "w"),
            exp.alias_(first, "start_date", copy=False),
            exp.alias_(last, "end_date", copy=False),
            exp.alias_(first.copy(), "sort_date", copy=False),
            exp.alias_(key, "event_id", copy=False),
            *no_details(),
            copy=False,
        )
        .from_(ends.subquery("w", copy=False), copy=False)
        .where(exp.GTE(this=days, expression=parameters.bind(at_least_days, "INTEGER")), copy=False)
    )


def answers_select(events: AnswerScan, parameters: Parameters) -> exp.Select:
    """Answers given, as events of one day; those that fit the test where there is one."""
    order = [exp.Ordered(this=column(name, "a")) for name in ("answered_on", "answer", "value")]
    key = exp.Window(
        this=exp.func("row_number", copy=False),
        partition_by=[column("person", "a")],
        order=exp.Order(expressions=order),
    )
    select = exp.select(
        column("person", "a"),
        exp.alias_(column("answered_on", "a"), "start_date", copy=False),
        exp.alias_(column("answered_on", "a"), "end_date", copy=False),
        exp.alias_(column("answered_on", "a"), "sort_date", copy=False),
        exp.alias_(key, "event_id", copy=False),
        *no_details(),
        copy=False,
    ).from_(table("survey_answer", "a"), copy=False)
    given = exp.Is(this=column("missing_reason", "a"), expression=exp.null())
    asked = exp.EQ(this=column("question_id", "a"), expression=parameters.bind(events.question, "VARCHAR"))
    select = parameters.narrowed(select.where(asked, given, copy=False), "a")
    return select if events.test is None else select.where(answer_fits(events.test, "a", parameters), copy=False)


def answer_fits(test: tuple[str, ...] | RangeTest, alias: str, parameters: Parameters) -> exp.Expr:
    """Whether an answer is one of the codes, or its number lies in the range."""
    if isinstance(test, tuple):
        return parameters.has_text(test, column("answer", alias))
    return in_range(column("value", alias), test, parameters)


def trending_condition(events: Trending, parameters: Parameters) -> list[exp.Expr]:
    """That event `a` is earlier than `b` by so much time at most and differs from it by so much at least."""
    value, unit = field_column(Field.VALUE), field_column(Field.UNIT)
    earliest = shift(column("start_date", "b"), replace(events.within, count=-events.within.count), parameters)
    rise = exp.Sub(this=column(value, "b"), expression=column(value, "a"))
    fall = exp.Sub(this=column(value, "a"), expression=column(value, "b"))
    change = rise if events.direction is TrendDirection.RISING else fall
    units = [exp.func("coalesce", column(unit, alias), exp.Literal.number(0), copy=False) for alias in ("a", "b")]
    return [
        exp.EQ(this=column("person", "a"), expression=column("person", "b")),
        exp.EQ(this=units[0], expression=units[1]),
        exp.LT(this=column("start_date", "a"), expression=column("start_date", "b")),
        exp.GTE(this=column("start_date", "a"), expression=earliest),
        exp.GTE(this=change, expression=parameters.bind(events.by, "DOUBLE")),
    ]


def no_details() -> tuple[exp.Expr, ...]:
    """The common columns that events without a row have no value for."""
    return tuple(exp.alias_(value.copy(), name, copy=False) for name, value in _NO_DETAILS.items())


def _latest_before(alias: str, day: exp.Expr) -> exp.Expr:
    """The latest day of a person's events that come before this one in order of start and end."""
    return _over(exp.Max(this=day), alias, this_one=False)


def _over(aggregate: exp.Expr, alias: str, *, this_one: bool) -> exp.Expr:
    """The aggregate over a person's events in order of start and end, up to this one or to the one before it.

    Of equal events the one that opens an era comes first, or the others would fall to the era before.
    """
    order = [exp.Ordered(this=column(name, alias)) for name in ("start_date", "end_date")]
    if this_one:
        order.append(exp.Ordered(this=column("opens", alias), desc=True))
    return exp.Window(
        this=aggregate,
        partition_by=[column("person", alias)],
        order=exp.Order(expressions=order),
        spec=exp.WindowSpec(
            kind="ROWS",
            start="UNBOUNDED",
            start_side="PRECEDING",
            end="CURRENT ROW" if this_one else exp.Literal.number(1),
            end_side=None if this_one else "PRECEDING",
        ),
    )
