"""What the attacks came to, kept as JSON, so that some can be run again without the others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.attacks.kit.outcome import Attack, Check, Outcome

_RATES = tuple(float(each) for each in np.linspace(0, 1, 51))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One attack at its `size`, full or small. `curve` holds the true positives at false positives 0, 0.02, … 1, where it has one."""

    number: str
    size: str
    title: str
    tries: str
    figure: str
    measured: float
    limit: float
    withstood: bool
    attempts: int
    checks: tuple[Check, ...]
    baselines: Mapping[str, float]
    rho: float | None
    curve: tuple[float, ...]


def result_of(attack: Attack, outcome: Outcome, baselines: Mapping[str, float], *, size: str) -> Result:
    """The attack with its outcome."""
    trials = outcome.trials
    return Result(
        number=attack.number,
        size=size,
        title=attack.title,
        tries=attack.tries,
        figure=attack.figure,
        measured=outcome.figure,
        limit=outcome.limit,
        withstood=outcome.withstood,
        attempts=outcome.attempts,
        checks=outcome.checks,
        baselines=dict(baselines),
        rho=trials.rho if trials else None,
        curve=_curve(trials.clean, trials.planted) if trials else (),
    )


def read(path: Path) -> dict[str, Result]:
    """By number; nothing where there is no file yet."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text())
    return {each["number"]: _result(each) for each in stored}


def write(path: Path, results: Sequence[Result]) -> None:
    """All results, in the order given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(each) for each in results], indent=1, ensure_ascii=False, default=_plain)
    path.write_text(text + "\n")


def _plain(value: np.generic) -> object:
    """NumPy's numbers as Python's."""
    return value.item()


def _result(stored: dict[str, object]) -> Result:
    checks, curve = stored.pop("checks"), stored.pop("curve")
    assert isinstance(checks, list) and isinstance(curve, list)
    return Result(**stored, checks=tuple(Check(**check) for check in checks), curve=tuple(curve))  # type: ignore[arg-type]


def _curve(clean: np.ndarray, planted: np.ndarray) -> tuple[float, ...]:
    """True positives of the threshold that gives each rate of false ones."""
    return tuple(round(float((planted > np.quantile(clean, 1 - rate)).mean()), 4) for rate in _RATES)


def rates() -> tuple[float, ...]:
    """The false positives that curves are given at."""
    return _RATES
