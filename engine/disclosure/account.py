"""Who pays for an answer, what it costs, and what is left: the values that the gate and the ledger exchange."""

from dataclasses import dataclass
from enum import Enum

from engine.disclosure.audit.entry import Entry


class AccountKind(Enum):
    """Everybody who learns from an answer: each has an account, and all are charged."""

    PROJECT = "project"
    USER = "user"
    INSTITUTION = "institution"
    PUBLIC = "public"
    """Whoever reads the public cube of a release: one account a release, of its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One payer; `cap` is what it may spend in one period, in nano-rho. `linked` are other accounts of this kind that
    the same person was shown to have: what one of them paid counts for all."""

    kind: AccountKind
    id: str
    cap: int
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What one account has spent and may spend in a period, in nano-rho."""

    kind: AccountKind
    spent: int
    cap: int

    @property
    def remaining(self) -> int:
        """What is left, never below zero: another tier's smaller cap may lie under what was spent."""
        return max(0, self.cap - self.spent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One measurement: a count or a histogram of `cells` cells, with noise `sigma`, for `cost` nano-rho."""

    qid: str
    sigma: int
    cost: int
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One request as the ledger sees it: who pays, for which measurements, in which period.

    `action`, `tier`, `release_id` and `policy_version` are kept in the log; `population` is the release's number of
    persons. `reason` and `address` are the log's too: why exact numbers are needed, and where the request came from.
    `document` is what was asked, as a text; the log keeps it encrypted, or not at all. `user` is who had it done where
    no account of a user pays.
    """

    accounts: tuple[Account, ...]
    questions: tuple[Question, ...]
    period: str
    action: str
    tier: str
    release_id: str
    policy_version: str
    population: int
    reason: str | None = None
    address: str | None = None
    document: str = ""
    user: str | None = None

    def entry(self) -> Entry:
        """What the log keeps of the claim: ids and prices, nothing that was counted."""
        return {
            "action": self.action,
            "tier": self.tier,
            "release_id": self.release_id,
            "policy_version": self.policy_version,
            "population": self.population,
            "period": self.period,
            **({} if self.user is None else {"user": self.user}),
            **{account.kind.value: account.id for account in self.accounts},
            "qids": [question.qid for question in self.questions],
            "sigmas": [question.sigma for question in self.questions],
            **({} if self.reason is None else {"reason": self.reason}),
            **({} if self.address is None else {"address": self.address}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a claim would meet: the query ids never answered before, and whether every account could pay."""

    unanswered: frozenset[str]
    is_affordable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A claim after its transaction is durable: noisy counts a question, and what the dearest account paid."""

    noisy: tuple[tuple[int, ...], ...]
    charged: int
    balances: tuple[Balance, ...]
