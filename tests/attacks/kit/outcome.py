"""What an attack came to, and the one way to say that it failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tests.attacks.kit.arena import Arena, Trials
from tests.attacks.kit.statistics import Guesses, guesses, least_deviation, lower_limit, most_advantage, pass_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One assertion: what was measured, beside what a service that keeps its promise allows."""

    says: str
    measured: str
    allowed: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The attack's figure with its limit, and every assertion; `trials` where it has a curve."""

    figure: float
    limit: float
    checks: tuple[Check, ...]
    trials: Trials | None = None
    attempts: int = 1

    @property
    def withstood(self) -> bool:
        """Whether the service kept its promise."""
        return all(check.holds for check in self.checks)

    @property
    def broken(self) -> tuple[str, ...]:
        """The assertions that fail."""
        return tuple(f"{c.says}: {c.measured}, allowed {c.allowed}" for c in self.checks if not c.holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One of the classes of ../shared/reference/disclosure.md section 3, as a program.

    `figure` names the number that stands for its success; `baselines` measures the same number against services
    that protect otherwise, where that makes sense. `is_slow` ones run in the full suite only.
    """

    number: str
    title: str
    tries: str
    figure: str
    run: Callable[[Arena], Outcome]
    baselines: Callable[[], Mapping[str, float]] = field(default=dict)
    is_slow: bool = False


def attempt(attack: Attack, arena: Arena) -> Outcome:
    """The outcome; a failure is tried once more, with new noise, since one in a million is bound to happen."""
    outcome = attack.run(arena)
    return outcome if outcome.withstood else replace(attack.run(arena), attempts=2)


def under_the_curve(trials: Trials, threshold: float) -> Check:
    """The rule "above the threshold" must lie under the curve of what was spent."""
    found = guesses(trials.clean, trials.planted, threshold)
    return under(found, trials.rho)


def under(found: Guesses, rho: float) -> Check:
    """True positives, with confidence, beside what the curve allows at the false positives, with confidence."""
    false_positives, true_positives = found.surely
    return Check(
        says=f"true positives at {found.false}/{found.clean} false ones stay under the curve of rho {rho:.3g}",
        measured=f"{found.hits}/{found.planted}, surely {true_positives:.3f}",
        allowed=f"{pass_line(false_positives, rho):.3f}",
        holds=found.is_under(rho),
    )


def whole_noise(values: list[float], deviation: float) -> Check:
    """What is left of the answers without the truth varies at least as the noise that was paid for."""
    mean = sum(values) / len(values)
    measured = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    allowed = least_deviation(len(values), deviation)
    return Check(
        says=f"the noise of {len(values)} answers is whole",
        measured=f"sd {measured:.2f}",
        allowed=f"at least {allowed:.2f}",
        holds=measured >= allowed,
    )


def exactly(says: str, measured: object, allowed: object) -> Check:
    """Two things that are equal."""
    return Check(says=says, measured=str(measured), allowed=str(allowed), holds=measured == allowed)


def at_most(says: str, measured: float, allowed: float) -> Check:
    """A number that is not exceeded."""
    return Check(says=says, measured=f"{measured:.3f}", allowed=f"at most {allowed:.3f}", holds=measured <= allowed)


def share_at_most(says: str, hits: int, of: int, allowed: float) -> Check:
    """A share that is surely not above what chance or the noise allow."""
    surely = lower_limit(hits, of)
    return Check(
        says=says, measured=f"{hits}/{of}, surely {surely:.3f}", allowed=f"{allowed:.4f}", holds=surely <= allowed
    )


def advantage_outcome(trials: Trials, threshold: float, *checks: Check) -> Outcome:
    """Of an attack that tells two worlds apart by a score."""
    found = guesses(trials.clean, trials.planted, threshold)
    return Outcome(
        figure=found.advantage,
        limit=most_advantage(trials.rho),
        checks=(under(found, trials.rho), *checks),
        trials=trials,
    )
