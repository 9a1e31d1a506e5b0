"""Numbers over time: a line for each group, and a band where its true numbers are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, assert_never

from api.client.pictures.frame import MARGIN, SMALL, TEXT, Block, label, rule, tip
from api.client.pictures.style import DASHES, HIDDEN, TONES
from api.client.pictures.svg import Markup, element, text_width
from api.client.pictures.values import Drawn, drawn_rate, drawn_share, drawn_value
from api.client.pictures.words import WORDS, told
from schemas.language import Language
from schemas.wire.answers import BreakdownAnswer, IncidenceAnswer, IncidencePeriod, PrevalenceAnswer
from schemas.wire_cube import PublicTable

MOST_SERIES: Final = len(TONES)
_HEIGHT: Final = 240.0
_MOST_TIMES: Final = 400
_YEARS: Final = ("index year", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A named line; a time at which there is nothing to say has no point."""

    name: str
    points: dict[str, Drawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Lines over common times, and what is up; `hidden` groups have nothing that could be shown at any time."""

    times: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    hidden: int


def trend_of(answer: PrevalenceAnswer | IncidenceAnswer | BreakdownAnswer | PublicTable, language: Language) -> Trend:
    """The lines of an answer; raises `ValueError` where it is not about time."""
    words = WORDS[language]
    found: list[_Point]
    match answer:
        case PrevalenceAnswer():
            found = [(row.interval, row.label, drawn_share(row.prevalence)) for row in answer.rows]
            unit = words.per_cent
        case IncidenceAnswer():
            found = [(period.period, words_, _rate(period)) for period, words_ in _periods(answer)]
            unit = words.rate
        case BreakdownAnswer() | PublicTable():
            found = _by_year(answer)
            unit = words.persons
        case _:
            assert_never(answer)
    return _trend(found, unit, language)


_Point = tuple[str, list[str], Drawn | None]
"""A time, the words of a group, and its number where there is one."""


def _rate(period: IncidencePeriod) -> Drawn | None:
    return drawn_rate(period.rate) if period.rate else None


def _by_year(answer: BreakdownAnswer | PublicTable) -> list[_Point]:
    names = answer.dimensions
    years = [place for place, name in enumerate(names) if name in _YEARS]
    if not years or any(len(cell.label) != len(names) for cell in answer.cells):
        raise ValueError("a trend needs a breakdown by index year")
    year = years[0]
    return [
        (cell.label[year], [*cell.label[:year], *cell.label[year + 1 :]], drawn_value(cell.count))
        for cell in answer.cells
    ]


def _periods(answer: IncidenceAnswer) -> list[tuple[IncidencePeriod, list[str]]]:
    if answer.strata:
        return [(stratum, stratum.label) for stratum in answer.strata]
    return [(period, []) for period in answer.periods]


def _trend(found: Sequence[_Point], unit: str, language: Language) -> Trend:
    times = tuple(dict.fromkeys(told(time[:40], language) for time, _, _ in found))[:_MOST_TIMES]
    points: dict[str, dict[str, Drawn]] = {}
    for time, words, drawn in found:
        name = " · ".join(told(word, language) for word in words) or WORDS[language].all_persons
        line = points.setdefault(name, {})
        if drawn:
            line[told(time[:40], language)] = drawn
    series = [Series(name=name, points=each) for name, each in points.items()]
    shown = tuple(each for each in series if any(drawn.middle is not None for drawn in each.points.values()))
    return Trend(times=times, series=shown or tuple(series), unit=unit, hidden=len(series) - len(shown) if shown else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    """Pixels of the place where lines are drawn, and the numbers at its ticks."""

    left: float
    right: float
    top: float
    bottom: float
    ticks: tuple[float, ...]
    times: tuple[str, ...]

    def x(self, place: int) -> float:
        """Of the time at this place."""
        return self.left + (self.right - self.left) * (place + 0.5) / max(len(self.times), 1)

    def y(self, value: float) -> float:
        """Of a number."""
        return self.bottom - (self.bottom - self.top) * min(value / self.ticks[-1], 1.02)


def trend_block(trend: Trend, width: float) -> Block:
    """Axes, bands, lines, and a legend where there is more than one line."""
    series = trend.series[:MOST_SERIES]
    ticks = nice_ticks(_highest(series))
    left = MARGIN + max(text_width(_tick(tick), SMALL) for tick in ticks) + 8
    axes = _Axes(left=left, right=width - MARGIN, top=24, bottom=24 + _HEIGHT, ticks=ticks, times=trend.times)
    marks = [label(MARGIN, TEXT - 2, trend.unit, size=SMALL, tone="soft"), *_grid(axes)]
    for number, each in enumerate(series):
        marks.append(element("g", *_line(each, axes, number)))
    legend = _legend(series, axes) if len(series) > 1 else Block(marks=(), height=0)
    return Block(marks=(*marks, *legend.marks), height=axes.bottom + 24 + legend.height)


def _highest(series: Sequence[Series]) -> float:
    """The top of the axis: that of the highest shown interval. Hidden ranges may be longer, and leave it then."""
    drawn = [each for line in series for each in line.points.values()]
    shown = [each.high for each in drawn if each.middle is not None]
    return max(shown or [each.high for each in drawn], default=1.0)


def nice_ticks(high: float) -> tuple[float, ...]:
    """From 0 to at least `high` in three to six round steps.

    >>> nice_ticks(7.3)
    (0.0, 2.0, 4.0, 6.0, 8.0)
    """
    high = high if high > 0 else 1.0
    power = 10.0 ** math.floor(math.log10(high / 4))
    step = next(power * each for each in (1, 2, 2.5, 5, 10) if power * each * 5 >= high)
    return tuple(round(step * number, 12) for number in range(math.ceil(high / step - 1e-9) + 1))


def _tick(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"


def _grid(axes: _Axes) -> list[Markup]:
    marks: list[Markup] = []
    for tick in axes.ticks:
        marks.append(rule(axes.left, axes.y(tick), axes.right, axes.y(tick)))
        marks.append(label(axes.left - 6, axes.y(tick) + 4, _tick(tick), anchor="end", size=SMALL, tone="soft"))
    widest = max((text_width(time, SMALL) for time in axes.times), default=1.0) + 10
    every = max(1, math.ceil(widest * len(axes.times) / (axes.right - axes.left)))
    marks += [
        label(axes.x(place), axes.bottom + 16, axes.times[place], anchor="middle", size=SMALL, tone="soft")
        for place in range(0, len(axes.times), every)
    ]
    return marks


def _line(series: Series, axes: _Axes, number: int) -> list[Markup]:
    """Stretches of neighbouring shown points; hidden ones are dashed ranges between them."""
    placed = [(place, series.points.get(time)) for place, time in enumerate(axes.times)]
    marks: list[Markup] = []
    for is_shown, run in groupby(placed, key=lambda each: each[1] is not None and each[1].middle is not None):
        found = [(axes.x(place), drawn) for place, drawn in run if drawn]
        marks += _shown(found, axes, number) if is_shown else [_hidden(x, drawn, axes) for x, drawn in found]
    for place, drawn in placed:
        if drawn and drawn.middle is not None:
            words = tip(f"{series.name}, {axes.times[place]}: {drawn.words}")
            dot = {"class_": f"tone-{number}", "fill": TONES[number]}
            marks.append(element("circle", words, cx=axes.x(place), cy=axes.y(drawn.middle), r=3, **dot))
    return marks


def _shown(found: list[tuple[float, Drawn]], axes: _Axes, number: int) -> list[Markup]:
    upper = [f"{x:.1f} {axes.y(drawn.high):.1f}" for x, drawn in found]
    lower = [f"{x:.1f} {axes.y(drawn.low):.1f}" for x, drawn in reversed(found)]
    middle = [f"{x:.1f} {axes.y(drawn.middle or 0):.1f}" for x, drawn in found]
    look = {"class_": f"stroke-{number}", "stroke": TONES[number], "fill": "none"}
    band = element(
        "path", d=f"M{'L'.join([*upper, *lower])}Z", class_=f"tone-{number}", fill=TONES[number], fill_opacity="0.25"
    )
    if len(found) == 1:  # a band of one point has no width
        band = element("path", d=f"M{upper[0]}L{lower[0]}", stroke_width=6, stroke_opacity="0.3", **look)
    dashes = {"stroke_dasharray": DASHES[number]} if DASHES[number] else {}
    return [band, element("path", d=f"M{'L'.join(middle)}", stroke_width=2, **look, **dashes)]


def _hidden(x: float, drawn: Drawn, axes: _Axes) -> Markup:
    path = f"M{x:.1f} {axes.y(drawn.low):.1f}V{axes.y(drawn.high):.1f}"
    look = {"class_": "hidden", "stroke": HIDDEN, "stroke_dasharray": "3 3", "fill": "none"}
    return element("path", tip(drawn.words), d=path, **look)


def _legend(series: Sequence[Series], axes: _Axes) -> Block:
    marks: list[Markup] = []
    x, top = axes.left, axes.bottom + 40
    for number, each in enumerate(series):
        name = each.name[:40]
        if x > axes.left and x + 30 + text_width(name, TEXT) > axes.right:
            x, top = axes.left, top + 20
        dashes = {"stroke_dasharray": DASHES[number]} if DASHES[number] else {}
        look = {"class_": f"stroke-{number}", "stroke": TONES[number], **dashes}
        marks.append(element("line", x1=x, y1=top - 4, x2=x + 22, y2=top - 4, stroke_width=3, **look))
        marks.append(label(x + 27, top, name))
        x += 27 + text_width(name, TEXT) + 18
    return Block(marks=tuple(marks), height=top - axes.bottom - 10)
