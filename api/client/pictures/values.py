"""Numbers as they are drawn: where they may lie, and in words."""

import math
from dataclasses import dataclass
from typing import Final, assert_never

from schemas.wire.answers import BelowThreshold, IncidenceRate, Number, Proportion, Share, ShareWithin, Value

_MOST: Final = 10**12
"""No number of persons, days or cases is larger; one that is was not given by this service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A number with its 95 % interval; a hidden one has no `middle` and lies anywhere from `low` to `high`."""

    low: float
    middle: float | None
    high: float
    words: str

    @property
    def is_exact(self) -> bool:
        """Whether there is no interval to be drawn."""
        return self.low == self.high


def drawn_value(value: Value) -> Drawn:
    """A number of persons.

    >>> drawn_value(Number(value=1545, margin=42)).words, drawn_value(BelowThreshold(less_than=37)).words
    ('1,545 ± 42', '< 37')
    """
    match value:
        case Number(value=middle, margin=margin):
            middle, margin = _within(middle), _within(margin)
            words = f"{middle:,} ± {margin:,}" if margin else f"{middle:,}"
            return Drawn(low=max(0, middle - margin), middle=middle, high=middle + margin, words=words)
        case BelowThreshold(less_than=threshold):
            threshold = _within(threshold)
            return Drawn(low=0, middle=None, high=threshold, words=f"< {threshold:,}")
        case _:
            assert_never(value)


def drawn_share(share: Proportion) -> Drawn:
    """A proportion, in per cent.

    >>> drawn_share(Share(value=0.128, low=0.12, high=0.136)).words
    '12.8 % (12.0–13.6)'
    """
    match share:
        case Share(value=value, low=low, high=high):
            low, value, high = (100 * min(max(each, 0.0), 1.0) for each in (low, value, high))
            words = f"{_shown(value)[0]} %" if low == high else _with_interval(value, low, high, unit=" %")
            return Drawn(low=min(low, value), middle=value, high=max(high, value), words=words)
        case ShareWithin(at_least=low, at_most=high):
            low, high = (100 * min(max(each, 0.0), 1.0) for each in (low, high))
            return Drawn(low=low, middle=None, high=high, words=_bounds(low, high))
        case _:
            assert_never(share)


def drawn_rate(rate: IncidenceRate) -> Drawn:
    """Cases per 1,000 person-years."""
    low, value, high = (min(max(each, 0.0), float(_MOST)) for each in (rate.low, rate.per_1000_person_years, rate.high))
    words = _with_interval(value, low, high)
    return Drawn(low=min(low, value), middle=value, high=max(high, value), words=words)


def _bounds(low: float, high: float) -> str:
    if high < 100:
        return f"< {_shown(high)[0]} %"
    return f"> {_shown(low)[0]} %" if low > 0 else "–"


def _with_interval(value: float, low: float, high: float, *, unit: str = "") -> str:
    middle, least, most = _shown(value, low, high)
    return f"{middle}{unit} ({least}–{most})"


def _shown(*values: float) -> tuple[str, ...]:
    """Numbers that stand together, with as many decimals as the largest needs: 41.3 (8.0-90.1), 0.041 (0.030-0.052)."""
    largest = max(values)
    decimals = 1 if largest >= 1 or largest <= 0 else min(8, 1 - math.floor(math.log10(largest)))
    return tuple(f"{value:.{decimals}f}" for value in values)


def _within(number: int) -> int:
    return min(max(number, 0), _MOST)
