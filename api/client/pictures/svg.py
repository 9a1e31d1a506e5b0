"""SVG as text: elements, escaping, and how wide words are."""

import re
import unicodedata
from typing import Final, NewType

Markup = NewType("Markup", str)
"""Text that is SVG already; everything else is escaped on its way in."""

LONGEST: Final = 300
"""Letters of a label that are looked at; the rest could not be drawn."""
_UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What XML cannot hold, and what would turn the direction of the words around it."""
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_NARROW: Final = 0.6
"""Width of a Latin letter or a digit, in font sizes; Korean letters are 1 wide."""


def escaped(text: str) -> Markup:
    """Words that mean themselves.

    >>> escaped('<b a="1">')
    '&lt;b a=&quot;1&quot;&gt;'
    """
    return Markup(re.sub("[&<>\"']", lambda found: _ESCAPES[found.group()], _UNWRITABLE.sub("", text)))


def element(name: str, *children: Markup, **attributes: str | float) -> Markup:
    """An element; `class_` and `stroke_width` are written `class` and `stroke-width`, numbers with one decimal.

    >>> element("rect", x=1, class_="bar")
    '<rect x="1" class="bar"/>'
    """
    written = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>")


def _name(key: str) -> str:
    return "viewBox" if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return escaped(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in pixels, in whatever system font it will be set."""
    return size * sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else _NARROW for letter in text)


def wrapped(text: str, size: float, width: float, lines: int) -> tuple[str, ...]:
    """A text in at most so many lines of that width; what does not fit ends with `…`.

    >>> wrapped("type 2 diabetes mellitus", 10, 80, 2)
    ('type 2', 'diabetes mel…')
    """
    found: list[str] = []
    words = _breakable(text[:LONGEST], size, width)
    for position, word in enumerate(words):
        joined = f"{found[-1]} {word}" if found else word
        if found and text_width(joined, size) <= width:
            found[-1] = joined
        elif len(found) < lines:
            found.append(word)
        else:
            return (*found[:-1], _shortened(" ".join((found[-1], *words[position:])), size, width))
    return tuple(found) or ("",)


def _breakable(text: str, size: float, width: float) -> list[str]:
    """Words, those too long for a line in pieces."""
    pieces: list[str] = []
    for word in text.split():
        while text_width(word, size) > width and len(word) > 1:
            fitting = max(1, next((n for n in range(len(word), 1, -1) if text_width(word[:n], size) <= width), 1))
            pieces.append(word[:fitting])
            word = word[fitting:]
        pieces.append(word)
    return pieces


def _shortened(text: str, size: float, width: float) -> str:
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text}…"
