"""Who asks, how precisely, and at what price: the words that policies are written in."""

from dataclasses import dataclass
from enum import Enum

NANO_RHO = 10**9
"""Budgets are integers in thousand-millionths of rho (zCDP): a float ledger refuses or grants one answer too many."""


class AccessTier(Enum):
    """Who asks; from the least trusted to the data stewards inside the trusted environment."""

    PUBLIC = "public"
    REGISTERED = "registered"
    CONTROLLED = "controlled"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What an account may learn in one period, in nano-rho; a period is a calendar year."""

    project: int
    user: int
    institution: int

    def within(self, other: "Budget") -> bool:
        """Whether no account may learn more than with the other budget."""
        return self.project <= other.project and self.user <= other.user and self.institution <= other.institution


class Precision(Enum):
    """How much noise an answer carries; the more precise, the dearer."""

    COARSE = "coarse"
    STANDARD = "standard"
    FINE = "fine"
    FINEST = "finest"

    @property
    def sigma(self) -> int:
        """Scale of the discrete Gaussian noise, in persons."""
        return _SIGMAS[self]

    def cost(self, distance_squared: int) -> int:
        """Price of one answer in nano-rho, rounded up: distance squared / (2 sigma squared)."""
        return -(-NANO_RHO * distance_squared // (2 * self.sigma**2))


_SIGMAS = {Precision.COARSE: 50, Precision.STANDARD: 20, Precision.FINE: 10, Precision.FINEST: 5}
