"""How a file of numbered records falls into parts."""

from engine.ingest.variants.source import Part

PARTS = 16
"""At least this many parts where there are enough records, so that cores and a resumed run share the work evenly."""


def record_ranges(records: int, *, whole: int = 1) -> tuple[Part, ...]:
    """Parts of at most a sixteenth of the records, rounded up to multiples of `whole`; none without records."""
    length = max(1, -(-records // (PARTS * whole))) * whole
    return tuple(
        Part(name=f"records-{first:012d}", share=(last - first) / records, first=first, last=last)
        for first in range(0, records, length)
        for last in (min(records, first + length),)
    )
