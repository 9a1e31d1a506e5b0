"""What a paraphrase is made of: sections of a sentence or two, each with a list that may nest."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a list; what it speaks of is listed below it."""

    text: str
    items: tuple["Item", ...] = ()

    @property
    def inline(self) -> str:
        """The line with its list behind it, for the middle of a sentence.

        >>> Item(text="all of:", items=(Item(text="a"), Item(text="b"))).inline
        'all of: (a; b)'
        """
        return f"{self.text} ({'; '.join(item.inline for item in self.items)})" if self.items else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, what is said under it, and a list."""

    heading: str
    text: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase:
    """The whole document in words."""

    language: Language
    title: str
    sections: tuple[Section, ...]


def plain_text(said: Paraphrase) -> str:
    """The paraphrase as text for a terminal or a form's field; lists are indented."""
    return "\n".join(_lines(said)) + "\n"


def _lines(said: Paraphrase) -> Iterator[str]:
    yield said.title
    for section in said.sections:
        yield ""
        yield section.heading
        if section.text:
            yield section.text
        yield from _item_lines(section.items, "")


def _item_lines(items: tuple[Item, ...], indent: str) -> Iterator[str]:
    for item in items:
        yield f"{indent}- {item.text}"
        yield from _item_lines(item.items, f"{indent}  ")
