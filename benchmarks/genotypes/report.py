"""The pages made from results: what was measured, and its summary in other pages."""

from pathlib import Path

from benchmarks.common.markdown import fill
from benchmarks.genotypes import plots, scale
from benchmarks.genotypes.asked import asked
from benchmarks.genotypes.dataset import SIZES
from benchmarks.genotypes.questions import BY_CLASS, ONE
from benchmarks.genotypes.results import FOLDER, Results
from benchmarks.genotypes.tables import (
    asked_table,
    burden_table,
    class_table,
    first_table,
    machine,
    rates,
    whole_table,
)

PAGE = Path("docs/understand/genotype-speed.md")
SUMMARY = Path("benchmarks/README.md")
_MAKER = "benchmarks.genotypes"
AT_SCALE = Path("docs/understand/genotypes-at-scale.md")


def show(results: Results) -> None:
    """What the run was about, and a line for each thing asked."""
    for text in (machine(results), whole_table(results), *map(str, asked(results))):
        print(text)


def write_pages() -> None:
    """Make the tables and plots from the last results; those of the larger data come first."""
    found = [results for size in reversed(SIZES) if (results := Results.read(size)) is not None]
    if not found:
        raise SystemExit("there are no results yet: run without --report")
    plots.draw(found[0], FOLDER)
    fill(PAGE, "measured", _MAKER, "\n\n".join(map(_section, found)))
    summaries = (f"{machine(results)}\n\n{asked_table(results)}" for results in found)
    fill(SUMMARY, "genotypes", _MAKER, "\n\n".join(summaries))
    fill(AT_SCALE, "at-scale", _MAKER, scale.tables(found[0]))
    plots.draw_scale(scale.Scale.of(found[0]), FOLDER)


def _section(results: Results) -> str:
    parts = (
        f"## {results.data['variants']:,} variants", machine(results), "### Asked and measured", asked_table(results),
        "### Whole set", whole_table(results), "### By frequency", class_table(results, BY_CLASS),
        class_table(results, ONE), "### Genes", burden_table(results), "### First use", first_table(results),
        "### Memory and bytes", rates(results),
    )  # fmt: skip
    return "\n\n".join(parts)
