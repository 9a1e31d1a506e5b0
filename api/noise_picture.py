"""Where the noisy number of a cohort may fall, as positions of an inline SVG: no text, no colours, no words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.wire_precision import ExpectedAnswer

_REACH: Final = 3.2
"""Deviations of the widest noise that the pictures show on each side."""
_TAIL: Final = 4.5
"""Deviations from the middle beyond which the curve cannot be told from the axis."""
_POINTS: Final = 64
_WIDTH, _HEIGHT = 1000.0, 100.0
"""Of the curve's own coordinates; it is stretched to the room there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Persons from the left end to the right one."""

    low: float
    high: float

    def at(self, persons: float) -> float:
        """Per cent from the left, within the axis."""
        return round(100 * min(max((persons - self.low) / (self.high - self.low), 0.0), 1.0), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePicture:
    """The count at one precision: the outline of its noise, what of it is hidden and what is shown (`path` data of a
    1000 × 100 box), and per cent from the left of the true size, the ends of ± and the threshold (absent when the
    threshold lies left of the axis)."""

    answer: ExpectedAnswer
    hidden: str
    shown: str
    size: float
    low: float
    high: float
    threshold: float | None


def axis_of(size: int, counts: Sequence[ExpectedAnswer]) -> Axis:
    """One axis for all precisions: from zero on if a threshold is near, else round the size."""
    widest = max(answer.precision.sigma for answer in counts) * _REACH
    highest_threshold = max(answer.shown_from for answer in counts)
    low = 0.0 if size - widest < highest_threshold * 1.3 else size - widest
    return Axis(low=low, high=max(size + widest, highest_threshold * 1.15))


def pictures(size: int, counts: Sequence[ExpectedAnswer]) -> tuple[NoisePicture, ...]:
    """One for each precision's count, on the same axis."""
    axis = axis_of(size, counts)
    return tuple(_picture(size, answer, axis) for answer in counts)


def _picture(size: int, answer: ExpectedAnswer, axis: Axis) -> NoisePicture:
    margin, threshold = answer.margin or 0.0, float(answer.shown_from)
    return NoisePicture(
        answer=answer,
        hidden=_area(size, answer.precision.sigma, axis, axis.low, min(threshold, axis.high)),
        shown=_area(size, answer.precision.sigma, axis, max(threshold, axis.low), axis.high),
        size=axis.at(size),
        low=axis.at(size - margin),
        high=axis.at(size + margin),
        threshold=axis.at(threshold) if threshold > axis.low else None,
    )


def _area(size: int, sigma: int, axis: Axis, start: float, end: float) -> str:
    """Under the curve from `start` to `end`, scaled so that its top is the box's; empty when there is nothing."""
    start, end = max(start, size - _TAIL * sigma), min(end, size + _TAIL * sigma)
    if end <= start:
        return ""
    steps = [start + (end - start) * step / _POINTS for step in range(_POINTS + 1)]
    points = [(_x(each, axis), _HEIGHT * (1 - math.exp(-((each - size) ** 2) / (2 * sigma**2)))) for each in steps]
    line = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{points[0][0]:.1f} {_HEIGHT:.0f} L{line} L{points[-1][0]:.1f} {_HEIGHT:.0f}Z"


def _x(persons: float, axis: Axis) -> float:
    return _WIDTH * (persons - axis.low) / (axis.high - axis.low)
