"""What is measured: one row for each way to answer a question."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.genotypes.timing import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Seconds that one `way` took for a `case` of a question, over `items` variants (genes, bytes: as the question
    says), on so many cores. `note` says what was scaled or left out."""

    question: str
    case: str
    way: str
    threads: int
    items: float
    times: Times
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Row":
        """The row of `to_json`."""
        return Row(**{**values, "times": Times(**values["times"])})


def rows_of(
    question: str, case: str, times: Mapping[str, Times], *, threads: int, items: float, note: str = ""
) -> list[Row]:
    """A row for each way."""
    return [
        Row(question=question, case=case, way=way, threads=threads, items=items, times=own, note=note)
        for way, own in times.items()
    ]


def same(what: str, ours: npt.NDArray[Any], other: npt.NDArray[Any], *, relative: float = 0.0) -> None:
    """Stops the benchmark unless the answers are equal, or differ by no more than `relative` of each and 1 % of
    `relative` of the largest, for sums near zero are differences of what was rounded."""
    if relative:
        scale = float(np.nanmax(np.abs(other))) if other.size else 1.0
        agrees = np.allclose(ours, other, rtol=relative, atol=relative * 0.01 * scale, equal_nan=True)
    else:
        agrees = np.array_equal(ours, other)
    if not agrees:
        raise SystemExit(f"{what}: the answers differ, so that nothing of this is to be believed")
