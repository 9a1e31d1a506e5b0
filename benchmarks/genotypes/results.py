"""The results of a run: kept as JSON beside the pages made from them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.genotypes.record import Row
from benchmarks.genotypes.timing import Times

FOLDER = Path("docs/understand/genotype-speed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Rows with where they come from: `machine` says what it is, `data` its size and what making it took."""

    machine: Mapping[str, str]
    data: Mapping[str, str | float]
    rows: tuple[Row, ...] = field(repr=False)

    @staticmethod
    def read(size: str) -> "Results | None":
        """Of the last run of a size; absent when there was none."""
        path = FOLDER / f"{size}.json"
        if not path.is_file():
            return None
        found = json.loads(path.read_text())
        return Results(machine=found["machine"], data=found["data"], rows=tuple(map(Row.from_json, found["rows"])))

    def write(self) -> None:
        """Replace those of the last run of this size."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        found = {"machine": self.machine, "data": self.data, "rows": [row.to_json() for row in self.rows]}
        (FOLDER / f"{self.data['size']}.json").write_text(json.dumps(found, indent=1) + "\n")

    @property
    def cores(self) -> tuple[int, ...]:
        """On how many cores questions were asked."""
        return tuple(sorted({row.threads for row in self.rows}))

    def of(self, question: str, case: str | None = None, *, cores: int = 1) -> list[Row]:
        """The rows of a question."""
        return [
            row for row in self.rows
            if row.question == question and row.threads == cores and (case is None or row.case == case)
        ]  # fmt: skip

    def cases(self, question: str) -> list[str]:
        """Of a question, in the order asked."""
        return list(dict.fromkeys(row.case for row in self.rows if row.question == question))

    def row(self, question: str, case: str, way: str, *, cores: int = 1) -> Row | None:
        """One row, absent where the way was not there."""
        return next((row for row in self.of(question, case, cores=cores) if row.way == way), None)

    def seconds(self, question: str, case: str, way: str, *, cores: int = 1) -> float:
        """Of a row: CPU on one core, the clock on several; NaN where it was not measured."""
        row = self.row(question, case, way, cores=cores)
        return fair(row.times, cores) if row else float("nan")

    def ratio(self, question: str, case: str, way: str, *, cores: int = 1, ours: str = "kohort") -> float:
        """How many times longer than ours a way takes."""
        return self.seconds(question, case, way, cores=cores) / self.seconds(question, case, ours, cores=cores)

    def bytes(self, case: str) -> float:
        """Of a file or a table."""
        return next(row.items for row in self.of("bytes", case))


def fair(times: Times, cores: int) -> float:
    """What to compare by: on one core the CPU time, which other work on the machine hardly touches; on several the
    clock, for CPU time does not say how well they share."""
    return times.cpu if cores == 1 else times.wall
