"""How far a synthesis is, in words: the step, the rows it has written and how many a second."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from engine.ingest.synthetic.recipe import Recipe

Progress = Callable[[str, float], None]
"""Told what is being done, in words, and how much of the whole is done, 0 to 1."""


class Phase(Enum):
    """The long parts of a synthesis, in order: seconds that each takes at least, a million people, a million events.

    Measured on two cores; they only decide how much of the whole each is said to be.
    """

    GENOTYPES = ("genotypes", 2.0, 160.0, 0.0)
    PEOPLE = ("people", 0.3, 30.0, 0.27)
    TABLES = ("tables", 0.1, 10.0, 0.22)
    INDEXES = ("indexes", 0.5, 40.0, 0.2)

    @property
    def words(self) -> str:
        return self.value[0]

    def seconds(self, recipe: Recipe) -> float:
        """About how long it takes."""
        _, at_least, a_million_people, a_million_events = self.value
        return at_least + (recipe.persons * a_million_people + recipe.events * a_million_events) / 1e6


@dataclass(slots=True)
class Pace:
    """Tells `progress` of one phase after another."""

    progress: Progress
    recipe: Recipe
    _phase: Phase | None = None
    _began: float = field(default_factory=time.monotonic)

    def at(self, phase: Phase, share: float, rows: int = 0, *, what: str = "") -> None:
        """The phase is at `share` of its own work; `rows` were written in it by this run."""
        if phase is not self._phase:
            self._phase, self._began = phase, time.monotonic()
        words = f"{phase.words}: {what}" if what else phase.words
        if rows:
            rate = rows / max(time.monotonic() - self._began, 1e-3)
            words += f", {rows:,} rows, {rate:,.0f} rows/s"
        self.progress(words, self._share(phase, share))

    def done(self) -> None:
        """The release is published."""
        self.progress("done", 1.0)

    def _share(self, phase: Phase, share: float) -> float:
        seconds = {each: each.seconds(self.recipe) for each in Phase}
        before = sum(seconds[each] for each in list(Phase)[: list(Phase).index(phase)])
        return (before + seconds[phase] * min(max(share, 0.0), 1.0)) / sum(seconds.values())
