"""The attrition funnel."""

from typing import Final

from api.client.pictures.rows import Row
from api.client.pictures.values import Drawn, drawn_value
from api.client.pictures.words import WORDS, told
from schemas.language import Language
from schemas.wire.answers import AttritionAnswer, Number

_BREAKS_FROM: Final = 4
"""Everybody is drawn to scale unless they are so many times as many as the next step leaves."""


def attrition_rows(answer: AttritionAnswer, language: Language) -> tuple[Row, ...]:
    """Everybody, and who is left after each step, with the part of everybody that is."""
    words = WORDS[language]
    everyone = drawn_value(Number(value=answer.population, margin=0))
    steps = [(told(step.name, language), drawn_value(step.left)) for step in answer.steps]
    next_step = max((drawn.high for _, drawn in steps), default=everyone.high)
    first = Row(
        label=words.everyone,
        drawn=everyone,
        aside="100 %",
        tone=5,
        is_broken=everyone.high > _BREAKS_FROM * max(next_step, 1),
    )
    return (first, *(Row(label=name, drawn=left, aside=_part(left, everyone.high)) for name, left in steps))


def _part(left: Drawn, everyone: float) -> str:
    if left.middle is None or not everyone:
        return ""
    share = 100 * left.middle / everyone
    return f"{share:.1f} %" if share >= 1 else f"{share:.2g} %"
