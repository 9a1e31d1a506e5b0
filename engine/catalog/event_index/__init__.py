"""The event index: the clinical events and survey answers of a release as memory-mapped columns.

It is derived from the release, checksummed, and built again when it is absent, damaged or made from other files.
"""

from engine.catalog.event_index.index import EventIndex, build_event_index, open_event_index
from engine.catalog.event_index.tables import Column, EventTable

__all__ = [
    "Column",
    "EventIndex",
    "EventTable",
    "build_event_index",
    "open_event_index",
]
