"""What every picture has: the sheet, its title above, and below it how to read it and what to cite."""

from dataclasses import dataclass
from typing import Final

from api.client.pictures.style import INK, LINE, PAPER, SOFT
from api.client.pictures.svg import LONGEST, Markup, element, escaped, wrapped

TEXT, SMALL, HEADING = 13.0, 11.0, 15.0
"""Font sizes in pixels; pictures are laid out for their width, so that text is never scaled."""
MARGIN: Final = 8.0
_FONT: Final = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK KR', 'Noto Sans KR', sans-serif"
_MOST_DESCRIBED: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A picture's words and width; `described` are its numbers in words, for those who hear it."""

    title: str
    width: float
    described: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Part of a picture and its height; it is drawn from its own top, at 0."""

    marks: tuple[Markup, ...]
    height: float


def framed(sheet: Sheet, *blocks: Block) -> str:
    """The whole picture; blocks stand one below the other."""
    heading = text_block(wrapped(sheet.title, HEADING, sheet.inner, 2), size=HEADING, weight="600")
    notes = [line for note in sheet.notes for line in wrapped(note, SMALL, sheet.inner, 3)]
    footer = text_block(tuple(notes), size=SMALL, tone="soft")
    top = MARGIN
    placed: list[Markup] = []
    for block in (heading, *blocks, footer):
        placed.append(element("g", *block.marks, transform=f"translate(0 {top:.1f})") if block.marks else Markup(""))
        top += block.height + MARGIN
    described = ". ".join(each[:LONGEST] for each in sheet.described[:_MOST_DESCRIBED])
    return element(
        "svg",
        element("title", escaped(sheet.title[:LONGEST])),
        element("desc", escaped(described)) if described else Markup(""),
        element("rect", class_="paper", width=sheet.width, height=top, fill=PAPER),
        *placed,
        xmlns="http://www.w3.org/2000/svg",
        class_="kohort-picture",
        role="img",
        viewBox=f"0 0 {sheet.width:.0f} {top:.0f}",
        width=sheet.width,
        height=f"{top:.0f}",
        font_family=_FONT,
        font_size=TEXT,
    )


def text_block(lines: tuple[str, ...], *, size: float = TEXT, weight: str = "400", tone: str = "ink") -> Block:
    """Lines of text from the left margin on."""
    step = size * 1.4
    marks = tuple(
        label(MARGIN, step * number + size, line, size=size, weight=weight, tone=tone)
        for number, line in enumerate(lines)
    )
    return Block(marks=marks, height=step * len(lines))


def label(
    x: float, y: float, text: str, *, anchor: str = "start", size: float = TEXT, weight: str = "400", tone: str = "ink"
) -> Markup:
    """One line of text; `anchor` is start, middle or end, `tone` ink or soft."""
    attributes: dict[str, str | float] = {"x": x, "y": y, "class_": tone, "fill": INK if tone == "ink" else SOFT}
    if anchor != "start":
        attributes["text_anchor"] = anchor
    if size != TEXT:
        attributes["font_size"] = size
    if weight != "400":
        attributes["font_weight"] = weight
    return element("text", escaped(text), **attributes)


def rule(x1: float, y1: float, x2: float, y2: float) -> Markup:
    """A thin line that belongs to no number."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="line", stroke=LINE)


def tip(text: str) -> Markup:
    """What is shown when the pointer rests on a mark."""
    return element("title", escaped(text[:LONGEST]))
