"""A protected count over 20,000 people, stage by stage and end to end, against the bare query it is made of.

    python -m benchmarks.count [--persons 20000]

Times are milliseconds of wall clock, the median of several turns. The named peer is the same cohort's SQL, already
compiled, run by DuckDB alone over the same Parquet files: what is above it is ours (language, planning, kernels,
noise and the durable ledger). `over HTTP` is a request to the whole application in this process, with the fixed
answering deadline switched off; every turn asks a question never asked before.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from api.auth import open_local_tokens
from api.settings import ServerSettings
from benchmarks.common.clock import seconds_of
from cohort_dsl import parse
from engine import EngineSettings, Principal, Request, Session, count, synthesize
from engine.execute import Wanted, execute
from engine.logical.analyze import analyze
from engine.logical.nodes import Atom, CohortPlan
from engine.physical.entries import Anchors
from engine.physical.nodes import PhysicalPlan
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import compile_anchors, compile_truths
from schemas.policy import AccessTier, Precision

TEXT = """
cohort "Statin starters with diabetes, by genotype and smoking"
let diabetes = concept 201826 with descendants
let statins = code ATC:"C10AA" with descendants
let hba1c = code LOINC:"4548-4"
index first ever drug in statins where age >= 40 and date in 2015-01-01..2024-12-31 observed 365 days before
include "diabetes" when any condition in diabetes on or before index
include "measured" when at least 2 distinct dates of measurement in hba1c where value > 5.5 unit "%" within 2 years of index
exclude "cancer" when any condition in (concept 443392 with descendants) before index
include "carrier" when carries variant in gene (PCSK9, LDLR, APOE) where external af < 20%
exclude "smoker" when survey smoking.status is "current"
end {days} days after start
"""  # noqa: E501
TURNS = 25


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds to make the release and to open it, and milliseconds of each stage of a warm count."""

    persons: int
    make_seconds: float
    open_seconds: float
    stages: dict[str, float]


def run(persons: int = 20_000) -> Figures:
    """Make a release in a temporary folder and count over it."""
    with tempfile.TemporaryDirectory() as folder:
        root, state = Path(folder) / "releases", Path(folder) / "state"
        make = seconds_of(
            lambda: synthesize(root, "bench", persons=persons, seed=1, progress=lambda _step, _share: None)
        )
        Session.open(EngineSettings(releases=root, state=state)).close()  # the first opening builds the genotype index
        opened: list[Session] = []
        seconds = seconds_of(lambda: opened.append(Session.open(EngineSettings(releases=root, state=state))))
        opened[0].warm()
        stages = _stages(opened[0]) | {"over HTTP": _over_http(root, state)}
        opened[0].close()
    return Figures(persons, make, seconds, stages)


def _stages(session: Session) -> dict[str, float]:
    cohort = parse(TEXT.format(days=365))
    plan = analyze(cohort, session.dictionaries, {}).plan
    physical = plan_cohort(plan, "duckdb")
    atoms = tuple(scan.atom for scan in physical.columns)
    anchors = session.targets["duckdb"].anchors(plan.entry, {})
    numbers = iter(range(10**6))

    def fresh() -> None:
        number = next(numbers)
        principal = Principal(user=f"u{number}", project=f"p{number}", institution="i", tier=AccessTier.CONTROLLED)
        asked = parse(TEXT.format(days=number))
        count(session, Request(cohort=asked, principal=principal, precision=Precision.COARSE))

    return {
        "parse": _median(lambda: parse(TEXT.format(days=365))),
        "analyse": _median(lambda: analyze(cohort, session.dictionaries, {})),
        "compile to SQL": _median(lambda: (compile_anchors(plan.entry, {}), compile_truths(atoms, {}))),
        "DuckDB alone (peer)": _median(lambda: _alone(session, plan, atoms, anchors)),
        "execute on DuckDB": _median(lambda: _execute(session, physical)),
        "execute": _median(lambda: _execute(session, plan_cohort(plan, *session.targets))),
        "protected count": _median(fresh),
    }


def _alone(session: Session, plan: CohortPlan, atoms: tuple[Atom, ...], anchors: Anchors) -> None:
    """The target's three queries, with nothing of ours between them."""
    target = session.targets["duckdb"]
    target.anchors(plan.entry, {})
    target.last_days(plan.exit, anchors, {})
    target.truths(atoms, anchors, {})


def _execute(session: Session, physical: PhysicalPlan) -> None:
    """The whole plan, with nothing kept from before."""
    session.kept.clear()
    execute(physical, session.means(session.genotypes), Wanted.MEMBERS)


def _over_http(root: Path, state: Path) -> float:
    settings = ServerSettings(releases=root, state=state, fixed_deadlines=False, local_issuer=True)
    numbers = iter(range(10**3, 10**6))
    tokens = open_local_tokens(state)
    with TestClient(create_app(settings)) as client:

        def ask() -> None:
            number = next(numbers)
            principal = Principal(user="u", project=f"p{number}", institution="i", tier=AccessTier.CONTROLLED)
            token = tokens.issue(principal, hours=1)
            body = {"text": TEXT.format(days=number), "precision": "coarse"}
            answer = client.post("/v1/cohorts/count", json=body, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()

        return _median(ask)


def _median(work: Callable[[], object]) -> float:
    """Milliseconds, after two turns to warm up."""
    times = [1e3 * seconds_of(work) for _ in range(TURNS + 2)]
    return statistics.median(times[2:])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=20_000)
    show(run(parser.parse_args().persons))


def show(figures: Figures) -> None:
    """One line a figure."""
    peer = figures.stages["DuckDB alone (peer)"]
    made, opened = figures.make_seconds, figures.open_seconds
    print(f"{figures.persons:,} people: release made in {made:.1f} s, opened in {opened:.2f} s")
    for stage, milliseconds in figures.stages.items():
        print(f"  {stage:22} {milliseconds:8.1f} ms {milliseconds / peer:6.2f}x")


if __name__ == "__main__":
    main()
