"""The gate: true counts come in, protected answers go out, and there is no other way out.

Order of events for every answer: refuse what the text alone forbids; find out, outside any lock, who belongs in which
cell of what was never answered; wait until the question may be settled, so that nobody sees how long that took; then,
in one durable transaction, charge the accounts and the people, count those people who could pay, add noise, store and
log; only then show. See docs/understand/disclosure.md.
"""

import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.aggregate import RawExecution, RawIncidence, RawInclusion, RawLinkage
from engine.disclosure.account import Account, AccountKind, Balance, Claim, Question, Settlement
from engine.disclosure.display import (
    Display,
    exact,
    exact_inclusion,
    exact_nodes,
    exact_period,
    exact_remaining,
    exact_strata,
    labelled,
)
from engine.disclosure.genotypes import exact_variant, protected_variant
from engine.disclosure.ledger import Ledger
from engine.disclosure.measurement import Evaluate, GenotypeTable, Measurement, Placed, place
from engine.disclosure.noise import DiscreteGaussian, NoiseSource
from engine.disclosure.persons import Measure, PersonAxis, PersonBalances
from engine.disclosure.prevalence import exact_series, protected_series
from engine.disclosure.query_id import query_id, read_or_create_key
from engine.disclosure.request import (
    COUNT,
    Breakdown,
    GateRequest,
    Overlap,
    Prevalence,
    Principal,
    Profile,
    Steps,
    Unprotected,
    accounts_of,
    check_exact,
    check_request,
    check_unprotected,
    check_variants,
)
from engine.disclosure.safe import (
    SEAL,
    Receipt,
    SafeAttrition,
    SafeCounts,
    SafeExecution,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafeOverlap,
    SafeProfile,
    SafeSeries,
    SafeTable,
    SafeValue,
    SafeVariant,
)
from engine.disclosure.tables import exact_table, protected_table
from engine.disclosure.years import KOREA
from schemas.errors import InternalError, TooExpensive
from schemas.policy import COUNTING_RULES, DEFAULT_POLICY, Budget, DisclosurePolicy, Precision


def calendar_year() -> str:
    """The budget period now: the calendar year in Korea."""
    return str(datetime.datetime.now(KOREA).year)


