"""Whether one definition gives the people, dates and statistics of OHDSI's SQL."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from cohort_dsl.circe import from_circe
from engine.aggregate.inclusion import InclusionMode, inclusion_statistics
from engine.personset import PersonSet
from engine.physical.entries import CohortResult
from schemas.errors import Problem, Problems
from tests.conformance.corpus import Definition, Expected, row_digest
from tests.conformance.world import World

_MODES = {0: InclusionMode.EVENTS, 1: InclusionMode.BEST_EVENT}


class Verdict(Enum):
    """What came of one definition on one data set."""

    IDENTICAL = "identical"
    RECOMPUTED = "as recomputed"
    ROWS_DIFFER = "rows differ"
    STATISTICS_DIFFER = "statistics differ"
    REFUSED = "refused"


@dataclass
class Tally:
    """Verdicts by data set and target, by feature, and what was not identical."""

    verdicts: Counter[tuple[str, str, Verdict]] = field(default_factory=Counter)
    features: Counter[tuple[str, Verdict]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, dataset: str, target: str, definition: Definition, verdict: Verdict, detail: str) -> None:
        """Note one verdict."""
        self.verdicts[dataset, target, verdict] += 1
        for feature in definition.features:
            self.features[feature, verdict] += 1
        if verdict not in (Verdict.IDENTICAL, Verdict.RECOMPUTED):
            self.failures.append(f"{dataset} {target} {definition.cohort_id}: {verdict.value} {detail}")


def judge(world: World, target: str, definition: Definition, expected: Expected) -> tuple[Verdict, str]:
    """The verdict, and where it is not identical what differs: counts, or the refusal's code."""
    try:
        result = world.run(from_circe(definition.expression).cohort, target)
    except Problem as problem:
        return Verdict.REFUSED, problem.code
    except Problems as problems:
        return Verdict.REFUSED, ", ".join(problem.code for problem in problems.problems)
    rows = world.rows(result)
    if expected.recomputed is not None and row_digest(rows) == expected.recomputed:
        return Verdict.RECOMPUTED, ""
    if not expected.accepts(rows):
        persons = len({person for person, _, _ in rows})
        return Verdict.ROWS_DIFFER, f"(persons {expected.persons} expected, {persons} found)"
    if not expected.loose and not _same_statistics(result, expected):
        return Verdict.STATISTICS_DIFFER, ""
    return Verdict.IDENTICAL, ""


def _same_statistics(result: CohortResult, expected: Expected) -> bool:
    """OHDSI's SQL keeps statistics only where there are rules, and fewer than 63 of them."""
    if expected.statistics is None or expected.patterns is None:
        return True
    statistics, patterns = [], []
    for number, mode in _MODES.items():
        found = inclusion_statistics(result, mode, PersonSet.all(result.progress.size))
        for rule, (passed, gain) in enumerate(zip(found.passed, found.gain, strict=True)):
            statistics.append((number, rule, passed, gain, found.total))
        for pattern, count in found.patterns.items():
            patterns.append((number, sum(1 << rule for rule, passed in enumerate(pattern) if passed), count))
    return sorted(statistics) == list(expected.statistics) and sorted(patterns) == list(expected.patterns)
