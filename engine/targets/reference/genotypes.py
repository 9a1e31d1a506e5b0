"""Conditions on a person's genotypes, call by call, as the nodes of `cohort_dsl.ast.variants` say them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from statistics import NormalDist
from typing import assert_never

from cohort_dsl.ast import BurdenUnit, PairKind, Phase, ScoreScale, VariantSelector, Zygosity
from engine.genotypes.ploidy import PSEUDOAUTOSOMAL
from engine.genotypes.store import GenotypeStore
from engine.kernels.calls import PHASED_01, PHASED_10
from engine.logical.nodes import Burdened, Carrier, GenotypeAtom, NoCallAt, Paired, PhasedPair, Scored
from engine.targets.reference.calendar import holds
from engine.targets.reference.data import ReferenceData, Row, as_int
from engine.targets.reference.logic import Truth, kleene_any
from engine.targets.reference.variants import selected
from schemas.policy import COMMON_FREQUENCY


@dataclass(frozen=True, slots=True)
class Call:
    """One person's call of one variant.

    `copies` of the place the person has, how many of them are the `alternates` (None: no call), and which (0 and 1 are
    the first and the second; None: not known).
    """

    copies: int
    alternates: int | None
    altered: frozenset[int] | None

    @property
    def is_missing(self) -> bool:
        return self.alternates is None

    @property
    def is_heterozygous(self) -> bool:
        return self.copies == 2 and self.alternates == 1

    @property
    def is_homozygous(self) -> bool:
        return self.copies == 2 and self.alternates == 2


class GenotypeReader:
    """Decides genotype conditions for one person at a time. Calls are read from the PGEN, not from the index."""

    def __init__(self, data: ReferenceData, genotypes: GenotypeStore) -> None:
        self._data = data
        self._store = genotypes
        self._read: dict[int, list[int]] = {}
        self._summed: dict[str, Mapping[int, Fraction]] = {}

    def decide(self, atom: GenotypeAtom, person: int) -> Truth:
        """Whether the condition is true of the person; of one without genotypes only that there is no call."""
        if person not in self._data.samples:
            return True if isinstance(atom, NoCallAt) else None
        match atom:
            case Carrier(variants=variants, zygosity=zygosity):
                return kleene_any([_fits(call, zygosity) for call in self._calls(variants, person)])
            case NoCallAt(variants=variants):
                return any(call.is_missing for call in self._calls(variants, person))
            case Burdened(variants=variants, number=number, unit=unit):
                return _is_reached(number, unit, self._calls(variants, person))
            case Paired(variants=variants, kind=kind):
                return kleene_any([_is_pair(kind, calls) for calls in self._calls_by_gene(variants, person)])
            case PhasedPair():
                return self._has_phase(atom, person)
            case Scored(score=score, scale=scale, test=test):
                return holds(test, self._scaled(score, person, scale))
            case _:
                assert_never(atom)

    def _call(self, variant: int, person: int) -> Call:
        copies = _copies(self._data.variants[variant], self._data.samples[person])
        if copies == 0:
            return Call(0, 0, frozenset())
        if variant not in self._read:
            self._read[variant] = self._store.phased_calls(variant).tolist()
        match self._read[variant][person]:
            case 0:
                return Call(copies, 0, frozenset())
            case 1:
                return Call(copies, 1, None)
            case 2:
                return Call(copies, copies, frozenset(range(copies)))
            case called if called == PHASED_10:
                return Call(copies, 1, frozenset({0}))
            case called if called == PHASED_01:
                return Call(copies, 1, frozenset({1}))
            case _:
                return Call(copies, None, None)

    def _calls(self, variants: VariantSelector, person: int) -> list[Call]:
        return [self._call(variant, person) for variant in selected(variants, self._data.variants)]

    def _calls_by_gene(self, variants: VariantSelector, person: int) -> list[list[Call]]:
        calls: dict[object, list[Call]] = {}
        for variant in selected(variants, self._data.variants):
            calls.setdefault(self._data.variants[variant]["gene"], []).append(self._call(variant, person))
        calls.pop(None, None)
        return list(calls.values())

    def _has_phase(self, atom: PhasedPair, person: int) -> Truth:
        """Several variants may fit one name; any two different ones of one contig count."""
        rows = self._data.variants
        pairs = product(selected(atom.first, rows), selected(atom.second, rows))
        return kleene_any(
            [
                _in_phase(atom.phase, self._call(one, person), self._call(other, person))
                for one, other in pairs
                if one != other and rows[one]["contig"] == rows[other]["contig"]
            ]
        )

    def _scores(self, score: str) -> Mapping[int, Fraction]:
        """Everybody's score, exactly."""
        if score not in self._summed:
            self._summed[score] = self._sums(score)
        return self._summed[score]

    def _weights(self, score: str) -> Mapping[int, Fraction]:
        return {as_int(w["variant"]): _exact(w["weight"]) for w in self._data.weights if w["score"] == score}

    def _sums(self, score: str) -> Mapping[int, Fraction]:
        constant, weights = _exact(self._data.scores[score]["constant"]), self._weights(score)
        return {
            person: sum((w * _expected(self._call(v, person), self._common(v)) for v, w in weights.items()), constant)
            for person in self._data.samples
        }

    def _common(self, variant: int) -> Fraction:
        """The frequency that reference data give a common variant; 0 for all others."""
        frequency = self._data.variants[variant]["af_external"]
        return _exact(frequency) if frequency is not None and _exact(frequency) >= COMMON_FREQUENCY else Fraction(0)

    def _scaled(self, score: str, person: int, scale: ScoreScale) -> float | None:
        """The score, or its percentile: the person's place in a normal distribution with the mean and variance that
        copies drawn with the reference frequencies have; absent where nothing varies."""
        value = self._scores(score)[person]
        if scale is ScoreScale.VALUE:
            return float(value)
        mean, variance = _exact(self._data.scores[score]["constant"]), Fraction(0)
        for variant, weight in self._weights(score).items():
            copies, frequency = self._call(variant, person).copies, self._common(variant)
            mean += copies * frequency * weight
            variance += copies * frequency * (1 - frequency) * weight**2
        if not variance:
            return None
        share = NormalDist(float(mean), math.sqrt(variance)).cdf(float(value))
        return min(round(100 * share, 3), 99.999)


