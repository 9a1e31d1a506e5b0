"""Changing one criterion of a question that was asked before: what it costs beside asking it for the first time.

    python -m benchmarks.editing --releases var/releases --state /tmp/state [--target duckdb]

Every question of `benchmarks/scale/questions` with rules is asked, then asked again and again with one of its rules
changed at a time: a threshold of a count, a side of a window (away from its anchor) or a limit moves, so that the
changed rule means something that was never asked. Times are milliseconds from the analysed plan to the rows of the
cohort: `first` with nothing kept, `edit` with what is kept of the questions before, `same` of one that was asked
already. What parsing and analysing a text takes beside it is `reading`.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.scale.questions import questions
from cohort_dsl import parse, print_cohort
from cohort_dsl.ast import Bound, Cohort, Compare, Duration
from engine import EngineSettings, Session
from engine.execute import Wanted, execute
from engine.logical.analyze import analyze
from engine.logical.nodes import CohortPlan, Occurs, PersonRange, RulePlan, Scored
from engine.logical.rewrite import rewrite
from engine.physical.planner import plan_cohort

EDITS = 5
"""Edits of each rule."""


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one question."""

    name: str
    first: float
    edits: tuple[float, ...]
    same: float
    reading: float


def run(session: Session, targets: tuple[str, ...]) -> list[Times]:
    """Ask every question, and every edit of it."""
    return [
        _times(session, question.name, question.cohort, targets) for question in questions() if question.cohort.rules
    ]


def _times(session: Session, name: str, cohort: Cohort, targets: tuple[str, ...]) -> Times:
    text = print_cohort(cohort)
    plan = analyze(cohort, session.dictionaries, {}).plan
    session.kept.clear()
    first = _milliseconds(lambda: _ask(session, plan, targets))
    edits = [_milliseconds(lambda edit=edit: _ask(session, edit, targets)) for edit in edited(plan)]
    return Times(
        name=name,
        first=first,
        edits=tuple(edits),
        same=_milliseconds(lambda: _ask(session, plan, targets)),
        reading=_milliseconds(lambda: analyze(parse(text), session.dictionaries, {})),
    )


def edited(plan: CohortPlan) -> Iterator[CohortPlan]:
    """The plan with one rule changed, each rule in turn. It is a copy, as reading the changed text would make it: what
    nodes of the plan remember of themselves, as their hashes, is not there yet."""
    for at, rule in enumerate(plan.rules):
        for step in range(1, EDITS + 1):
            changed = _changed(plan, rule, step)
            if changed != rule:
                yield deepcopy(replace(plan, rules=(*plan.rules[:at], changed, *plan.rules[at + 1 :])))


def _changed(plan: CohortPlan, rule: RulePlan, step: int) -> RulePlan:
    """The rule with its counts, windows and limits moved by as much as the step says."""

    def move(node: object) -> object:
        match node:
            case Bound(offset=Duration(count=count) as offset) if count:
                return replace(node, offset=replace(offset, count=count + step if count > 0 else count - step))
            case Occurs(number=number, windows=()) if number:
                return replace(node, number=number + step)
            case PersonRange(test=Compare(value=float() as value) as test):
                return replace(node, test=replace(test, value=value + step))
            case Scored(test=Compare(value=float() as value) as test):
                return replace(node, test=replace(test, value=value + step / 7))
            case _:
                return node

    return rewrite(replace(plan, rules=(rule,)), move).rules[0]


def _ask(session: Session, plan: CohortPlan, targets: tuple[str, ...]) -> None:
    execute(plan_cohort(plan, *targets), session.means(session.genotypes), Wanted.MEMBERS)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def show(found: list[Times]) -> None:
    """Print a line a question and the whole."""
    print(f"{'question':34} {'first':>9} {'edit p50':>9} {'edit p95':>9} {'same':>7} {'reading':>8}")
    for times in found:
        if times.edits:
            middle, late = statistics.median(times.edits), _late(times.edits)
            print(
                f"{times.name:34} {times.first:9.1f} {middle:9.2f} {late:9.2f} {times.same:7.2f} {times.reading:8.2f}"
            )
    edits = [each for times in found for each in times.edits]
    first = statistics.median(times.first for times in found)
    print(f"{'all':34} {first:9.1f} {statistics.median(edits):9.2f} {_late(edits):9.2f}   ({len(edits)} edits)")


def _late(values: list[float] | tuple[float, ...]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--releases", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--release", default=None)
    parser.add_argument("--target", action="append", default=[])
    given = parser.parse_args()
    session = Session.open(EngineSettings(releases=given.releases, state=given.state, release_id=given.release))
    try:
        session.warm()
        run(session, tuple(given.target) or tuple(session.targets))  # loads kernels and files of every question once
        show(run(session, tuple(given.target) or tuple(session.targets)))
    finally:
        session.close()


if __name__ == "__main__":
    main()
