"""Prevalence as it is shown: from two cells for each stratum of an interval, those in the cohort and the others.

Both cells have noise of their own, of standard deviation sigma, so that with A in the cohort and B others the observed
are A + B with variance 2 sigma², whose covariance with A is sigma². The interval of A / (A + B) is Fieller's
(`engine.disclosure.proportion`).
"""

from collections.abc import Iterator, Sequence

from engine.aggregate import Label
from engine.aggregate.intervals import counts_by_row
from engine.aggregate.prevalence import STATES
from engine.disclosure.display import Display, exact
from engine.disclosure.proportion import UNKNOWN_SHARE, Ratio, exact_proportion, shown
from engine.disclosure.request import Prevalence
from engine.disclosure.safe import SafePrevalence, SafeProportion, Suppressed


def exact_series(asked: Prevalence, cells: Sequence[int]) -> tuple[SafePrevalence, ...]:
    """True numbers, for the internal tier."""
    return tuple(
        SafePrevalence(
            interval=interval,
            label=tuple(label),
            observed=exact([others + cases])[0],
            cases=exact([cases])[0],
            share=exact_proportion(cases, others + cases),
        )
        for (interval, *label), (others, cases) in _rows(asked, cells)
    )


def protected_series(asked: Prevalence, noisy: Sequence[int], display: Display) -> tuple[SafePrevalence, ...]:
    """From the noisy cells alone; where the observed are hidden so is all else of their row.

    Noise may leave fewer than no others; counting those as none brings both parts nearer to the truth, and no row has
    more cases than people.
    """
    rows = []
    for (interval, *label), (others, cases) in _rows(asked, noisy):
        observed = display.sum_of((max(others, 0), cases))
        is_hidden = isinstance(observed, Suppressed)
        rows.append(
            SafePrevalence(
                interval=interval,
                label=tuple(label),
                observed=observed,
                cases=observed if is_hidden else display.count(cases),
                share=UNKNOWN_SHARE if is_hidden else _share(max(others, 0), cases, display),
            )
        )
    return tuple(rows)


def _share(others: int, cases: int, display: Display) -> SafeProportion:
    variance = float(display.sigma**2)
    ratio = Ratio(
        part=float(cases),
        whole=float(others + cases),
        part_variance=variance,
        covariance=variance,
        whole_variance=2 * variance,
    )
    return shown(ratio, display.rules)


def _rows(asked: Prevalence, cells: Sequence[int]) -> Iterator[tuple[Label, tuple[int, int]]]:
    rows = counts_by_row(asked.strata, asked.intervals)
    return zip(rows, zip(cells[:: len(STATES)], cells[1 :: len(STATES)], strict=True), strict=True)
