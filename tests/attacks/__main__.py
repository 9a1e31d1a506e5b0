"""`make attack`: every attack at full size against the real service and against baselines, and the page of it.

`--only A4,A5` runs some and keeps what is stored of the others; `--fast` runs the size of the tests, which shows that all
works and proves little.
The exit status is 1 when any succeeds.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.attacks.kit.arena import Arena
from tests.attacks.kit.outcome import Attack, Outcome, attempt
from tests.attacks.kit.page import write_page
from tests.attacks.kit.results import Result, read, result_of, write
from tests.attacks.suite import ATTACKS
from tests.lib.policies import wide_policy

DOCS = Path(__file__).parents[2] / "docs" / "understand"
RESULTS = DOCS / "attacks" / "results.json"


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--only", default="", help="numbers of attacks, with commas")
    parser.add_argument("--fast", action="store_true", help="the size of the tests")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up people")
    asked = parser.parse_args()
    chosen = [attack for attack in ATTACKS if not asked.only or attack.number in asked.only.split(",")]
    kept = read(RESULTS)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KOHORT_POLICY"] = str(
            wide_policy(Path(folder))
        )  # rates slow attackers down; they are not the defence
        arena = Arena(folder=Path(folder), full=not asked.fast, seed=asked.seed)
        for attack in chosen:
            result = _tried(attack, arena)
            kept[attack.number] = result
            _keep(kept)
    return 0 if all(kept[attack.number].withstood for attack in chosen) else 1


def _tried(attack: Attack, arena: Arena) -> Result:
    started = time.monotonic()
    outcome = attempt(attack, arena)
    baselines = attack.baselines()
    _print(attack, outcome, baselines, time.monotonic() - started)
    return result_of(attack, outcome, baselines, size="full" if arena.full else "small")


def _print(attack: Attack, outcome: Outcome, baselines: dict[str, float], seconds: float) -> None:
    verdict = "withstood" if outcome.withstood else "BROKEN"
    against = "  ".join(f"{name} {value:.2f}" for name, value in baselines.items())
    print(f"{attack.number:4}{attack.title:28}{verdict:10}{attack.figure} {outcome.figure:.3f} "
          f"(allowed {outcome.limit:.3f})  {against}  {seconds:.0f} s", flush=True)  # fmt: skip
    for line in outcome.broken:
        print(f"      {line}", flush=True)


def _keep(results: dict[str, Result]) -> None:
    """In the order of the suite, in the file and on the page."""
    ordered = [results[attack.number] for attack in ATTACKS if attack.number in results]
    write(RESULTS, ordered)
    for page in ("attacks.md", "attacks.ko.md"):
        write_page(DOCS / page, RESULTS.parent, ordered)


if __name__ == "__main__":
    sys.exit(main())