def _copies(variant: Row, sample: Row) -> int:
    contig, position, sex = variant["contig"], as_int(variant["position"]), sample["sex"]
    if contig == "MT":
        return 1
    shared = PSEUDOAUTOSOMAL.get(str(contig))
    if shared is None or any(first <= position <= last for first, last in shared):
        return 2
    if contig == "X":
        return 1 if sex == "male" else 2
    return 0 if sex == "female" else 1


def _fits(call: Call, zygosity: Zygosity) -> Truth:
    if call.alternates is None:
        return None
    match zygosity:
        case Zygosity.ANY:
            return call.alternates > 0
        case Zygosity.HETEROZYGOUS:
            return call.is_heterozygous
        case Zygosity.HOMOZYGOUS:
            return call.is_homozygous
        case Zygosity.HEMIZYGOUS:
            return call.copies == 1 and call.alternates == 1


def _is_reached(number: int, unit: BurdenUnit, calls: Sequence[Call]) -> Truth:
    """True when the calls reach the number, false when they could not if every missing one had all it can."""
    certain = possible = 0
    for call in calls:
        most = call.copies if call.alternates is None else call.alternates
        worth = most if unit is BurdenUnit.ALLELES else min(most, 1)
        possible += worth
        certain += 0 if call.is_missing else worth
    return True if certain >= number else None if possible >= number else False


def _is_pair(kind: PairKind, calls: Sequence[Call]) -> Truth:
    """Whether some calls of one gene make the pair."""
    pairs = [_make_pair(kind, one, other) for one, other in combinations(calls, 2)]
    if kind is not PairKind.BIALLELIC:
        return kleene_any(pairs)
    return kleene_any([*pairs, *(None if call.is_missing else call.is_homozygous for call in calls)])


def _make_pair(kind: PairKind, one: Call, other: Call) -> Truth:
    """Two heterozygous calls on different copies; a missing call may turn out to be heterozygous."""
    if not all(call.is_heterozygous or call.is_missing for call in (one, other)):
        return False
    if one.is_missing or other.is_missing:
        return None
    if one.altered is None or other.altered is None:
        return True if kind is PairKind.CANDIDATE else None
    return one.altered != other.altered


def _in_phase(phase: Phase, one: Call, other: Call) -> Truth:
    """Whether alternate alleles of both lie on one copy, or on different ones."""
    if 0 in (one.alternates, other.alternates):
        return False
    if one.is_missing or other.is_missing:
        return None
    if one.is_homozygous or other.is_homozygous:
        return True
    if one.copies != other.copies or one.altered is None or other.altered is None:
        return None
    if phase is Phase.CIS:
        return not one.altered.isdisjoint(other.altered)
    return any(copy != another for copy in one.altered for another in other.altered)


def _expected(call: Call, frequency: Fraction) -> Fraction:
    """Alternate alleles; where there is no call, as many as the person's copies have on average."""
    return call.copies * frequency if call.alternates is None else Fraction(call.alternates)


def _exact(number: object) -> Fraction:
    return Fraction(float(str(number)))
