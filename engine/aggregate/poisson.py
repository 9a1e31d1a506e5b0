"""Rates of events over time at risk, with exact intervals."""

from dataclasses import dataclass

DAYS_A_YEAR = 365.25
"""Mean length of a year, leap days included."""

_COVERAGE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Events per 1,000 person-years, and its 95 % interval."""

    value: float
    low: float
    high: float


def rate_of(events: int, days: int) -> Rate | None:
    """The rate of events that are Poisson distributed over `days` person-days; absent where nobody was at risk.

    >>> rate = rate_of(3, 365_250)
    >>> [round(number, 2) for number in (rate.value, rate.low, rate.high)]
    [3.0, 0.62, 8.77]
    """
    if days == 0:
        return None
    low, high = exact_interval(events)
    thousand_years = days / DAYS_A_YEAR / 1_000
    return Rate(value=events / thousand_years, low=low / thousand_years, high=high / thousand_years)


def exact_interval(events: int) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson mean, of which `events` were seen (Garwood 1936, Biometrika 28:437).

    Its ends are quantiles of chi-squared with 2k and 2k + 2 degrees of freedom, halved: quantiles of gamma.
    """
    from scipy.special import gammaincinv  # loaded on use: it takes 0.2 s, and nothing else needs it

    tail = (1 - _COVERAGE) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    return low, float(gammaincinv(events + 1, 1 - tail))
