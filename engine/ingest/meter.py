"""How far an ingest is: the share of source bytes whose step has begun, never going back."""

from collections.abc import Callable, Mapping

_LAST = 0.9
"""Share done when every table is written; what is derived from them comes after."""


class Meter:
    """Tells `progress` each step's name and the share done, 0 to 1; a step weighs what its source file weighs."""

    def __init__(self, progress: Callable[[str, float], None], weights: Mapping[str, int]) -> None:
        self._progress = progress
        self._weights = weights
        self._total = max(1, sum(weights.values()))
        self._begun = 0

    def start(self, step: str) -> None:
        """A step begins; a step with no file weighs nothing."""
        self._progress(step, self._share())
        self._begun += self._weights.get(step, 0)

    def part(self, step: str, share: float) -> None:
        """A step after the tables that measures itself is at `share` of its own work."""
        done = self._share()
        self._progress(step, done + (_LAST - done) * min(max(share, 0.0), 1.0))

    def derived(self, step: str, share: float) -> None:
        """What is derived from the tables is at `share` of its own work."""
        self._progress(step, _LAST + (1 - _LAST) * min(max(share, 0.0), 1.0))

    def finish(self) -> None:
        """The release is published."""
        self._progress("published", 1.0)

    def _share(self) -> float:
        return _LAST * self._begun / self._total
