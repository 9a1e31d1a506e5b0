"""What was asked of the questions, what was measured, and whether it is met."""

from collections.abc import Iterator

from benchmarks.genotypes.asked import Asked
from benchmarks.scale.measure import SERVICE
from benchmarks.scale.results import Results, quantile

_CORES = 2


def asked(results: Results) -> list[Asked]:
    """Every line. What was asked is of the national release; on smaller ones it is easier."""
    return [*_times(results), *_peer(results)]


def _times(results: Results) -> Iterator[Asked]:
    turns, edits = results.pooled(SERVICE, _CORES), results.edits(_CORES)
    for what, ordered, share, limit in (
        ("warm p50", turns, 0.5, 20.0),
        ("warm p95", turns, 0.95, 100.0),
        ("one criterion edited, p50", edits, 0.5, 5.0),
    ):
        took = 1e3 * quantile(ordered, share)
        yield Asked(f"{what}, {_CORES} cores", f"< {limit:.0f} ms", f"{took:.1f} ms", took < limit)


def _peer(results: Results) -> Iterator[Asked]:
    unanswered = sum(row.over is not None for row in results.of(SERVICE, _CORES, whole=False))
    ratios = [ratio for *_, ratio in results.ratios("official", _CORES)]
    if not ratios:
        return
    mean = results.geometric_mean("official", _CORES)
    name = f"OHDSI's SQL on DuckDB, {len(ratios)} clinical parts"
    yield Asked(f"{name}, geometric mean", ">= 20x", f"{mean:.1f}x", mean >= 20)
    yield Asked(f"{name}, least", "never slower", f"{min(ratios):.2f}x", min(ratios) >= 1)
    yield Asked("questions given up", "none", str(unanswered), unanswered == 0)
