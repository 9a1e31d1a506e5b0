"""`?` and `*` patterns of GA4GH conditions, in time that grows with the text and not with the pattern's stars."""

from collections import defaultdict


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text, case-sensitively, is one that the pattern describes; nothing is escaped.

    Every position of the pattern that may have been reached is one bit, so each character of the text is one step
    whatever the pattern: there is nothing to go back to.

    >>> matches("faculty@*", "faculty@uni.example"), matches("a?c", "ac")
    (True, False)
    """
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    stars = 0
    takes: defaultdict[str, int] = defaultdict(int)
    for place, character in enumerate(pattern):
        if character == "*":
            stars |= 1 << place
        else:
            takes[character] |= 1 << place
    anything = takes.pop("?", 0)
    reached = 1 | (1 & stars) << 1
    for character in text:
        step = (reached & (takes.get(character, 0) | anything)) << 1 | reached & stars
        reached = step | (step & stars) << 1
    return bool(reached >> len(pattern) & 1)
