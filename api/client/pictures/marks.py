"""Bars that lie along an axis, with the interval of their number on them."""

from api.client.pictures.style import HIDDEN, PAPER, TONES, WHISKER
from api.client.pictures.svg import Markup, element
from api.client.pictures.values import Drawn

_CAP = 3.0


def bar(drawn: Drawn, *, x: float, y: float, height: float, scale: float, tone: int = 0) -> tuple[Markup, ...]:
    """A bar from `x` to the right (to the left where `scale`, pixels a person, is negative), and its interval.

    A hidden number is a dashed range from the least to the most it may be.
    """
    if drawn.middle is None:
        return (_hidden(drawn, x=x, y=y, height=height, scale=scale),)
    body = element(
        "rect",
        x=min(x, x + drawn.middle * scale),
        y=y,
        width=abs(drawn.middle * scale),
        height=height,
        class_=f"tone-{tone}",
        fill=TONES[tone],
    )
    return (body, *whisker(drawn, x=x, y=y + height / 2, cap=min(_CAP, height / 2), scale=scale))


def whisker(drawn: Drawn, *, x: float, y: float, cap: float, scale: float) -> tuple[Markup, ...]:
    """The 95 % interval as a line with ends; nothing for an exact number."""
    if drawn.is_exact:
        return ()
    low, high = x + drawn.low * scale, x + drawn.high * scale
    path = f"M{low:.1f} {y - cap:.1f}v{2 * cap:.1f}M{low:.1f} {y:.1f}H{high:.1f}M{high:.1f} {y - cap:.1f}v{2 * cap:.1f}"
    return (element("path", d=path, class_="whisker", stroke=WHISKER, stroke_width=1.5, fill="none"),)


def break_mark(x: float, y: float, height: float) -> Markup:
    """Two strokes across a bar that is not to scale."""
    path = "".join(f"M{x + step - 3:.1f} {y + height + 2:.1f}L{x + step + 3:.1f} {y - 2:.1f}" for step in (0, 6))
    return element("path", d=path, stroke=PAPER, stroke_width=3, fill="none", class_="break")


def _hidden(drawn: Drawn, *, x: float, y: float, height: float, scale: float) -> Markup:
    low, high = sorted((x + drawn.low * scale, x + drawn.high * scale))
    return element(
        "rect",
        x=low,
        y=y + 0.5,
        width=max(high - low, 1.0),
        height=max(height - 1, 1.0),
        class_="hidden",
        fill="none",
        stroke=HIDDEN,
        stroke_dasharray="3 3",
    )