class Gate:
    """The gate of one release.

    `population` is the release's published number of persons. Each method raises `NotAllowed` or `TooExpensive`
    by the request's text alone, `OverBudget` by the ledger alone, `DataProblem` when the ledger is unavailable.
    Noise other than OpenDP's is refused with `InternalError` unless `is_rehearsal`, and then every answer says so.
    Without `gives_exact` it answers no tier whose numbers are exact.
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
        gives_exact: bool = True,
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
        self._gives_exact = gives_exact

    def release_count(self, request: GateRequest, evaluate: Evaluate) -> SafeCounts:
        """How many persons are in the cohort; `evaluate` gives one cell, and runs only if nobody asked before."""
        ((noisy,),), receipt = self._answer(request, "count", (Measurement(shape=COUNT, evaluate=evaluate),))
        return SafeCounts(count=self._total(receipt, noisy), receipt=receipt, seal=SEAL)

    def release_table(
        self, request: GateRequest, breakdown: Breakdown, *, evaluate_count: Evaluate, evaluate_table: Evaluate
    ) -> SafeTable:
        """The count and its breakdown: each person of the cohort must be in exactly one cell of `breakdown`.

        Charges the table, and the count unless it was charged before. Whether the cells truly add up is never
        checked here: an error that depends on persons would be an answer.
        """
        measurements = (
            Measurement(shape=COUNT, evaluate=evaluate_count),
            Measurement(shape=breakdown, evaluate=evaluate_table),
        )
        ((noisy,), noisy_cells), receipt = self._answer(request, "table", measurements)
        if receipt.exact:
            numbers = exact_table(breakdown, noisy_cells)
        else:
            numbers = protected_table(breakdown, noisy, noisy_cells, self._display(receipt))
        return SafeTable(
            total=self._total(receipt, noisy),
            cells=numbers.cells,
            shares=numbers.shares,
            summaries=numbers.summaries,
            receipt=receipt,
            seal=SEAL,
        )

    def release_attrition(
        self, request: GateRequest, steps: Steps, *, evaluate_count: Evaluate, evaluate_failures: Evaluate
    ) -> SafeAttrition:
        """Persons left after each step. `evaluate_failures` counts the persons whose first failed step is each.

        Those of the release who fail none are the cohort. Charges as `release_table`.
        """
        measurements = (
            Measurement(shape=COUNT, evaluate=evaluate_count),
            Measurement(shape=steps, evaluate=evaluate_failures),
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
            Measurement(shape=COUNT, evaluate=evaluate_count),
            *(Measurement(shape=table.breakdown, evaluate=table.evaluate) for table in tables),
        )
        ((noisy,), *cells), receipt = self._answer(request, "genotypes", measurements)
        variants = tuple(self._variant(receipt, noisy, *each) for each in zip(tables, cells, strict=True))
        return SafeGenotypes(total=self._total(receipt, noisy), variants=variants, receipt=receipt, seal=SEAL)

    def release_overlap(
        self,
        request: GateRequest,
        overlap: Overlap,
        *,
        evaluate_counts: tuple[Evaluate, ...],
        evaluate_cells: Evaluate,
    ) -> SafeOverlap:
        """The counts of the overlap's cohorts, in its order, and how many are in which of them.

        Charges one table, and the counts that were not charged before. `request` names no cohort of its own.
        """
        counted = zip(overlap.hashes, evaluate_counts, strict=True)
        measurements = (
            *(Measurement(shape=COUNT, evaluate=evaluate, query_hash=each) for each, evaluate in counted),
            Measurement(shape=overlap, evaluate=evaluate_cells),
        )
        (*totals, cells), receipt = self._answer(request, "overlap", measurements)
        counts = tuple(noisy for (noisy,) in totals)
        display = self._display(receipt)
        values = exact(cells) if receipt.exact else display.overlap(counts, cells, overlap.labels)
        cohorts = tuple(self._total(receipt, noisy) for noisy in counts)
        return SafeOverlap(
            cohorts=labelled([(each,) for each in overlap.hashes], cohorts),
            cells=labelled(overlap.labels, values),
            receipt=receipt,
            seal=SEAL,
        )

    def release_profile(
        self, request: GateRequest, profile: Profile, *, evaluate_count: Evaluate, evaluate_groups: Evaluate
    ) -> SafeProfile:
        """The count and the number in each group, each person in at most `profile.most` of them.

        Charges twice that many counts, and the count of the cohort unless it was charged before.
        """
        measurements = (
            Measurement(shape=COUNT, evaluate=evaluate_count),
            Measurement(shape=profile, evaluate=evaluate_groups),
        )
        ((noisy,), cells), receipt = self._answer(request, "profile", measurements)
        values = exact(cells) if receipt.exact else self._display(receipt).profile(noisy, cells)
        return SafeProfile(
            total=self._total(receipt, noisy),
            groups=labelled(profile.labels, values),
            most=profile.most,
            receipt=receipt,
            seal=SEAL,
        )

    def release_prevalence(self, request: GateRequest, asked: Prevalence, evaluate: Evaluate) -> SafeSeries:
        """Persons observed and in the cohort, interval by interval. Charges a table for each interval, and the count of
        the cohort not at all: the answer does not show it."""
        (cells,), receipt = self._answer(request, "prevalence", (Measurement(shape=asked, evaluate=evaluate),))
        rows = exact_series(asked, cells) if receipt.exact else protected_series(asked, cells, self._display(receipt))
        return SafeSeries(rows=rows, receipt=receipt, seal=SEAL)

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
        return SafeIncidence(
            periods=tuple(exact_period(name, counts) for name, counts in raw.periods),
            total=exact_period("total", raw.total),
            strata=exact_strata(raw),
            receipt=receipt,
            seal=SEAL,
        )

    def release_execution(
        self, request: GateRequest, asked: Unprotected, evaluate: Callable[[], RawExecution]
    ) -> SafeExecution:
        """What running a plan took, for a tier whose numbers are exact."""
        receipt = self._record(request, asked)
        return SafeExecution(nodes=exact_nodes(evaluate()), receipt=receipt, seal=SEAL)

    def budget(self, principal: Principal, budget: Budget | None = None) -> tuple[Balance, ...]:
        """What the principal's project, user and institution have spent and may spend in this period, with the tier's
        budget unless another is given."""
        accounts = accounts_of(principal, budget or self._policy.of(principal.tier).budget)
        return self._ledger.balances(accounts, self._period())

    def record_export(self, principal: Principal, export: str, outcome: str) -> None:
        """Durably log what becomes of an export of exact numbers, by whom and why, before it does."""
        rules = self._policy.of(principal.tier)
        check_exact(principal, rules, gives_exact=self._gives_exact)
        if not rules.is_exact:
            raise InternalError("export-not-exact", "only exact numbers are exported")
        claim = self._claim_of(principal, rules.budget, "export", ())
        self._ledger.record(claim, {"outcome": outcome, "export": export})

    def prepare(self) -> None:
        """Make ready what the first protected answer of the period would wait for; charges and logs nothing."""
        axis = PersonAxis(release_id=self._release_id, period=self._period(), persons=self._population)
        self._ledger.prepare(axis)

    def sign_log(self) -> None:
        """Sign what the log holds, as is due even when nobody asks anything."""
        self._ledger.sign_log()

    def check_ledger(self) -> None:
        """Raise `DataProblem` when the ledger cannot be read now, and so nothing would be answered."""
        self._ledger.balances((Account(kind=AccountKind.PROJECT, id="", cap=0),), self._period())

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def _answer(
        self, request: GateRequest, action: str, measurements: tuple[Measurement, ...]
    ) -> tuple[tuple[tuple[int, ...], ...], Receipt]:
        """The numbers of each measurement, noisy unless the tier is exact, after they are durably logged."""
        rules = self._policy.of(request.principal.tier)
        check_exact(request.principal, rules, gives_exact=self._gives_exact)
        precision = check_request(request, rules, tuple(measurement.shape for measurement in measurements))
        questions = tuple(self._question(request, measurement, precision) for measurement in measurements)
        claim = self._claim(request, action, questions)
        if precision is None:
            receipt = self._exact_receipt(request, claim)
            return tuple(_ints(place(measurement).count_all()) for measurement in measurements), receipt
        placed = self._placements(request, claim, measurements)
        request.settling()
        settlement = self._ledger.charge_and_release(claim, self._measure(claim, measurements, placed, precision))
        return settlement.noisy, self._receipt(request, claim, precision, settlement)

    def _measure(
        self,
        claim: Claim,
        measurements: tuple[Measurement, ...],
        placed: Mapping[str, Placed],
        precision: Precision,
    ) -> Measure:
        """What the ledger's transaction does for questions never answered before, once it is known who is where."""
        prices = [precision.cost(measurement.shape.presence_squared) for measurement in measurements]

        def measure(unanswered: frozenset[str], balances: PersonBalances) -> Mapping[str, tuple[int, ...]]:
            return {
                question.qid: self._noisy(question, placed[question.qid], balances, price)
                for question, price in zip(claim.questions, prices, strict=True)
                if question.qid in unanswered and question.qid in placed
            }

        return measure

    def _placements(
        self, request: GateRequest, claim: Claim, measurements: tuple[Measurement, ...]
    ) -> Mapping[str, Placed]:
        """The people of the questions never answered before; nobody is looked at when an account cannot pay.

        Both hold until the claim is settled: answers stay, and within a period what an account has spent and what it
        owes for a claim never add up to less than before.
        """
        preview = self._ledger.preview(claim)
        if not preview.is_affordable:
            return {}
        try:
            return {
                question.qid: place(measurement)
                for question, measurement in zip(claim.questions, measurements, strict=True)
                if question.qid in preview.unanswered
            }
        except Exception as error:
            request.settling()
            self._ledger.forfeit(claim)
            if isinstance(error, TooExpensive):  # that time ran out depends on people: told as a fault of ours
                raise InternalError("question-stopped", "the question was given up") from error
            raise

    def _noisy(self, question: Question, raw: Placed, balances: PersonBalances, price: int) -> tuple[int, ...]:
        """Counts of those who could pay, with noise. How many could not is known to nobody."""
        counted = balances.admit(raw.persons, cost=price, cap=self._policy.person_cap)
        noise = self._noise.draw(question.sigma, question.cells)
        return tuple(count + drawn for count, drawn in zip(_ints(raw.count(counted)), noise, strict=True))

    def _record(self, request: GateRequest, asked: Unprotected) -> Receipt:
        """Durably log a question that is answered exactly or not at all; refuse it unless the tier is exact."""
        rules = self._policy.of(request.principal.tier)
        check_unprotected(rules, asked)
        check_exact(request.principal, rules, gives_exact=self._gives_exact)
        question = Question(qid=self._query_id(request, asked.identity, 0), sigma=0, cost=0, cells=0)
        claim = self._claim(request, asked.kind.value, (question,))
        return self._exact_receipt(request, claim)

    def _exact_receipt(self, request: GateRequest, claim: Claim) -> Receipt:
        """Durably log who is about to see exact numbers of what, and why."""
        self._ledger.record(claim, {"outcome": "exact"})
        return self._receipt(request, claim, None, Settlement(noisy=(), charged=0, balances=()))

    def _claim(self, request: GateRequest, action: str, questions: tuple[Question, ...]) -> Claim:
        principal = request.principal
        budget = request.budget or self._policy.of(principal.tier).budget
        return replace(self._claim_of(principal, budget, action, questions), document=request.document)

    def _claim_of(self, principal: Principal, budget: Budget, action: str, questions: tuple[Question, ...]) -> Claim:
        return Claim(
            accounts=accounts_of(principal, budget),
            questions=questions,
            period=self._period(),
            action=action,
            tier=principal.tier.value,
            release_id=self._release_id,
            policy_version=f"{self._policy_version}+sha256:{self._policy.sha256}",
            population=self._population,
            reason=principal.reason,
            address=principal.address,
        )

    def _question(self, request: GateRequest, asked: Measurement, precision: Precision | None) -> Question:
        sigma, shape = precision.sigma if precision else 0, asked.shape
        of = request if asked.query_hash is None else replace(request, query_hash=asked.query_hash)
        return Question(
            qid=self._query_id(of, shape.identity, sigma),
            sigma=sigma,
            cost=precision.cost(shape.distance_squared) if precision else 0,
            cells=len(shape.labels),
        )

    def _query_id(self, request: GateRequest, shape: tuple[str, ...], sigma: int) -> str:
        return query_id(
            self._key,
            release_id=self._release_id,
            counting_rules=COUNTING_RULES,
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
        settlement: Settlement,
    ) -> Receipt:
        return Receipt(
            action=claim.action,
            tier=request.principal.tier,
            release_id=self._release_id,
            policy_version=self._policy_version,
            policy_sha256=self._policy.sha256,
            rules=self._policy.of(request.principal.tier),
            query_ids=tuple(question.qid for question in claim.questions),
            precision=precision,
            sigma=precision.sigma if precision else None,
            exact=precision is None,
            charged=settlement.charged,
            balances=settlement.balances,
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


def open_gate(
    state: Path,
    *,
    release_id: str,
    population: int,
    policy: DisclosurePolicy = DEFAULT_POLICY,
    gives_exact: bool = True,
) -> Gate:
    """The gate in service: the durable ledger and the key of the state folder, and noise that nobody can choose."""
    sigmas = sorted({precision.sigma for rules in policy.tiers for precision in rules.precisions})
    return Gate(
        policy,
        Ledger(state),
        DiscreteGaussian(sigmas),
        key=read_or_create_key(state),
        release_id=release_id,
        population=population,
        gives_exact=gives_exact,
    )


def _ints(counts: npt.NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(count) for count in counts)
