"""Rows of bars: a label, a bar with its interval, and the number in words. Narrow pictures have the label above."""

from dataclasses import dataclass
from typing import Final

from api.client.pictures.frame import MARGIN, SMALL, TEXT, Block, label, rule, tip
from api.client.pictures.marks import bar, break_mark
from api.client.pictures.style import INK, LINE
from api.client.pictures.svg import Markup, element, text_width, wrapped
from api.client.pictures.values import Drawn

MOST_ROWS: Final = 120
"""Rows in one picture; the table beside it has the rest."""
NARROW: Final = 480.0
_BAR: Final = 16.0
_LINE: Final = 17.0
_DOT: Final = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled number, or a heading where it has none. `aside` follows its words, `tone` is a colour, `dots` say
    which of several cohorts it is about. A bar that `is_broken` is not to scale; a total has none, or its parts would
    be too short to tell apart."""

    label: str
    drawn: Drawn | None = None
    aside: str = ""
    tone: int = 0
    dots: tuple[bool, ...] = ()
    is_broken: bool = False
    is_total: bool = False

    @property
    def is_to_scale(self) -> bool:
        """Whether the bar's length tells the number."""
        return not self.is_broken and not self.is_total

    def words(self) -> str:
        """The row for those who hear it."""
        aside = f", {self.aside}" if self.aside else ""
        return f"{self.label}: {self.drawn.words}{aside}" if self.drawn else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where things stand, in pixels from the left: the label's width, the bars' start and width, the words' end."""

    label: float
    bars: float
    bar_width: float
    words: float
    dots: float
    is_narrow: bool


def rows_block(rows: tuple[Row, ...], width: float) -> Block:
    """Rows from top to bottom on one common scale from 0."""
    columns = _columns(rows, width)
    scale = columns.bar_width / largest(rows)
    marks: list[Markup] = []
    top = 0.0
    for row in rows:
        drawn, height = _row(row, columns, scale)
        marks.append(element("g", *drawn, transform=f"translate(0 {top:.1f})"))
        top += height
    if not columns.is_narrow:
        marks.insert(0, rule(columns.bars - 0.5, 0, columns.bars - 0.5, top))
    return Block(marks=tuple(marks), height=top)


def largest(rows: tuple[Row, ...]) -> float:
    """The far end of the scale: that of the longest interval whose bar is to scale."""
    return max((row.drawn.high for row in rows if row.drawn and row.is_to_scale), default=0) or 1


def _columns(rows: tuple[Row, ...], width: float) -> _Columns:
    numbers = [row for row in rows if row.drawn]
    words = max((_words_width(row) for row in numbers), default=0.0)
    dots = max((len(row.dots) for row in rows), default=0) * _DOT
    is_narrow = width < NARROW and not dots
    longest = max((text_width(row.label[:300], TEXT) for row in numbers), default=0.0)
    named = 0.0 if is_narrow else min(longest + 2, (0.36 if width >= NARROW else 0.27) * width)
    start = MARGIN + named + dots + (0 if is_narrow else 8)
    end = width - MARGIN - words
    return _Columns(
        label=width - 2 * MARGIN if is_narrow else named,
        bars=start,
        bar_width=max(end - 10 - start, 20),
        words=width - MARGIN,
        dots=dots,
        is_narrow=is_narrow,
    )


def _words_width(row: Row) -> float:
    words = row.drawn.words if row.drawn else ""
    return text_width(words, TEXT) * (1.1 if row.is_total else 1) + (
        text_width(f"  {row.aside}", SMALL) if row.aside else 0
    )


def _row(row: Row, columns: _Columns, scale: float) -> tuple[tuple[Markup, ...], float]:
    if row.drawn is None:
        lines = wrapped(row.label, TEXT, columns.words - MARGIN, 2)
        marks = tuple(label(MARGIN, 8 + TEXT + _LINE * number, line, weight="600") for number, line in enumerate(lines))
        return marks, _LINE * len(lines) + 12
    is_above = columns.is_narrow and not row.is_total
    lines = wrapped(row.label, TEXT, columns.label, 1 if columns.is_narrow else 2) if columns.label else ()
    weight = "600" if row.is_total else "400"
    named = tuple(label(MARGIN, TEXT + 2 + _LINE * number, line, weight=weight) for number, line in enumerate(lines))
    above = _LINE + 2 if is_above else 0.0
    height = above + _BAR if is_above else max(_BAR, _LINE * len(lines))
    middle = above or (height - _BAR) / 2
    return (
        tip(row.words()),
        *named,
        *_dots(row, columns, middle + _BAR / 2),
        *_bar(row, row.drawn, columns, scale, middle),
        *_words(row, row.drawn, columns.words, middle + TEXT),
    ), height + 6


def _bar(row: Row, drawn: Drawn, columns: _Columns, scale: float, top: float) -> tuple[Markup, ...]:
    if row.is_total:
        return ()
    if row.is_to_scale or drawn.middle is None:
        return bar(drawn, x=columns.bars, y=top, height=_BAR, scale=scale, tone=row.tone)
    whole = columns.bar_width / max(drawn.high, 1)
    marks = bar(drawn, x=columns.bars, y=top, height=_BAR, scale=whole, tone=row.tone)
    return (marks[0], break_mark(columns.bars + columns.bar_width * 0.9, top, _BAR))


def _words(row: Row, drawn: Drawn, end: float, baseline: float) -> tuple[Markup, ...]:
    aside = text_width(f"  {row.aside}", SMALL) if row.aside else 0.0
    weight, tone = "600" if row.is_total else "400", "soft" if drawn.middle is None else "ink"
    number = label(end - aside, baseline, drawn.words, anchor="end", weight=weight, tone=tone)
    return (number, label(end, baseline, row.aside, anchor="end", size=SMALL, tone="soft")) if row.aside else (number,)


def _dots(row: Row, columns: _Columns, middle: float) -> tuple[Markup, ...]:
    """A filled dot for each cohort that has these people, an empty one for the others; filled ones are joined."""
    first = columns.bars - 8 - columns.dots + _DOT / 2
    places = [first + _DOT * number for number in range(len(row.dots))]
    filled = [place for place, is_in in zip(places, row.dots, strict=True) if is_in]
    joined = (
        element("line", x1=filled[0], y1=middle, x2=filled[-1], y2=middle, class_="joined", stroke=INK, stroke_width=2)
        if len(filled) > 1
        else Markup("")
    )
    return (
        joined,
        *(
            element("circle", cx=place, cy=middle, r=5, class_="ink" if is_in else "empty", fill=INK if is_in else LINE)
            for place, is_in in zip(places, row.dots, strict=True)
        ),
    )
