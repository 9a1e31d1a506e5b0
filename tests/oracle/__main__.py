"""`make oracle CASES=2000 SEED=1`: random definitions over random data, our rows beside those of OHDSI's SQL.

Definitions that differ are made small and, with `--keep`, stored as regression files. The exit status is 1 when any
differs. With `--record N` nothing is compared: N of the cases are stored, with OHDSI's rows, for the tests that run
without the oracle.
"""

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.world import TARGETS, World
from tests.lib.circe_values import Json
from tests.lib.circe_world import write_world
from tests.oracle.case import RECORDED, Case
from tests.oracle.ours import Refused, answer, make_world, source_of
from tests.oracle.recording import attribute_cases, random_definitions, varied
from tests.oracle.shrink import shrink
from tests.oracle.worker import PYTHON, Official

_WORLDS = 4


@dataclass
class Tally:
    """What came of the cases, and which went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Case, str, str]] = field(default_factory=list)


class Comparison:
    """One data set, answered over by OHDSI's SQL and by us."""

    def __init__(self, root: Path, number: int, official: Official, targets: list[str]) -> None:
        self.number, self.official, self.targets = number, official, targets
        self.world: World = make_world(root, number)
        official.load(source_of(root, number))

    def judge(self, definition: Json) -> tuple[Case | None, dict[str, str]]:
        """OHDSI's rows, absent where its SQL fails; and what each target that is not identical makes of it."""
        self.official.ask({"definition": definition})
        found = {target: answer(self.world, definition, target) for target in self.targets}
        reply = self.official.take()
        case = Case.answered(self.number, definition, reply)
        if case is None:
            return None, {"OHDSI": reply["error"]}
        return case, {target: _said(rows) for target, rows in found.items() if rows != case.rows}

    def smallest(self, case: Case, target: str) -> Case:
        """The case made small while the target gets it wrong in the same way: other rows, or the same refusal."""
        kind = _kind(answer(self.world, case.definition, target))

        def fails(definition: Json) -> bool:
            smaller, wrong = self.judge(definition)
            return smaller is not None and target in wrong and _kind(answer(self.world, definition, target)) == kind

        small, _ = self.judge(shrink(case.definition, fails))
        assert small is not None
        return small


def _kind(rows: list[Any] | Refused) -> str:
    return rows.code if isinstance(rows, Refused) else "rows"


def _said(rows: list[Any] | Refused) -> str:
    return f"refused: {rows.message}" if isinstance(rows, Refused) else json.dumps(rows)


def run(root: Path, given: argparse.Namespace) -> Tally:
    """Judge every definition of the seed."""
    tally = Tally()
    made = random_definitions(given.cases, given.seed)
    with Official(given.python) as official:
        for number in range(_WORLDS):
            comparison = Comparison(root, given.seed * _WORLDS + number, official, given.target)
            for definition in made[number::_WORLDS]:
                _add(tally, comparison, definition, given)
            comparison.world.database.close()
    return tally


def _add(tally: Tally, comparison: Comparison, definition: Json, given: argparse.Namespace) -> None:
    case, wrong = comparison.judge(definition)
    tally.counts["tried"] += 1
    if case is None:
        tally.counts["not run by OHDSI's SQL"] += 1
        print(wrong["OHDSI"], json.dumps(definition), flush=True)
        return
    tally.counts["select somebody"] += bool(case.rows)
    tally.counts["answered by a tie-break"] += case.tied
    if not wrong:
        tally.counts["identical"] += 1
    elif all(said.startswith("refused") for said in wrong.values()):
        tally.counts["refused"] += 1
    else:
        tally.counts["different"] += 1
    for target in wrong:
        tally.counts[f"wrong on {target}"] += 1
    if wrong and len(tally.wrong) < given.shrink:
        target = min(wrong)
        small = comparison.smallest(case, target)
        tally.wrong.append((small, target, _said(answer(comparison.world, small.definition, target))))


def report(tally: Tally) -> Iterator[str]:
    """The lines people read."""
    for name, count in tally.counts.items():
        yield f"{name:30}{count:8,}"
    for case, target, said in tally.wrong:
        yield f"\n{target} on world {case.seed}\n{json.dumps(case.definition)}\nOHDSI {json.dumps(case.rows)}\nours  {said}"


def record(given: argparse.Namespace) -> None:
    """Replace the recorded cases: those in which each attribute decides something, then as varied ones as there are.

    All are of one data set, so that tests need only that.
    """
    number = given.seed * _WORLDS
    with tempfile.TemporaryDirectory() as folder, Official(given.python) as official:
        official.load(write_world(source_of(Path(folder), number), number))

        def ask(definition: Json) -> Case | None:
            official.ask({"definition": definition})
            return Case.answered(number, definition, official.take())

        kept = list(attribute_cases(ask))
        cases = [ask(definition) for definition in random_definitions(given.cases, given.seed)]
    kept += varied([case for case in cases if case is not None and case.rows], given.record)
    with gzip.GzipFile(RECORDED, "w", mtime=0) as file:
        file.writelines(case.line().encode() + b"\n" for case in kept)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="compare with OHDSI's SQL on random definitions")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--shrink", type=int, default=5, help="make at most so many wrong cases small")
    parser.add_argument("--keep", action="store_true", help="store wrong cases as regression files")
    parser.add_argument("--record", type=int, default=0, help="instead, store so many of the cases")
    parser.add_argument("--python", type=Path, default=PYTHON, help="the interpreter that has the oracle")
    given = parser.parse_args()
    if given.record:
        record(given)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tally = run(Path(folder), given)
    for line in report(tally):
        print(line)
    if given.keep:
        for case, _, _ in tally.wrong:
            case.store()
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
