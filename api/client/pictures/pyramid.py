"""The pyramid of ages: men to the left, women to the right, the oldest on top."""

import re
from dataclasses import dataclass
from typing import Final

from api.client.pictures.frame import MARGIN, SMALL, TEXT, Block, label, tip
from api.client.pictures.marks import bar
from api.client.pictures.svg import Markup, element, text_width
from api.client.pictures.values import Drawn, drawn_value
from api.client.pictures.words import told
from schemas.language import Language
from schemas.wire.answers import BreakdownAnswer, Cell
from schemas.wire_cube import PublicTable

_SIDES: Final = ("male", "female")
_MOST_BANDS: Final = 130
_HEADING: Final = 22.0
_MOST_TOLD: Final = 25
"""Bands whose numbers are written; narrower bands have them in their tips, and in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyramid:
    """Numbers by band of age, from the youngest on, for each of the two sides; `others` are drawn nowhere."""

    bands: tuple[str, ...]
    sides: tuple[dict[str, Drawn], dict[str, Drawn]]
    others: tuple[tuple[str, Drawn], ...]


def pyramid_of(answer: BreakdownAnswer | PublicTable, language: Language) -> Pyramid:
    """The cells by side and band; raises `ValueError` unless the table is by sex and age and nothing else."""
    sex, age = _places(answer.dimensions)
    if any(len(cell.label) != 2 for cell in answer.cells):
        raise ValueError("a cell has not one word a dimension")
    bands = tuple(dict.fromkeys(cell.label[age] for cell in answer.cells))
    if len(bands) > _MOST_BANDS:
        raise ValueError(f"a pyramid has at most {_MOST_BANDS} bands of age")
    sides = tuple(
        {cell.label[age]: drawn_value(cell.count) for cell in answer.cells if cell.label[sex] == side}
        for side in _SIDES
    )
    others = tuple(_other(cell, language) for cell in answer.cells if cell.label[sex] not in _SIDES)
    return Pyramid(bands=bands, sides=(sides[0], sides[1]), others=others)


def _places(dimensions: list[str]) -> tuple[int, int]:
    ages = [place for place, name in enumerate(dimensions) if re.match(r"age\b", name)]
    if len(dimensions) != 2 or "sex" not in dimensions or len(ages) != 1:
        raise ValueError("a pyramid needs a breakdown by sex and age")
    return dimensions.index("sex"), ages[0]


def _other(cell: Cell, language: Language) -> tuple[str, Drawn]:
    return " ".join(told(word, language) for word in cell.label), drawn_value(cell.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """Where one side's bars start, and pixels a person, negative to the left; `tone` is its colour."""

    name: str
    start: float
    scale: float
    tone: int


def pyramid_block(pyramid: Pyramid, width: float, language: Language) -> Block:
    """Both sides on one scale, with the bands between them."""
    is_told = len(pyramid.bands) <= _MOST_TOLD
    height = 22.0 if is_told else 7.0
    sides = _sides(pyramid, width, language, is_told=is_told)
    left, right = sides
    marks = [
        label(left.start - 4, TEXT, left.name, anchor="end", weight="600"),
        label(right.start + 4, TEXT, right.name, weight="600"),
    ]
    top = _HEADING
    for place, band in reversed(list(enumerate(pyramid.bands))):
        if is_told or place % 10 == 0:
            marks.append(label(width / 2, top + height / 2 + 4, band[:12], anchor="middle", size=SMALL, tone="soft"))
        for side, numbers in zip(sides, pyramid.sides, strict=True):
            if drawn := numbers.get(band):
                marks.append(_bar(drawn, band, side, top, height, is_told=is_told))
        top += height
    return Block(marks=tuple(marks), height=top + 4)


def _sides(pyramid: Pyramid, width: float, language: Language, *, is_told: bool) -> tuple[_Side, _Side]:
    middle = max((text_width(band[:12], SMALL) for band in pyramid.bands), default=0.0) + 14
    numbers = [drawn for side in pyramid.sides for drawn in side.values()]
    words = max((text_width(drawn.words, SMALL) for drawn in numbers), default=0.0) + 6 if is_told else 0.0
    room = max((width - 2 * MARGIN - middle) / 2 - words, 20)
    scale = room / (max((drawn.high for drawn in numbers), default=0) or 1)
    male, female = (told(side, language) for side in _SIDES)
    return (
        _Side(name=male, start=(width - middle) / 2, scale=-scale, tone=0),
        _Side(name=female, start=(width + middle) / 2, scale=scale, tone=1),
    )


def _bar(drawn: Drawn, band: str, side: _Side, top: float, height: float, *, is_told: bool) -> Markup:
    thickness = height - (6 if is_told else 1)
    marks = bar(drawn, x=side.start, y=top + 1, height=thickness, scale=side.scale, tone=side.tone)
    end = side.start + drawn.high * side.scale
    words = label(
        end + 5 if side.scale > 0 else end - 5,
        top + height / 2 + 2,
        drawn.words,
        anchor="start" if side.scale > 0 else "end",
        size=SMALL,
        tone="soft" if drawn.middle is None else "ink",
    )
    return element("g", tip(f"{side.name} {band}: {drawn.words}"), *marks, *((words,) if is_told else ()))
