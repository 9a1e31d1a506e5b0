"""`make conformance`: every definition of the corpus on every data set and target, beside OHDSI's own results.

    python -m tests.conformance [--shared ../shared] [--data synth10k …] [--target duckdb …] [--every 1]

Prints how many definitions were tried, identical, different or refused, in all and for each Circe feature, and names
those that are not identical; `as recomputed` are those whose recorded result is not what OHDSI's SQL gives on the data
as shipped (or depends on the order of its rows), and ours is what it does give. The exit status is 1 when a definition
gives other rows or statistics; one that is refused is named with the code of the refusal.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.conformance.corpus import DATASETS, Definition, Expected, definitions, expected
from tests.conformance.verdict import Tally, Verdict, judge
from tests.conformance.world import TARGETS, World
from tests.lib.shared import shared_folder

_SMALL = ("synthea27nj",)
"""Data sets that the reference target, plain Python over rows, gets through in minutes."""
_SHOWN = 60


def run(shared: Path, datasets: list[str], targets: list[str], every: int, root: Path) -> Tally:
    """Judge every definition (or each n-th) on the data sets and targets."""
    tally = Tally()
    known = definitions(shared)
    for dataset in datasets:
        world = World.make(shared, dataset, root)
        wanted = dict(sorted(expected(shared, dataset).items())[::every])
        for target in targets:
            if target == "reference" and dataset not in _SMALL:
                continue
            began = time.perf_counter()
            judge_each(world, target, known, wanted, tally)
            print(f"{dataset} on {target}: {len(wanted)} definitions, {time.perf_counter() - began:.0f} s", flush=True)
        world.database.close()
    return tally


def judge_each(
    world: World,
    target: str,
    known: Mapping[int, Definition],
    wanted: Mapping[int, Expected],
    tally: Tally | None = None,
) -> Tally:
    """Judge the definitions wanted, each beside what is expected of it; the tally they were added to."""
    tally = tally or Tally()
    for number, result in wanted.items():
        verdict, detail = judge(world, target, known[number], result)
        tally.add(world.release.manifest.release_id, target, known[number], verdict, detail)
    return tally


def report(tally: Tally) -> str:
    """The tables, for people."""
    words = [verdict.value for verdict in Verdict]
    lines = ["", f"{'data set':14}{'target':12}{'tried':>8}" + "".join(f"{word:>19}" for word in words)]
    for dataset, target in sorted({key[:2] for key in tally.verdicts}):
        counts = [tally.verdicts[dataset, target, verdict] for verdict in Verdict]
        lines.append(f"{dataset:14}{target:12}{sum(counts):8,}" + "".join(f"{count:19,}" for count in counts))
    lines += ["", f"{'feature':46}{'tried':>8}" + "".join(f"{word:>19}" for word in words)]
    for feature in sorted({feature for feature, _ in tally.features}):
        counts = [tally.features[feature, verdict] for verdict in Verdict]
        lines.append(f"{feature:46}{sum(counts):8,}" + "".join(f"{count:19,}" for count in counts))
    lines += ["", *tally.failures[:_SHOWN]]
    if len(tally.failures) > _SHOWN:
        lines.append(f"… and {len(tally.failures) - _SHOWN} more")
    return "\n".join(lines)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="compare with OHDSI's SQL on the shared corpus")
    parser.add_argument("--shared", type=Path, default=shared_folder())
    parser.add_argument("--data", nargs="+", choices=DATASETS, default=list(DATASETS))
    parser.add_argument("--target", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--every", type=int, default=1, help="judge each n-th definition only")
    parser.add_argument("--releases", type=Path, help="keep the ingested data sets here")
    given = parser.parse_args()
    if given.shared is None:
        print("the shared corpus is not here: set KOHORT_SHARED to its folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        tally = run(given.shared, given.data, given.target, given.every, given.releases or Path(folder))
    print(report(tally))
    differ = (Verdict.ROWS_DIFFER, Verdict.STATISTICS_DIFFER)
    return int(any(key[2] in differ for key in tally.verdicts))


if __name__ == "__main__":
    sys.exit(main())
