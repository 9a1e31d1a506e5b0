"""What each target can compute, as data. A target refuses the rest; it never changes the meaning."""

from engine.logical.nodes import (
    Answered,
    CohortEntries,
    EveryoneOn,
    Filter,
    NotAnswered,
    Nth,
    Occurs,
    PersonConcept,
    PersonRange,
    PersonText,
    Scan,
)

_CLINICAL = frozenset(
    {
        Scan,
        Filter,
        Nth,
        CohortEntries,
        EveryoneOn,
        Occurs,
        PersonRange,
        PersonText,
        PersonConcept,
        Answered,
        NotAnswered,
    }
)

SUPPORTED: dict[str, frozenset[type]] = {"duckdb": _CLINICAL}
"""Target -> the node types an entry scan on it may hold."""

DEFAULT_TARGET = "duckdb"
