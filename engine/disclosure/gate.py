"""The gate: true counts come in, protected answers go out, and there is no other way out.

Order of events for every answer: refuse what the text alone forbids; count, outside any lock, what was never
answered; add noise; charge, store and log in one durable transaction; only then show. See
docs/understand/disclosure.md.
"""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.aggregate import RawHistogram, RawIncidence, RawInclusion, RawLinkage
from engine.disclosure.account import Account, AccountKind, Balance, Claim, Question
from engine.disclosure.display import Display, exact, exact_inclusion, exact_period, exact_remaining, labelled
from engine.disclosure.genotypes import exact_variant, protected_variant
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import DiscreteGaussian, NoiseSource
from engine.disclosure.query_id import query_id, read_or_create_key
from engine.disclosure.request import (
    COUNT,
    Breakdown,
    GateRequest,
    Principal,
    Shape,
    Steps,
    Unprotected,
    check_request,
    check_unprotected,
    check_variants,
)
from engine.disclosure.safe import (
    SEAL,
    Receipt,
    SafeAttrition,
    SafeCounts,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafeTable,
    SafeValue,
    SafeVariant,
)
from schemas.errors import InternalError
from schemas.policy import DEFAULT_POLICY, DisclosurePolicy, Precision, TierPolicy

Evaluate = Callable[[], RawHistogram]
"""Counts, when called. All that may refuse must have refused before: a failure in here is charged."""

_KOREA = datetime.timezone(datetime.timedelta(hours=9))


def calendar_year() -> str:
    """The budget period now: the calendar year in Korea."""
    return str(datetime.datetime.now(_KOREA).year)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measurement:
    """One histogram to be released: over what, and how it is counted."""

    shape: Shape
    evaluate: Evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class GenotypeTable:
    """The genotypes of one variant, named as in the answer. `alleles` gives the release's variants that the name fits,
    and is asked for exact answers only."""

    variant: str
    breakdown: Breakdown
    evaluate: Evaluate
    alleles: Callable[[], tuple[str, ...]]


