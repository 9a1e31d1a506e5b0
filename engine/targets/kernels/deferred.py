"""Columns that are read when somebody asks, for those places only that are left by then."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.kernels.ranges import Rows


@dataclass(frozen=True, slots=True)
class Deferred:
    """What a column holds at the places given, which may be deferred themselves; `added` to each."""

    column: npt.NDArray[Any]
    places: "Rows | Deferred"
    added: int = 0

    def taken(self, chosen: Rows) -> "Deferred":
        """Some of them."""
        return Deferred(self.column, taken(self.places, chosen), self.added)

    def read(self) -> npt.NDArray[Any]:
        """The values."""
        values = self.column[now(self.places)]
        return values + values.dtype.type(self.added) if self.added else values


def now(values: npt.NDArray[Any] | Deferred) -> npt.NDArray[Any]:
    """The values, read where they were not yet."""
    return values.read() if isinstance(values, Deferred) else values


def taken(values: npt.NDArray[Any] | Deferred, chosen: Rows) -> npt.NDArray[Any] | Deferred:
    """Some of the values, still deferred where they are."""
    return values.taken(chosen) if isinstance(values, Deferred) else np.asarray(values[chosen])
