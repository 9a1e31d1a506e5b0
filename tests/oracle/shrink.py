"""The smallest definition that still goes wrong: parts are taken out, and numbers made small, as long as it does."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


def shrink(definition: Json, fails: Callable[[Json], bool], *, tries: int = 400) -> Json:
    """Greedily, larger parts first; at most `tries` questions are asked."""
    smaller = True
    while smaller:
        smaller = False
        for changed in _simpler(definition):
            tries -= 1
            if tries < 0:
                return definition
            if fails(changed):
                definition, smaller = changed, True
                break
    return definition


def _simpler(definition: Json) -> Iterator[Json]:
    """The definition with one part removed, or one number made smaller; outer parts first."""
    for path in sorted(_paths(definition, ()), key=len):
        parent = _at(definition, path[:-1])
        for value in _values(parent, path[-1]):
            changed = copy.deepcopy(definition)
            place = _at(changed, path[:-1])
            if value is _REMOVED:
                del place[path[-1]]
            else:
                place[path[-1]] = value
            yield changed


_REMOVED = object()


def _values(parent: Any, key: str | int) -> Iterator[Any]:
    value = parent[key]
    yield _REMOVED
    if isinstance(value, list) and value:
        yield []
    if isinstance(value, bool):
        return
    if isinstance(value, int | float) and key not in ("CodesetId", "id", "CONCEPT_ID", "Coeff", "DrugCodesetId"):
        yield from (small for small in (0, 1) if small < value)
    if key == "Type" and isinstance(value, str) and value not in ("All", "ALL"):
        yield "All" if value in ("First", "Last") else "ALL"


def _paths(value: Any, path: Path) -> Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value