class Gate:
    """The gate of one release.

    `population` is the release's published number of persons. Each method raises `NotAllowed` or `TooExpensive`
    by the request's text alone, `OverBudget` by the ledger alone, `DataProblem` when the ledger is unavailable.
    Noise other than OpenDP's is refused with `InternalError` unless `is_rehearsal`, and then every answer says so.
    """

    def __init__(
        self,
        policy: DisclosurePolicy,
        ledger: Ledger,
        noise: NoiseSource,
        *,
        key: bytes,
        release_id: str,
        population: int,
        period: Callable[[], str] = calendar_year,
        is_rehearsal: bool = False,
    ) -> None:
        if type(noise) is not DiscreteGaussian and not is_rehearsal:
            raise InternalError("noise-not-private", "only the discrete Gaussian sampler protects answers")
        self._policy = policy
        self._policy_version = policy.version + ("+rehearsal" if is_rehearsal else "")
        self._ledger = ledger
        self._noise = noise
        self._key = key
        self._release_id = release_id
        self._population = population
        self._period = period

    def release_count(self, request: GateRequest, evaluate: Evaluate) -> SafeCounts:
        """How many persons are in the cohort; `evaluate` gives one cell, and runs only if nobody asked before."""
        ((noisy,),), receipt = self._answer(request, "count", (_Measurement(shape=COUNT, evaluate=evaluate),))
        return SafeCounts(count=self._total(receipt, noisy), receipt=receipt, seal=SEAL)

    def release_table(
        self, request: GateRequest, breakdown: Breakdown, *, evaluate_count: Evaluate, evaluate_table: Evaluate
    ) -> SafeTable:
        """The count and its breakdown: each person of the cohort must be in exactly one cell of `breakdown`.

        Charges the table, and the count unless it was charged before. Whether the cells truly add up is never
        checked here: an error that depends on persons would be an answer.
        """
        measurements = (
            _Measurement(shape=COUNT, evaluate=evaluate_count),
            _Measurement(shape=breakdown, evaluate=evaluate_table),
        )
        ((noisy,), noisy_cells), receipt = self._answer(request, "table", measurements)
        values = exact(noisy_cells) if receipt.exact else self._display(receipt).table(noisy, noisy_cells)
        return SafeTable(
            total=self._total(receipt, noisy), cells=labelled(breakdown.labels, values), receipt=receipt, seal=SEAL
        )

    def release_attrition(
        self, request: GateRequest, steps: Steps, *, evaluate_count: Evaluate, evaluate_failures: Evaluate
    ) -> SafeAttrition:
        """Persons left after each step. `evaluate_failures` counts the persons whose first failed step is each.

        Those of the release who fail none are the cohort. Charges as `release_table`.
        """
        measurements = (
            _Measurement(shape=COUNT, evaluate=evaluate_count),
            _Measurement(shape=steps, evaluate=evaluate_failures),
        )
        ((noisy,), failures), receipt = self._answer(request, "attrition", measurements)
        if receipt.exact:
            values = exact_remaining(failures, self._population)
        else:
            values = self._display(receipt).attrition(noisy, failures)
        return SafeAttrition(
            population=self._population, steps=labelled(steps.labels, values), receipt=receipt, seal=SEAL
        )

    def release_genotypes(
        self, request: GateRequest, tables: tuple[GenotypeTable, ...], *, evaluate_count: Evaluate
    ) -> SafeGenotypes:
        """The count and a table of genotypes for each variant, with the proportions that follow from the noisy cells.

        Charges every table as `release_table` does; when not all can be paid nothing is charged and nothing given.
        """
        check_variants(len(tables), self._policy.of(request.principal.tier))
        measurements = (
            _Measurement(shape=COUNT, evaluate=evaluate_count),
            *(_Measurement(shape=table.breakdown, evaluate=table.evaluate) for table in tables),
        )
        ((noisy,), *cells), receipt = self._answer(request, "genotypes", measurements)
        variants = tuple(self._variant(receipt, noisy, *each) for each in zip(tables, cells, strict=True))
        return SafeGenotypes(total=self._total(receipt, noisy), variants=variants, receipt=receipt, seal=SEAL)

    def release_linkage(
        self, request: GateRequest, asked: Unprotected, evaluate: Callable[[], RawLinkage]
    ) -> SafeLinkage:
        """Linkage disequilibrium, for a tier whose numbers are exact."""
        receipt = self._record(request, asked)
        raw = evaluate()
        return SafeLinkage(
            persons=exact([raw.persons])[0],
            r_squared=None if math.isnan(raw.r_squared) else raw.r_squared,
            d_prime=None if math.isnan(raw.d_prime) else raw.d_prime,
            receipt=receipt,
            seal=SEAL,
        )

    def release_inclusion(
        self, request: GateRequest, asked: Unprotected, evaluate: Callable[[], RawInclusion]
    ) -> SafeInclusion:
        """Inclusion statistics, for a tier whose numbers are exact."""
        receipt = self._record(request, asked)
        raw = evaluate()
        return SafeInclusion(rules=raw.rules, modes=exact_inclusion(raw), receipt=receipt, seal=SEAL)

    def release_incidence(
        self, request: GateRequest, asked: Unprotected, evaluate: Callable[[], RawIncidence]
    ) -> SafeIncidence:
        """Time at risk and outcomes, for a tier whose numbers are exact."""
        receipt = self._record(request, asked)
        raw = evaluate()
        periods = tuple(exact_period(name, counts) for name, counts in raw.periods)
        return SafeIncidence(periods=periods, total=exact_period("total", raw.total), receipt=receipt, seal=SEAL)

    def budget(self, principal: Principal) -> tuple[Balance, ...]:
        """What the principal's project, user and institution have spent and may spend in this period."""
        accounts = _accounts(principal, self._policy.of(principal.tier))
        return self._ledger.balances(accounts, self._period())

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def _answer(
        self, request: GateRequest, action: str, measurements: tuple[_Measurement, ...]
    ) -> tuple[tuple[tuple[int, ...], ...], Receipt]:
        """The numbers of each measurement, noisy unless the tier is exact, after they are durably logged."""
        rules = self._policy.of(request.principal.tier)
        precision = check_request(request, rules, tuple(measurement.shape for measurement in measurements))
        questions = tuple(self._question(request, measurement.shape, precision) for measurement in measurements)
        claim = self._claim(request, action, questions)
        if precision is None:
            self._ledger.record(claim)
            counts = tuple(_counts(measurement) for measurement in measurements)
            return counts, self._receipt(request, claim, None, 0, ())
        settlement = self._ledger.charge_and_release(claim, self._candidates(claim, measurements))
        return settlement.noisy, self._receipt(request, claim, precision, settlement.charged, settlement.balances)

    def _candidates(self, claim: Claim, measurements: tuple[_Measurement, ...]) -> dict[str, tuple[int, ...]]:
        """Noisy counts of the questions never answered before; nothing is counted when an account cannot pay."""
        preview = self._ledger.preview(claim)
        if not preview.is_affordable:
            return {}
        try:
            return {
                question.qid: self._with_noise(question, _counts(measurement))
                for question, measurement in zip(claim.questions, measurements, strict=True)
                if question.qid in preview.unanswered
            }
        except Exception:
            self._ledger.forfeit(claim)
            raise

    def _with_noise(self, question: Question, counts: tuple[int, ...]) -> tuple[int, ...]:
        noise = self._noise.draw(question.sigma, question.cells)
        return tuple(count + drawn for count, drawn in zip(counts, noise, strict=True))

    def _record(self, request: GateRequest, asked: Unprotected) -> Receipt:
        """Durably log a question that is answered exactly or not at all; refuse it unless the tier is exact."""
        check_unprotected(self._policy.of(request.principal.tier), asked)
        question = Question(qid=self._query_id(request, asked.identity, 0), sigma=0, cost=0, cells=0)
        claim = self._claim(request, asked.kind.value, (question,))
        self._ledger.record(claim)
        return self._receipt(request, claim, None, 0, ())

    def _claim(self, request: GateRequest, action: str, questions: tuple[Question, ...]) -> Claim:
        principal = request.principal
        return Claim(
            accounts=_accounts(principal, self._policy.of(principal.tier)),
            questions=questions,
            period=self._period(),
            action=action,
            tier=principal.tier.value,
            release_id=self._release_id,
            policy_version=self._policy_version,
        )

    def _question(self, request: GateRequest, shape: Shape, precision: Precision | None) -> Question:
        sigma = precision.sigma if precision else 0
        return Question(
            qid=self._query_id(request, shape.identity, sigma),
            sigma=sigma,
            cost=precision.cost(shape.distance_squared) if precision else 0,
            cells=len(shape.labels),
        )

    def _query_id(self, request: GateRequest, shape: tuple[str, ...], sigma: int) -> str:
        return query_id(
            self._key,
            release_id=self._release_id,
            consent_base_id=request.consent_base_id,
            query_hash=request.query_hash,
            shape=shape,
            sigma=sigma,
        )

    def _receipt(
        self,
        request: GateRequest,
        claim: Claim,
        precision: Precision | None,
        charged: int,
        balances: tuple[Balance, ...],
    ) -> Receipt:
        return Receipt(
            action=claim.action,
            tier=request.principal.tier,
            release_id=self._release_id,
            policy_version=self._policy_version,
            query_ids=tuple(question.qid for question in claim.questions),
            precision=precision,
            sigma=precision.sigma if precision else None,
            exact=precision is None,
            charged=charged,
            balances=balances,
        )

    def _variant(self, receipt: Receipt, noisy: int, table: GenotypeTable, cells: tuple[int, ...]) -> SafeVariant:
        if receipt.exact:
            return exact_variant(table.variant, table.breakdown, cells, table.alleles())
        return protected_variant(table.variant, table.breakdown, (noisy, cells), self._display(receipt))

    def _display(self, receipt: Receipt) -> Display:
        rules = self._policy.of(receipt.tier)
        return Display(rules=rules, sigma=receipt.sigma or 0, population=self._population)

    def _total(self, receipt: Receipt, noisy: int) -> SafeValue:
        return exact([noisy])[0] if receipt.exact else self._display(receipt).count(noisy)


def open_gate(state: Path, *, release_id: str, population: int, policy: DisclosurePolicy = DEFAULT_POLICY) -> Gate:
    """The gate in service: the durable ledger and the key of the state folder, and noise that nobody can choose."""
    sigmas = sorted({precision.sigma for rules in policy.tiers for precision in rules.precisions})
    return Gate(
        policy,
        Ledger(state),
        DiscreteGaussian(sigmas),
        key=read_or_create_key(state),
        release_id=release_id,
        population=population,
    )


def _accounts(principal: Principal, rules: TierPolicy) -> tuple[Account, ...]:
    budget = rules.budget
    return (
        Account(kind=AccountKind.PROJECT, id=principal.project, cap=budget.project),
        Account(kind=AccountKind.USER, id=principal.user, cap=budget.user),
        Account(kind=AccountKind.INSTITUTION, id=principal.institution, cap=budget.institution),
    )


def _counts(measurement: _Measurement) -> tuple[int, ...]:
    """The true counts, once their labels are the ones the question was asked over."""
    histogram = measurement.evaluate()
    if histogram.labels != measurement.shape.labels:
        raise InternalError("gate-labels", "the histogram counted is not over the labels that were asked for")
    return tuple(int(count) for count in histogram.counts)
