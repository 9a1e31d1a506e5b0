"""Plots of a run, drawn to be read in print: points on logarithmic axes, told apart by shape as well as by shade."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # the backend is chosen first
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from benchmarks.scale.growth import Point
from benchmarks.scale.measure import SERVICE
from benchmarks.scale.results import Results
from benchmarks.scale.tables import NAMES

_STYLE = {"kernels": ("o", "#0b3d6b"), "duckdb": ("s", "#c0561a"), "polars": ("^", "#5f7f2a"),
          "official": ("D", "#777777")}  # fmt: skip
_WIDTH = 7.0
"""Inches, a page's text."""


def draw(results: Results, folder: Path, cores: int) -> None:
    """`questions.svg` and `roofline.svg`."""
    _set_style()
    _questions(results, folder / "questions.svg", cores)
    _roofline(results, folder / "roofline.svg", cores)


def draw_growth(points: Sequence[Point], folder: Path) -> None:
    """`growth.svg`: every question over all sizes."""
    _set_style()
    figure, axes = plt.subplots(figsize=(_WIDTH, 3.6))
    ordered = sorted(points, key=lambda point: point.events)
    for number in sorted(ordered[0].seconds):
        line = [(point.events, 1e3 * point.seconds[number]) for point in ordered if number in point.seconds]
        axes.plot(*zip(*line, strict=True), color="#0b3d6b", alpha=0.5, marker="o", markersize=3, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(_plain())
    axes.set_xlabel("events of the release; a line a question")
    axes.set_ylabel("warm, ms")
    axes.grid(color="#dddddd", linewidth=0.6)
    _save(figure, folder / "growth.svg")


def _questions(results: Results, path: Path, cores: int) -> None:
    ours = results.of(SERVICE, cores)
    places = {row.number: -at for at, row in enumerate(ours)}
    figure, axes = plt.subplots(figsize=(_WIDTH, 6.5))
    for engine in results.engines:
        rows = [row for row in results.of(engine, cores, whole=engine != "official") if row.number in places]
        shape, colour = _STYLE[engine]
        for is_over in (False, True):
            points = [(1e3 * row.seconds, places[row.number]) for row in rows if (row.over is not None) is is_over]
            if points:
                axes.plot(*zip(*points, strict=True), linestyle="", marker=shape, color=colour,
                          markerfacecolor="white" if is_over else colour,
                          label=None if is_over else NAMES[engine])  # fmt: skip
    for limit in (20, 100):
        axes.axvline(limit, color="#999999", linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(_plain())
    axes.set_yticks(list(places.values()), [row.title for row in ours])
    axes.set_ylim(-len(ours) + 0.4, 0.6)
    axes.tick_params(axis="y", length=0)
    _grid(axes)
    axes.set_xlabel(
        f"warm, ms, {cores} cores; OHDSI's of the clinical part; hollow: given up; dashed: asked, p50 and p95"
    )
    axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(-0.3, 1))
    _save(figure, path)


def _roofline(results: Results, path: Path, cores: int) -> None:
    figure, axes = plt.subplots(figsize=(_WIDTH, 3.6))
    rows = [row for row in results.of(SERVICE, cores) if row.touched]
    touched = [row.touched / 1e6 for row in rows]
    axes.plot(touched, [1e3 * row.seconds for row in rows], linestyle="", marker="o", color="#0b3d6b")
    for row in rows:
        axes.annotate(f" {row.number}", (row.touched / 1e6, 1e3 * row.seconds), fontsize=7, va="center")
    if touched:
        edges = (min(touched), max(touched))
        for share in (1.0, 0.1):
            line = [1e9 * edge / (share * results.bandwidth[cores]) for edge in edges]
            axes.plot(edges, line, color="#999999", linewidth=0.8, linestyle=(0, (4, 3)))
            axes.annotate(f"{share:.0%} of bandwidth", (edges[1], line[1]), fontsize=7, color="#666666", ha="right")
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_plain())
    axes.set_xlabel("megabytes of mapped pages touched; a number a question")
    axes.set_ylabel(f"warm, ms, {cores} cores")
    _save(figure, path)


def _plain() -> FuncFormatter:
    return FuncFormatter(lambda value, _: f"{value:g}" if value < 1e4 else f"{value:,.0f}")


def _grid(axes: Axes) -> None:
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _set_style() -> None:
    plt.rcParams.update({
        "font.size": 8.5, "svg.hashsalt": "scale", "svg.fonttype": "none", "axes.spines.top": False,
        "axes.spines.right": False, "axes.spines.left": False, "lines.markersize": 4.5,
    })  # fmt: skip


def _save(figure: plt.Figure, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
