"""When to ask again, and after how long: arithmetic, without a clock."""

from dataclasses import dataclass
from typing import Final

AGAIN: Final = frozenset({429, 503})
"""After these the same question may be answered a little later. Asking again is free: it is the same answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """At most `most` tries after the first, and at most `longest` seconds of waiting for one question in all.

    The wait is what the service asks for, or `first` seconds doubled at each try, and up to half as much again at
    random, so that many clients do not come back at the same moment.
    """

    most: int = 6
    longest: float = 300.0
    first: float = 0.5

    def wait(self, tries: int, waited: float, asked_for: float | None, chance: float) -> float | None:
        """Seconds before the next try, or None to give up; `tries` were made already and `chance` is from 0 to 1.

        >>> Retries().wait(1, 0.0, 2.0, 0.5), Retries().wait(3, 0.0, None, 0.0), Retries().wait(1, 0.0, 3600.0, 0.0)
        (2.5, 2.0, None)
        """
        if tries > self.most:
            return None
        least = max(self.first * 2 ** (tries - 1), asked_for or 0.0)
        seconds = least * (1 + chance / 2)
        return seconds if waited + seconds <= self.longest else None
