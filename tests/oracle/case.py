"""Cases with the rows OHDSI's SQL gives, as files: one JSON file a case found wrong once, one file of random ones."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.conformance.corpus import Row

CASES = Path(__file__).with_name("cases")
RECORDED = CASES / "random.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Case:
    """A definition, the seed of its data set, and OHDSI's rows by source person id, in order.

    `tied`: rows depend on which of a person's events of one day is taken; these are of the lowest.
    """

    seed: int
    definition: dict[str, Any]
    rows: list[Row]
    tied: bool = False

    def line(self) -> str:
        """The case as JSON."""
        made = {"seed": self.seed, "definition": self.definition, "rows": self.rows, "tied": self.tied}
        return json.dumps(made, separators=(",", ":"))

    @classmethod
    def read(cls, line: str) -> Self:
        """The opposite of `line`."""
        made = json.loads(line)
        return cls(made["seed"], made["definition"], [tuple(row) for row in made["rows"]], made["tied"])

    @classmethod
    def answered(cls, seed: int, definition: dict[str, Any], reply: dict[str, Any]) -> Self | None:
        """From the oracle's reply; absent where OHDSI's SQL fails."""
        if "error" in reply:
            return None
        return cls(seed, definition, [tuple(row) for row in reply["rows"]], reply["tied"])

    def store(self) -> None:
        """Keep it among the regression files."""
        name = hashlib.sha256(self.line().encode()).hexdigest()[:10]
        (CASES / f"{name}.json").write_text(self.line() + "\n")


def stored() -> Iterator[tuple[str, Case]]:
    """Every case of the files, with a name for it."""
    for file in sorted(CASES.glob("*.json")):
        yield file.stem, Case.read(file.read_text())
    if RECORDED.exists():
        with gzip.open(RECORDED, "rt") as lines:
            for number, line in enumerate(lines):
                yield f"random-{number}", Case.read(line)
