"""`and`, `or` and `not` with the brackets that keep what belongs together."""

from collections.abc import Iterable

from cohort_dsl.printing.layout import NOTHING, SPACE, Doc, group, indent


def joined(word: str, parts: Iterable[Doc]) -> Doc:
    """`a and b`; each part on its own line when they do not fit on one."""
    first, *others = parts
    return group(first, *(piece for part in others for piece in (SPACE, f"{word} ", part)))


def in_brackets(part: Doc) -> Doc:
    """`(a and b)`."""
    return group("(", indent(NOTHING, part), NOTHING, ")")
