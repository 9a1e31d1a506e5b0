"""OHDSI cohort definitions: ours against the SQL that OHDSI's compiler makes, on the same data and machine.

    python -m benchmarks.circe [--persons 10000 200000] [--target kernels polars duckdb] [--every 1] [--alternating]

Every definition of the corpus is answered from its Circe JSON to the rows of the cohort. Ours: import, analysis,
planning, the engine over a release. Peer: the SQL of the `duckcdm` package (compiled
beforehand, its time shown apart), run by the same DuckDB with as many threads over native tables of the same people.
So two ratios are shown: ours with its compiling against the peer without, which is what a question asked anew costs us,
and running only, like for like. Milliseconds of wall clock and of processor time, the best of three rounds; in a round
each engine goes through all definitions, one after another, as a service that is asked does. With `--alternating` the
engines take turns after every definition, so that each finds the processor's caches full of the other's data; that
costs the one that takes less time more. 200,000 persons are the corpus's 100,000, twice.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import duckdb

from benchmarks.official import compile_official
from cohort_dsl.circe import from_circe
from engine.catalog.statistics import open_statistics
from engine.execute import Means, Wanted, execute
from engine.logical.analyze import analyze
from engine.physical.estimates import Estimates
from engine.physical.nodes import PhysicalPlan
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import compile_anchors, compile_last_days, compile_truths
from schemas.errors import Problems
from tests.conformance.corpus import Definition, definitions, expected
from tests.conformance.world import World
from tests.lib.shared import shared_folder

_THREADS = 2
_ROUNDS = 3
_VOCABULARY = ("concept", "concept_ancestor", "concept_relationship", "provider", "care_site", "location")
_SOURCES = {10_000: ("synth10k", 1), 100_000: ("synth100k", 1), 200_000: ("synth100k", 2)}


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds that something takes: of wall clock, and of all processors together."""

    wall: float
    processor: float

    def least(self, other: "Cost") -> "Cost":
        """The less of both, each by itself."""
        return Cost(min(self.wall, other.wall), min(self.processor, other.processor))


@dataclass(frozen=True, slots=True)
class Timing:
    """One definition: `ours` from its JSON to rows, of it `compiling` what comes before anything runs and `running`
    what comes after; and the `peer`'s SQL, which is compiled beforehand."""

    cohort_id: int
    ours: Cost
    compiling: Cost
    running: Cost
    peer: Cost

    @property
    def ratio(self) -> float:
        """Peer / ours: above 1 where we are faster, though we compile and the peer does not."""
        return self.peer.wall / self.ours.wall


@dataclass(frozen=True, slots=True)
class Figures:
    """The timings at one size, and how long the peer's compiler takes for a definition (median, milliseconds)."""

    persons: int
    target: str
    timings: tuple[Timing, ...]
    peer_compiling: float


def run(persons: int, shared: Path, target: str, every: int = 1, *, alternating: bool = False) -> Figures:
    """Time every definition the peer can compile, or each n-th."""
    dataset, copies = _SOURCES[persons]
    known = definitions(shared)
    chosen = [known[number] for number in sorted(expected(shared, dataset))[::every] if _is_read(known[number])]
    official = compile_official({definition.cohort_id: definition.expression for definition in chosen})
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        omop = root / "data" / "circe" / "omop" / "people"
        write_people(shared / "data" / "circe" / "omop" / dataset, omop, copies)
        world = World.make(root, "people", root / "releases")
        peer = _native_tables(omop)
        runs = [definition for definition in chosen if _peer_runs(peer, official.sql.get(definition.cohort_id))]
        ours = Ours(world, target, Estimates(open_statistics(world.release, world.database)))
        batches = [[definition] for definition in runs] if alternating else [runs]
        timings = [timing for batch in batches for timing in _timings(ours, peer, batch, official.sql)]
        world.database.close()
    return Figures(persons, target, tuple(timings), official.compiling)


def _is_read(definition: Definition) -> bool:
    """Whether we read the definition; one of the corpus names a concept set it does not hold."""
    try:
        from_circe(definition.expression)
    except Problems:
        return False
    return True


def _peer_runs(peer: duckdb.DuckDBPyConnection, sql: str | None) -> bool:
    """Whether the peer compiles the definition and its SQL runs: some of it asks for columns the data do not have."""
    try:
        peer.cursor().execute(sql or "SELECT no_sql")
    except duckdb.Error:
        return False
    return True


def show(figures: Figures) -> None:
    """Print what a reader wants to know."""
    timings = figures.timings
    print(f"{figures.persons:,} persons, {len(timings):,} definitions, ours on {figures.target}, {_THREADS} threads")
    for name, costs in (
        ("ours, with compiling", [timing.ours for timing in timings]),
        ("ours, running only", [timing.running for timing in timings]),
        ("ours, compiling only", [timing.compiling for timing in timings]),
        ("peer's SQL, running only", [timing.peer for timing in timings]),
    ):
        print(f"  {name:26}{_spread(cost.wall for cost in costs)}, of processors {_spread(c.processor for c in costs)}")
    print(f"  peer's compiler           median {figures.peer_compiling:.2f} ms (not in the ratios)")
    print("  peer's SQL, running only / ours")
    for name, ratios in (
        ("with our compiling", [timing.ratio for timing in timings]),
        ("running only", [timing.peer.wall / timing.running.wall for timing in timings]),
        ("with our compiling, processor time", [timing.peer.processor / timing.ours.processor for timing in timings]),
        ("running only, processor time", [timing.peer.processor / timing.running.processor for timing in timings]),
    ):
        print(f"    {name:36}{_faster(ratios)}")
    for timing in sorted(timings, key=lambda timing: timing.ratio)[:5]:
        print(f"    {timing.ratio:.2f}: definition {timing.cohort_id}, ours {timing.ours.wall:.1f} ms"
              f" ({timing.compiling.wall:.1f} compiling), peer's SQL {timing.peer.wall:.0f} ms")  # fmt: skip


