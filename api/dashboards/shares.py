"""The share of a group that a category has, from two published numbers."""

import math

from schemas.wire import BelowThreshold, Number, Proportion, Share, ShareWithin, Value


def share_of(part: Value, whole: Value) -> Proportion | None:
    """`part` of `whole`, whose noise was drawn separately; absent where the whole is hidden or may be nobody.

    The interval is Fieller's: all shares r for which `part` - r `whole` is within 1.96 of its standard deviations of 0,
    so the true share is in it in 95 of 100 answers, and in more where the part was bent to add up to the whole. A
    hidden part is told by the share it lies below.

    >>> share_of(Number(value=200, margin=50), Number(value=1000, margin=50))
    Share(value=0.2, low=0.149, high=0.252)
    >>> share_of(BelowThreshold(less_than=97), Number(value=1000, margin=30))
    ShareWithin(at_least=0.0, at_most=0.1)
    """
    if not isinstance(whole, Number) or whole.value <= whole.margin:
        return None
    match part:
        case BelowThreshold(less_than=threshold):
            return ShareWithin(at_least=0.0, at_most=min(1.0, _rounded(threshold / (whole.value - whole.margin))))
        case Number(value=value, margin=margin):
            low, high = _fieller(value, margin, whole.value, whole.margin)
            return Share(
                value=_rounded(min(1.0, value / whole.value)),
                low=_rounded(min(1.0, max(0.0, low))),
                high=_rounded(min(1.0, high)),
            )


def _fieller(part: int, part_margin: int, whole: int, whole_margin: int) -> tuple[float, float]:
    """Where (part - r whole)² = part_margin² + r² whole_margin²; `whole` is larger than its margin."""
    middle = part * whole
    reach = math.sqrt((whole * part_margin) ** 2 + (part * whole_margin) ** 2 - (whole_margin * part_margin) ** 2)
    scale = whole**2 - whole_margin**2
    return (middle - reach) / scale, (middle + reach) / scale


def _rounded(share: float) -> float:
    """To three digits: more would promise what noise does not hold."""
    return float(f"{share:.3g}")
