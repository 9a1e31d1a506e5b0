"""Where a key of a TOML text is: the parser gives values without lines."""

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(?:#.*)?$")


def place_in(text: str, place: tuple[int | str, ...]) -> tuple[int | None, str]:
    """The line of a value, absent when it cannot be told, and its place in words; counts start at 1.

    A key that is missing is placed at the header of its table.

    >>> text = "[[phase]]\\n[[phase.grant]]\\n[[phase]]\\n[[phase.grant]]\\ndates = 1\\n"
    >>> place_in(text, ("phase", 1, "grant", 0, "dates"))
    (5, 'phase[2].grant[1].dates')
    """
    words: list[str] = []
    for part in place:
        if isinstance(part, int) and words:
            words[-1] += f"[{part + 1}]"
        else:
            words.append(str(part))
    return _line(text, place), ".".join(words) or "the file"


def _line(text: str, place: tuple[int | str, ...]) -> int | None:
    seen: dict[str, int] = {}
    tables: dict[tuple[int | str, ...], int] = {(): 0}
    keys: dict[tuple[int | str, ...], int] = {}
    here: tuple[int | str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here = _entered(header[1], line.lstrip().startswith("[["), seen)
            tables.setdefault(here, number)
        elif key := re.match(r"\s*([A-Za-z0-9_-]+)\s*=", line):
            keys.setdefault((*here, key[1]), number)
    for length in range(len(place), -1, -1):
        if (line := keys.get(place[:length]) or tables.get(place[:length])) is not None:
            return line or None
    return None


def _entered(name: str, is_list: bool, seen: dict[str, int]) -> tuple[int | str, ...]:
    """The place of the table that a header begins; lists within it start anew."""
    if is_list:
        seen[name] = seen.get(name, -1) + 1
        for inner in [other for other in seen if other.startswith(f"{name}.")]:
            del seen[inner]
    place: list[int | str] = []
    parts = name.split(".")
    for length, part in enumerate(parts, start=1):
        place.append(part)
        if (index := seen.get(".".join(parts[:length]))) is not None:
            place.append(index)
    return tuple(place)