def _spread(values: Iterable[float]) -> str:
    ordered = sorted(values)
    return (
        f"median {statistics.median(ordered):7.2f} ms, longest {ordered[-1]:7.1f} ms, sum {sum(ordered) / 1e3:6.2f} s"
    )


def _faster(ratios: Iterable[float]) -> str:
    ordered = sorted(ratios)
    mean = statistics.geometric_mean(ordered)
    return f"geometric mean {mean:.2f}, 10 % below {ordered[len(ordered) // 10]:.2f}, worst {ordered[0]:.2f}"


@dataclass(frozen=True, slots=True)
class Ours:
    """Our engine on one target, with the statistics that the service plans by and nothing kept of other questions."""

    world: World
    target: str
    estimates: Estimates

    def answer(self, definition: Definition) -> None:
        """From Circe JSON to the cohort's rows in memory."""
        self.run(self.plan(definition))

    def run(self, plan: PhysicalPlan) -> None:
        """What of that comes after the definition was compiled."""
        world = self.world
        means = Means(
            targets=world.engines, genotypes=world.genotypes, persons=world.release.persons, estimates=self.estimates
        )
        execute(plan, means, Wanted.MEMBERS)

    def compile(self, definition: Definition) -> None:
        """What of that comes before anything runs."""
        plan = self.plan(definition)
        if self.target == "duckdb":
            compile_anchors(plan.cohort.entry, {})
            compile_last_days(plan.cohort.exit, {})
            compile_truths(tuple(scan.atom for scan in plan.columns), {})

    def plan(self, definition: Definition) -> PhysicalPlan:
        """The definition compiled, but for the SQL that a target of SQL makes while it runs."""
        read = from_circe(definition.expression).cohort
        return plan_cohort(analyze(read, self.world.dictionaries, {}).plan, self.target)


def _timings(
    ours: Ours, peer: duckdb.DuckDBPyConnection, batch: list[Definition], sql: Mapping[int, str]
) -> list[Timing]:
    """In each round what is timed is done for all of the batch, one definition after another; the least of each."""
    plans = {definition.cohort_id: ours.plan(definition) for definition in batch}
    works: tuple[Callable[[Definition], object], ...] = (
        ours.answer,
        ours.compile,
        lambda definition: ours.run(plans[definition.cohort_id]),
        lambda definition: peer.cursor().execute(sql[definition.cohort_id]),
    )
    rounds = [[[_cost(work, definition) for definition in batch] for work in works] for _ in range(_ROUNDS)]
    least = [
        [reduce(Cost.least, costs) for costs in zip(*of_work, strict=True)] for of_work in zip(*rounds, strict=True)
    ]
    return [Timing(definition.cohort_id, *costs) for definition, *costs in zip(batch, *least, strict=True)]


def _cost(work: Callable[[Definition], object], definition: Definition) -> Cost:
    began, spent = time.perf_counter(), time.process_time()
    work(definition)
    return Cost(1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - spent))


def write_people(source: Path, target: Path, copies: int) -> None:
    """The OMOP tables with every person, event and visit `copies` times under new keys."""
    target.mkdir(parents=True)
    connection = duckdb.connect()
    for file in sorted(source.glob("*.parquet")):
        rows = connection.read_parquet(str(file))
        if copies == 1 or file.stem in _VOCABULARY:
            rows.write_parquet(str(target / file.name))
            continue
        keys = [name for name in rows.columns if name in ("person_id", f"{file.stem}_id") or (name.startswith("visit_")
                and name.endswith("_id") and "concept" not in name)]  # fmt: skip
        moved = ", ".join(f"{name} + copy * 1_000_000_000 AS {name}" for name in keys)
        replace = f"* EXCLUDE (copy) REPLACE ({moved})" if moved else "* EXCLUDE (copy)"
        connection.sql(f"SELECT {replace} FROM rows, range({copies}) AS c(copy)").write_parquet(str(target / file.name))


def _native_tables(omop: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with the tables as its own, what OHDSI's SQL expects of them, and where it writes cohorts."""
    connection = duckdb.connect(config={"threads": _THREADS})
    for file in sorted(omop.glob("*.parquet")):
        connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM '{file}'")
    connection.execute(
        "CREATE TABLE cohort (cohort_definition_id BIGINT, subject_id BIGINT,"
        " cohort_start_date DATE, cohort_end_date DATE)"
    )
    return connection


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, nargs="+", choices=sorted(_SOURCES), default=[10_000, 200_000])
    parser.add_argument("--target", nargs="+", choices=("kernels", "polars", "duckdb"), default=["kernels"])
    parser.add_argument("--every", type=int, default=1, help="time each n-th definition only")
    parser.add_argument("--alternating", action="store_true", help="take turns after every definition")
    given = parser.parse_args()
    shared = shared_folder()
    if shared is None:
        sys.exit("the shared corpus is not here: set KOHORT_SHARED to its folder")
    for persons in given.persons:
        for target in given.target:
            show(run(persons, shared, target, given.every, alternating=given.alternating))


if __name__ == "__main__":
    main()
