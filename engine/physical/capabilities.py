"""What each target can compute, as data. A target refuses the rest; it never changes the meaning."""

from engine.logical.nodes import (
    Answered,
    AnswerScan,
    CohortEntries,
    Covering,
    EraJoin,
    EveryoneOn,
    Filter,
    GapsBetween,
    Having,
    NotAnswered,
    Nth,
    Occurs,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    Respan,
    Scan,
    Trending,
)

_CLINICAL = frozenset(
    {
        Scan,
        Filter,
        Respan,
        Covering,
        Having,
        Trending,
        EraJoin,
        GapsBetween,
        AnswerScan,
        Nth,
        CohortEntries,
        EveryoneOn,
        Occurs,
        PersonRange,
        PersonText,
        PersonConcept,
        PersonUnrecorded,
        Answered,
        NotAnswered,
    }
)

SUPPORTED: dict[str, frozenset[type]] = {"duckdb": _CLINICAL, "polars": _CLINICAL, "kernels": _CLINICAL}
"""Target -> the node types an entry scan on it may hold."""
