"""Results as Markdown tables."""

import statistics
from collections.abc import Sequence

from benchmarks.common.markdown import table
from benchmarks.scale.asked import asked
from benchmarks.scale.growth import Exponents, Point, exponents, typical
from benchmarks.scale.measure import SERVICE
from benchmarks.scale.record import Row
from benchmarks.scale.results import Results, Totals

NAMES = {
    "kernels": "kernels (the service)",
    "duckdb": "our DuckDB target",
    "polars": "our Polars target",
    "official": "OHDSI's SQL on DuckDB",
}
_SHORT = {"kernels": "kernels", "duckdb": "DuckDB", "polars": "Polars", "official": "OHDSI"}


def machine(results: Results) -> str:
    """What it was measured on and over, in a few sentences."""
    own, data = results.machine, results.data
    versions = ", ".join(f"{name} {own[name]}" for name in ("python", "numpy", "numba", "duckdb", "polars"))
    rates = ", ".join(f"{rate / 1e9:.1f} GB/s on {cores}" for cores, rate in results.bandwidth.items())
    native = f", {results.data['peer_bytes'] / 1e9:.1f} GB of DuckDB" if results.data["peer_bytes"] else ""
    return (
        f"{own['processor']}, {own['cores']} cores ({own['caches']}), {own['memory']}, memory read at {rates}; "
        f"{versions}. Release `{data['release']}`: {results.persons:,} people, {results.events:,} events, "
        f"{data['parquet_bytes'] / 1e9:.1f} GB of Parquet, {data['index_bytes'] / 1e9:.1f} GB of event index{native}. "
        f"{data['date']}."
    )


def asked_table(results: Results) -> str:
    """Each thing asked, and whether it is met."""
    rows = [(own.what, own.asked, own.measured, "yes" if own.is_met else "**no**") for own in asked(results)]
    return table(("what", "asked", "measured", "met"), rows)


def engines_table(results: Results) -> str:
    """All questions together, by engine and cores."""
    return table(
        ("engine", "cores", "answered", "given up", "p50, ms", "p95, ms", "p99, ms", "cold p50, ms", "peak, MiB",
         "own memory, MiB", "times as long as ours"),
        [_engine_row(results, own) for own in results.totals()],
    )  # fmt: skip


def _engine_row(results: Results, own: Totals) -> list[str]:
    return [
        NAMES[own.engine], str(own.cores), str(own.answered), str(own.given_up),
        *map(ms, (own.p50, own.p95, own.p99, own.cold_p50)), mib(own.peak), mib(own.anon),
        "" if own.engine == SERVICE else f"{results.geometric_mean(own.engine, own.cores):.1f}",
    ]  # fmt: skip


def questions_table(results: Results, cores: int) -> str:
    """A line a question: the service's times, and how many times longer others take."""
    others = [engine for engine in results.engines if engine != SERVICE]
    head = ["question", "people", "warm, ms", "cold, ms", "again, ms", "edit, ms", "reading, ms",
            *(_SHORT[name] for name in others)]  # fmt: skip
    rows = []
    for row in results.of(SERVICE, cores, whole=False):
        edits = ms(statistics.median(row.edits)) if row.edits else ""
        cells = [row.title, f"{row.persons:,}", _took(row), ms(row.cold), ms(row.again), edits, ms(row.reading)]
        rows.append(cells + [_times_longer(results, row, name) for name in others])
    return table(head, rows)


def _times_longer(results: Results, ours: Row, engine: str) -> str:
    theirs = results.row(engine, ours.cores, ours.number, is_whole=ours.is_whole)
    if theirs is None:
        return ""
    return f"{'> ' if theirs.over else ''}{theirs.seconds / ours.seconds:,.1f}x"


def bytes_table(results: Results, cores: int) -> str:
    """What the questions touch, and how that compares with reading memory as fast as it goes."""
    head = ("question", "events expected", "pages touched, MB", "GB/s", "share of bandwidth", "fetched cold, MB",
            "peak, MiB", "own, MiB")  # fmt: skip
    rows = []
    for row in results.of(SERVICE, cores):
        rate = row.touched / row.seconds
        share = f"{100 * results.share_of_bandwidth(row):.0f} %"
        rows.append((row.title, f"{row.events:,}", f"{row.touched / 1e6:,.1f}", f"{rate / 1e9:.2f}", share,
                     f"{row.fetched / 1e6:,.1f}", mib(row.peak), mib(row.anon)))  # fmt: skip
    return table(head, rows)


def official_table(results: Results, cores: int) -> str:
    """People by our document, by the same definition in OHDSI's mode, and by OHDSI's SQL."""
    rows = []
    for ours, theirs, ratio in results.ratios("official", cores):
        counted = "" if theirs.over else f"{theirs.persons:,}"
        exact = "" if ours.exact is None else f"{ours.exact:,}"
        shown = f"{'> ' if theirs.over else ''}{ratio:,.1f}x"
        rows.append((ours.title, f"{ours.persons:,}", exact, counted, ms(ours.seconds), _took(theirs), shown))
    return table(
        ("clinical part", "people", "in OHDSI's mode", "by OHDSI's SQL", "ours, ms", "OHDSI, ms", "ratio"), rows
    )


def growth_table(points: Sequence[Point]) -> str:
    """Warm milliseconds of each question at each size, and the exponents fitted to them."""
    head = ["question", *(f"{each.persons // 1000}k x {each.events / each.persons:,.0f}, ms" for each in points)]
    numbers = sorted(set.intersection(*(set(point.seconds) for point in points)))
    rows = [_growth_row(str(n), [point.seconds[n] for point in points], exponents(points, n)) for n in numbers]
    medians = [statistics.median(point.seconds.values()) for point in points]
    return table([*head, "with people", "with events"], [*rows, _growth_row("**median**", medians, typical(points))])


def _growth_row(name: str, seconds: Sequence[float], fitted: Exponents) -> list[str]:
    both = (fitted.persons, fitted.events)
    return [name, *map(ms, seconds), *("" if one is None else f"{one:.2f}" for one in both)]


def _took(row: Row) -> str:
    return f"> {1e3 * row.over:,.0f}" if row.over is not None else ms(row.seconds)


def ms(seconds: float | None) -> str:
    """Milliseconds, three digits of them."""
    if seconds is None:
        return ""
    milliseconds = 1e3 * seconds
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.3g}"


def mib(size: float) -> str:
    """Mebibytes."""
    return f"{size / 2**20:,.0f}"
