"""Colours of pictures: attributes that any program reads, and a style sheet that lets them follow light and dark."""

from typing import Final

INK, SOFT, PAPER, LINE = "#1d2a2c", "#55666a", "#ffffff", "#d5dedf"
WHISKER, HIDDEN = "#163437", "#7c8d90"
TONES: Final = ("#5fa3a6", "#d98841", "#6f7fc4", "#a3527f", "#7d9440", "#8d9c9e")
"""Of series and of sexes, told apart also by people who see few colours; lines differ in their dashes too."""
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3", "4 2", "1 2")

_DARK_TONES: Final = ("#4d9499", "#c27a39", "#8390dc", "#c76fa0", "#94ab50", "#6d8083")


def _either(light: str, dark: str) -> str:
    return f"light-dark({light}, {dark})"


_FILLS: Final = {
    "ink": f"var(--ink, {_either(INK, '#e3ebec')})",
    "soft": f"var(--soft, {_either(SOFT, '#9db0b2')})",
    "paper": f"var(--card, {_either(PAPER, '#172224')})",
    "empty": f"var(--line, {_either(LINE, '#34474a')})",
    **{f"tone-{place}": _either(*pair) for place, pair in enumerate(zip(TONES, _DARK_TONES, strict=True))},
}
_STROKES: Final = {
    "line": _FILLS["empty"],
    "joined": _FILLS["ink"],
    "break": _FILLS["paper"],
    "whisker": _either(WHISKER, "#e8f1f1"),
    "hidden": _either(HIDDEN, "#8fa3a6"),
    **{f"stroke-{place}": _FILLS[f"tone-{place}"] for place in range(len(TONES))},
}

PICTURE_STYLE: Final = "".join(
    f".kohort-picture .{name} {{ {property_}: {colour}; }}\n"
    for property_, colours in (("fill", _FILLS), ("stroke", _STROKES))
    for name, colour in colours.items()
)
"""For a page that shows pictures and says in `color-scheme` whether it is light or dark. It uses the page's `--ink`,
`--soft`, `--line` and `--card` where there are such."""
