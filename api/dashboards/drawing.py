"""Rows of a page as a picture, at the widths of a desk and of a telephone: a style sheet shows the one that fits."""

from typing import Final, Literal

from api.client.pictures import picture
from api.client.pictures.frame import Sheet, framed, text_block
from api.client.pictures.rows import Row, rows_block
from api.client.pictures.words import WORDS, told
from api.dashboards.asking import Measure, View
from api.dashboards.numbers import Described, Measured
from schemas.language import Language

WIDTHS: Final = {"wide": 640, "small": 330}
"""Pixels, by the class of the picture."""
_KINDS: Final[dict[View, Literal["pyramid", "breakdown", "trend"]]] = {
    View.AGE: "pyramid",
    View.REGION: "breakdown",
    View.RACE: "breakdown",
    View.YEAR: "trend",
}
"""The picture of persons."""


def list_pictures(rows: tuple[Measured, ...], measure: Measure, title: str, language: Language) -> dict[str, str]:
    """Bars of a page of a list, by class."""
    bars = tuple(
        Row(label=f"{row.label[0]} ({row.code})", drawn=drawn) for row in rows if (drawn := row.drawn(measure))
    )
    return {name: _bars(title, bars, language, width) for name, width in WIDTHS.items()}


def category_pictures(found: Described, view: View, measure: Measure, title: str, language: Language) -> dict[str, str]:
    """A pyramid of persons by sex and age, a line of years, or bars, by class."""
    if measure is Measure.PERSONS:
        kind = _KINDS[view]
        return {name: picture(kind, found.table, language=language, width=width) for name, width in WIDTHS.items()}
    bars = _share_rows(found.rows, language)
    return {name: _bars(title, bars, language, width) for name, width in WIDTHS.items()}


def _share_rows(rows: tuple[Measured, ...], language: Language) -> tuple[Row, ...]:
    """Under a heading for each word of the first of two dimensions; what has no share has no row."""
    found: list[Row] = []
    heading = ""
    for row in rows:
        drawn = row.share_drawn
        if drawn is None:
            continue
        if len(row.label) > 1 and row.label[0] != heading:
            heading = row.label[0]
            found.append(Row(label=told(heading, language)))
        found.append(Row(label=told(row.label[-1], language), drawn=drawn))
    return tuple(found)


def _bars(title: str, rows: tuple[Row, ...], language: Language, width: int) -> str:
    words = WORDS[language]
    drawn = [row.drawn for row in rows if row.drawn]
    notes = [words.interval] if any(each.middle is not None for each in drawn) else []
    notes += [words.dashed] if any(each.middle is None for each in drawn) else []
    block = rows_block(rows, float(width)) if drawn else text_block((words.nothing,))
    return framed(
        Sheet(
            title=title,
            width=float(width),
            described=tuple(row.words() for row in rows),
            notes=(" ".join(notes),) if notes else (),
        ),
        block,
    )
