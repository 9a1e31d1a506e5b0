"""Plots of a run, drawn to be read in print: points on a logarithmic axis, told apart by shape as well as by shade."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # the backend is chosen first
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from benchmarks.genotypes.questions import BY_CLASS, ONE, WHOLE
from benchmarks.genotypes.results import Results
from benchmarks.genotypes.scale import GENOME, NAMES, Scale

_STYLE = {"kohort": ("o", "#0b3d6b"), "pgenlib count": ("s", "#c0561a"), "pgenlib + NumPy": ("s", "#c0561a"),
          "roaring": ("^", "#5f7f2a"), "numpy.bitwise_count": ("D", "#777777")}  # fmt: skip
_WIDTH = 7.0
"""Inches, a page's text."""


def draw(results: Results, folder: Path) -> None:
    """`counts.svg`, `counts-by-class.svg`, `carriers.svg`."""
    _set_style()
    _whole(results, folder / "counts.svg")
    number = results.data["variants"]
    _by_class(results, BY_CLASS, f"genotype counts in a 10 % cohort, µs of CPU a variant ({number:,} variants)",
              folder / "counts-by-class.svg")  # fmt: skip
    _by_class(results, ONE, "carriers of one variant, µs of CPU", folder / "carriers.svg", line=100)


def draw_scale(scale: Scale, folder: Path) -> None:
    """`bytes-at-scale.svg`: bytes of 500 million variants by class."""
    _set_style()
    shown: Mapping[str, Sequence[float]] = {
        "PGEN": [number * one / 1e9 for number, one in zip(GENOME, scale.pgen, strict=True)],
        "index: carriers": [number * one / 1e9 for number, one in zip(GENOME, scale.carriers, strict=True)],
        "index: missing calls": [number * one / 1e9 for number, one in zip(GENOME, scale.missing, strict=True)],
    }
    figure, axes = plt.subplots(figsize=(_WIDTH, 3.2))
    styles = (("s", "#c0561a"), ("o", "#0b3d6b"), ("^", "#777777"))
    for (name, values), (shape, colour) in zip(shown.items(), styles, strict=True):
        axes.plot(values, range(len(NAMES)), linestyle="", marker=shape, color=colour, label=name)
    labels = [f"{name}\n{number / 1e6:,.1f} M variants" for name, number in zip(NAMES, GENOME, strict=True)]
    _finish(axes, labels, "gigabytes for 770,000 people x 500 million variants")
    axes.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
    _save(figure, folder / "bytes-at-scale.svg")


def _whole(results: Results, path: Path) -> None:
    rows = [row for row in results.of(WHOLE, "10 % cohort") if not row.way.endswith(("gross", "start-up"))]
    rows.sort(key=lambda row: -row.times.cpu)
    figure, axes = plt.subplots(figsize=(_WIDTH, 2.6))
    ours = results.seconds(WHOLE, "10 % cohort", "kohort")
    for at, row in enumerate(rows):
        shape, colour = _STYLE["kohort"] if row.way == "kohort" else ("s", "#c0561a")
        is_scaled = "scaled" in row.note
        axes.plot(row.times.cpu, at, marker=shape, color=colour, markerfacecolor="white" if is_scaled else colour)
        ratio = row.times.cpu / ours
        text = f" {row.times.cpu:,.2g} s" if row.way == "kohort" else f" {ratio:,.{0 if ratio >= 20 else 1}f}x"
        axes.annotate(text, (row.times.cpu, at), xytext=(5, 0), textcoords="offset points", va="center")
    names = {"plink2": "plink2 --geno-counts, net of start-up"}
    label = f"seconds of CPU, {results.data['variants']:,} variants, 77,000 of 770,000 people; hollow: scaled"
    _finish(axes, [names.get(row.way, row.way) for row in rows], label)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high * 6)
    _save(figure, path)


def _by_class(results: Results, question: str, label: str, path: Path, *, line: float | None = None) -> None:
    cases = results.cases(question)
    ways = list(dict.fromkeys(row.way for row in results.of(question)))
    figure, axes = plt.subplots(figsize=(_WIDTH, 3.0))
    for way in ways:
        shape, colour = _STYLE[way]
        points = [
            (1e6 * row.times.cpu / row.items, cases.index(row.case)) for row in results.of(question) if row.way == way
        ]
        axes.plot(*zip(*points, strict=True), linestyle="", marker=shape, color=colour, label=way)
    if line:
        axes.axvline(line, color="#999999", linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate("asked", (line, len(cases) - 0.6), xytext=(3, 0), textcoords="offset points", color="#666666")
    _finish(axes, cases, label)
    axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1))
    _save(figure, path)


def _set_style() -> None:
    plt.rcParams.update({
        "font.size": 8.5, "svg.hashsalt": "genotypes", "svg.fonttype": "none", "axes.spines.top": False,
        "axes.spines.right": False, "axes.spines.left": False, "lines.markersize": 5.5,
    })  # fmt: skip


def _finish(axes: Axes, labels: Sequence[str], label: str) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if value < 1e4 else f"{value:,.0f}"))
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(label)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
