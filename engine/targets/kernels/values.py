"""The values of a field over some events, each perhaps missing, perhaps as positions in a list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index import EventTable
from engine.catalog.event_index.layout import Form
from engine.catalog.event_index.tables import Stretches
from engine.kernels.predicates import look_up
from engine.kernels.ranges import Rows
from engine.kernels.windows import ABSENT
from engine.physical.entries import UNKNOWN, Truth
from engine.targets.kernels.views import View

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Codes:
    """A position in a list for each event: what `stored` holds in the rows of the stretches, in their order."""

    stored: npt.NDArray[np.integer]
    stretches: Stretches
    size: int

    @staticmethod
    def of(stored: npt.NDArray[np.integer]) -> "Codes":
        """The positions given, one an event."""
        return Codes(stored, (np.zeros(1, np.int64), np.full(1, stored.size)), stored.size)

    def spread(self, listed: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What the list has for each event."""
        if listed.size == 1:
            return np.full(self.size, listed[0])
        out = np.empty(self.size, listed.dtype)
        look_up(self.stored, *self.stretches, listed, out)
        return out


@dataclass(frozen=True, slots=True)
class Values:
    """`data` are values and `missing` says which are none; with `codes` they are a list, and each event has the value
    at its position of it. Texts are an object array."""

    data: npt.NDArray[Any]
    missing: Mask
    codes: Codes | None = None

    def truth(self, test: Callable[[npt.NDArray[Any]], Mask]) -> Truth:
        """What the test says of each event; unknown where its value is missing."""
        found = test(self.data).astype(np.int8)
        found[self.missing] = UNKNOWN
        return found if self.codes is None else self.codes.spread(found)

    def is_missing(self) -> Mask:
        """Which events have no value."""
        return self.missing if self.codes is None else self.codes.spread(self.missing.view(np.int8)).view(np.bool_)

    def numbers(self) -> npt.NDArray[np.float64]:
        """The value of each event, NaN where it is missing."""
        own = np.where(self.missing, np.nan, self.data.astype(np.float64))
        return own if self.codes is None else self.codes.spread(own)

    def without_zero(self) -> "Values":
        """The same, where zero is no value."""
        return Values(self.data, self.missing | (self.data == 0), self.codes)

    def keys(self) -> Rows:
        """int64, equal where the values are, `ABSENT` where there is none."""
        data = (self.data + 0.0).view(np.int64) if self.data.dtype == np.float64 else self.data.astype(np.int64)
        own = np.where(self.missing, ABSENT, data)
        return own if self.codes is None else self.codes.spread(own)


def plain(data: npt.NDArray[Any]) -> Values:
    """Values that are all there, unless they are what a plain column writes for none."""
    missing = np.isnan(data) if data.dtype.kind == "f" else data == np.iinfo(data.dtype).min
    return Values(data, missing)


def known(data: npt.NDArray[Any]) -> Values:
    """Values none of which is missing."""
    return Values(data, np.zeros(data.size, np.bool_))


def column_values(table: EventTable, name: str, view: View) -> Values:
    """A column of a table over the events of a view."""
    column = table.columns[name]
    match column.form:
        case Form.PLAIN:
            return plain(view.stored(column))
        case Form.APART:
            texts = table.texts(name, view.rows)
            return Values(np.array(texts, object), np.array([text is None for text in texts], np.bool_))
        case Form.CODES:
            return Values(*column.listed, Codes(*view.located(column), view.size))
        case Form.CONSTANT:
            return Values(*column.listed, Codes.of(np.zeros(view.size, np.uint8)))
