"""The page made from results, and its summary in benchmarks/README.md."""

from importlib.util import find_spec
from pathlib import Path

from benchmarks.common.markdown import fill
from benchmarks.genotypes.results import Results as GenotypeResults
from benchmarks.scale import growth, past
from benchmarks.scale.asked import asked
from benchmarks.scale.results import FOLDER, Results
from benchmarks.scale.tables import (
    asked_table,
    bytes_table,
    engines_table,
    growth_table,
    machine,
    official_table,
    questions_table,
)

PAGE = Path("docs/understand/scale-speed.md")
PAST = Path("docs/understand/past-one-machine.md")
SUMMARY = Path("benchmarks/README.md")
_MAKER = "benchmarks.scale"


def show(results: Results) -> None:
    """What the run was about, its tables, what differs, and a line for each thing asked."""
    for text in (machine(results), engines_table(results), questions_table(results, results.cores[-1])):
        print(text)
    for line in (*results.differing(), *asked(results)):
        print(line)


def write_pages() -> None:
    """Make the tables and plots from the last results; those of the largest release come first."""
    found = Results.all()
    if not found:
        raise SystemExit("there are no results yet: run without --report")
    points = growth.read()
    fill(PAGE, "measured", _MAKER, "\n\n".join(map(_section, found)))
    fill(
        PAGE,
        "growth",
        _MAKER,
        f"![growth](scale-speed/growth.svg)\n\n{growth_table(points)}" if points else "Not measured yet.",
    )
    genotypes = next((own for size in ("full", "quick") if (own := GenotypeResults.read(size)) is not None), None)
    if genotypes is not None:
        fill(PAST, "past", _MAKER, past.tables(found[0], genotypes))
    fill(SUMMARY, "scale", _MAKER, "\n\n".join(map(_summary, found)))
    if find_spec("matplotlib") is None:
        print("plots are left out: they need the environment of `make .venv-bench/ready`")
        return
    from benchmarks.scale import plots  # needs an environment of its own

    plots.draw(found[0], FOLDER, found[0].cores[-1])
    if points:
        plots.draw_growth(points, FOLDER)


def _summary(results: Results) -> str:
    return "\n\n".join((machine(results), asked_table(results), engines_table(results)))


def _section(results: Results) -> str:
    cores = results.cores[-1]
    differing = results.differing()
    parts = [
        f"## {results.persons:,} people, {results.events:,} events", machine(results),
        "### Asked and measured", asked_table(results),
        "### Engines", engines_table(results),
        f"### Questions, {cores} cores", questions_table(results, cores),
        "### Bytes and memory", bytes_table(results, cores),
    ]  # fmt: skip
    if "official" in results.engines:
        parts += ["### OHDSI's SQL", official_table(results, cores)]
    parts += ["### Answers that differ", "\n".join(f"* {line}" for line in differing) or "None."]
    return "\n\n".join(parts)
