"""Two plots as SVG, drawn to be read in print: told apart by shape and dash as well as by shade."""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from tests.attacks.kit.results import Result, rates
from tests.attacks.kit.statistics import pass_line

Say = Callable[[str], str]
"""The words of a text in the language of the page."""

_INK, _OURS, _OTHER, _GRID = "#222222", "#0b3d6b", "#c0561a", "#d9d9d9"
_SHAPES = {
    "service": "●",
    "suppress and round": "■",
    "suppress, exact margins": "□",
    "cell key": "▲",
    "fresh noise": "◆",
}


def trade_off(results: Sequence[Result], say: Say) -> str:
    """Measured curves of the attacks that spent the most, beside the line that rho allows."""
    left, top, side = 56, 34, 320
    most = max((each.rho or 0.0 for each in results), default=1.0)

    def path(points: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{left + x * side:.1f},{top + (1 - y) * side:.1f}" for x, y in points)

    parts = [_text(left, 18, say("true positives by false positives"), size=13)]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + tick * side, top + (1 - tick) * side
        parts += [_line(x, top, x, top + side), _line(left, y, left + side, y)]
        parts += [
            _text(x, top + side + 16, f"{tick:g}", anchor="middle"),
            _text(left - 8, y + 4, f"{tick:g}", anchor="end"),
        ]
    steps = [each / 100 for each in range(1, 100)]
    allowed = path([(0, 0), *((each, pass_line(each, most)) for each in steps), (1, 1)])
    parts.append(f'<polyline points="{allowed}" fill="none" stroke="{_INK}" stroke-width="2"/>')
    parts.append(f'<polyline points="{path([(0, 0), (1, 1)])}" fill="none" stroke="{_INK}" stroke-dasharray="2 4"/>')
    dashes = ("", "7 3", "2 2", "9 3 2 3", "4 4", "1 3")
    for place, each in enumerate(results):
        dash = f' stroke-dasharray="{dashes[place % len(dashes)]}"'
        parts.append(
            f'<polyline points="{path(zip(rates(), each.curve, strict=True))}" fill="none" stroke="{_OURS}"{dash}/>'
        )
    y = top + 14
    for name, dash, colour, width in (
        (say(f"allowed for ρ = {most:g}"), "", _INK, 2),
        (say("guessing"), "2 4", _INK, 1),
        *(
            (f"{each.number} {say(each.title).lower()}", dashes[n % len(dashes)], _OURS, 1)
            for n, each in enumerate(results)
        ),
    ):
        x = left + side + 20
        parts.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 34}" y2="{y - 4}" stroke="{colour}" stroke-width="{width}" '
                     f'stroke-dasharray="{dash}"/>')  # fmt: skip
        parts.append(_text(x + 42, y, name))
        y += 20
    return _svg(left + side + 260, top + side + 34, parts)


def successes(results: Sequence[Result], say: Say) -> str:
    """How well each attack does against the service, where that was measured in full, and against the baselines."""
    left, top, row, width = 210, 56, 26, 400
    parts = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = left + tick * width
        parts += [_line(x, top - 6, x, top + row * len(results)), _text(x, top - 12, f"{tick:g}", anchor="middle")]
    for place, each in enumerate(results):
        y = top + row * place + row / 2
        parts.append(_text(left - 12, y + 4, f"{each.number}  {say(each.title)}", anchor="end"))
        parts.append(_line(left, y, left + width, y))
        x = left + min(1.0, each.limit) * width
        parts.append(f'<line x1="{x:.1f}" y1="{y - 8}" x2="{x:.1f}" y2="{y + 8}" stroke="{_INK}" stroke-width="2"/>')
        ours = {"service": each.measured} if each.size == "full" else {}
        for name, value in {**each.baselines, **ours}.items():
            colour = _OURS if name == "service" else _OTHER
            x = left + max(0.0, min(1.0, value)) * width
            parts.append(_text(x, y + 5, _SHAPES[name], anchor="middle", colour=colour, size=14))
    x = left
    for name, shape in _SHAPES.items():
        parts.append(_text(x, 18, shape, colour=_OURS if name == "service" else _OTHER, size=14))
        parts.append(_text(x + 16, 18, say(name)))
        x += 34 + _width(say(name))
    parts.append(_text(x, 18, f"| {say('allowed')}"))
    return _svg(max(left + width + 30, x + 80), top + row * len(results) + 10, parts)


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n'
        f"{body}\n</svg>\n"
    )


def _width(text: str) -> int:
    """Of a text of size 12; Hangul is as wide as it is high."""
    return sum(12 if "가" <= letter <= "힣" else 7 for letter in text)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{_GRID}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = _INK, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )
