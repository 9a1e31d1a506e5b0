"""Which definitions run where in `make test`: every one on every target once, each target on another data set."""

from collections.abc import Collection, Mapping

DATASETS = ("synthea27nj", "gibleed", "synthea1k", "synth10k")
TARGETS = ("duckdb", "polars", "kernels")
"""The reference, which is slow, gets a share of one small data set."""


def sample(recorded: Mapping[str, Collection[int]], target: str) -> dict[str, list[int]]:
    """The definitions a target runs on each data set, from those whose results are recorded for it.

    They are dealt out in turn, and to the next target from the next data set on, so that no target is left to one
    kind of data, and no definition to one data set.
    """
    dealt: dict[str, list[int]] = {dataset: [] for dataset in DATASETS}
    first = TARGETS.index(target)
    for at, number in enumerate(sorted(set().union(*recorded.values()))):
        holding = [dataset for dataset in DATASETS if number in recorded[dataset]]
        dealt[holding[(first + at) % len(holding)]].append(number)
    return dealt
