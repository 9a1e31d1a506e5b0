"""Names and texts as the language takes them."""

import unicodedata

from cohort_dsl.limits import LONGEST_TEXT

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def clean(text: str) -> str:
    """The text on one line, without characters that cannot be seen, cut to the length the language allows."""
    seen = text
    if not text.isprintable():
        seen = "".join(" " if unicodedata.category(character) in _UNSEEN else character for character in text)
    return " ".join(seen.split())[:LONGEST_TEXT]


def unique(name: str, taken: set[str], separator: str) -> str:
    """The name, with a number where an earlier one is the same."""
    number = 2
    found = name
    while found in taken:
        found = f"{name}{separator}{number}"
        number += 1
    taken.add(found)
    return found
