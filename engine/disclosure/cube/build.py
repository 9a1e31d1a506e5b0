"""Drawing a cube: its noise is drawn once for a release, charged to one account, and stored in the ledger.

Each table of each family is one measurement with a name, as any question is, and the ledger keeps what was drawn for
it. So a cube that is built again, or whose folder was lost, has the same numbers and costs nothing; and one by other
rules needs a price that the account of the release no longer has.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from engine.aggregate.cells import Label
from engine.aggregate.cube import Columns, RawFamily
from engine.disclosure.account import Account, AccountKind, Claim, Question
from engine.disclosure.cube.file import (
    FORMAT,
    Cube,
    CubeCategory,
    CubeFamilyEntry,
    CubeFamilyTables,
    CubeManifest,
    has_cube,
    open_cube,
    write_cube,
)
from engine.disclosure.display import Display
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import FreshGaussian, NoiseSource
from engine.disclosure.persons import PersonBalances
from engine.disclosure.query_id import query_id
from engine.disclosure.safe import SafeValue, Shown, Suppressed
from schemas.cube import CubeTable, FamilyRules
from schemas.errors import DataProblem, InternalError, OverBudget
from schemas.policy import AccessTier, DisclosurePolicy

CUBE_PERIOD: Final = "cube"
"""The period of the account that pays: a release has one cube, whatever the year."""

_COUNTING_RULES: Final = "cube 1: smallest hashes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeRelease:
    """What a cube says of its release."""

    id: str
    created: str
    phase: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPlan:
    """A family to be published: its list, where the list comes from, and what finds out who is where."""

    rules: FamilyRules
    rule: str
    categories: tuple[CubeCategory, ...]
    place: Callable[[], RawFamily]


@dataclass(frozen=True, slots=True, kw_only=True)
class CubePlan:
    """Everything a cube is made of; `consent_base_id` names the people it may count, `user` who has it made."""

    release: CubeRelease
    policy: DisclosurePolicy
    consent_base_id: str
    columns: Columns
    families: tuple[FamilyPlan, ...]
    user: str


@dataclass(frozen=True, slots=True)
class _Measurement:
    family: FamilyPlan
    table: CubeTable
    question: Question


def build(
    plan: CubePlan,
    cubes: Path,
    ledger: Ledger,
    *,
    key: bytes,
    noise: NoiseSource,
    progress: Callable[[str, float], None],
    is_rehearsal: bool = False,
) -> Cube:
    """The cube of the plan: the one there is, or one drawn now, or drawn before and written again.

    Raises `OverBudget` when the release's account cannot pay, which depends on the rules alone, and `InternalError` for
    noise other than OpenDP's unless `is_rehearsal`.
    """
    if type(noise) is not FreshGaussian and not is_rehearsal:
        raise InternalError("noise-not-private", "only the discrete Gaussian sampler protects what is published")
    measurements = tuple(_measurements(plan, key))
    published = open_cube(cubes, plan.release.id) if has_cube(cubes, plan.release.id) else None
    if published is not None and _is_of(published, plan, measurements):
        return published
    if published is not None:
        _check_known(published, _claim(plan, measurements), ledger)
    noisy = _charged(plan, ledger, measurements, noise, progress)
    progress("write", 0.9)
    return write_cube(cubes, _manifest(plan, measurements, is_rehearsal), _tables(plan, noisy))


def _measurements(plan: CubePlan, key: bytes) -> Iterator[_Measurement]:
    for family in plan.families:
        for table in family.rules.tables:
            labels, sigma = plan.columns.labels(table), family.rules.sigma_of(table)
            name = query_id(
                key,
                release_id=plan.release.id,
                counting_rules=_COUNTING_RULES,
                consent_base_id=plan.consent_base_id,
                query_hash=_list_hash(family),
                shape=("cube", table.value, _hash([list(label) for label in labels])),
                sigma=sigma,
            )
            question = Question(
                qid=name,
                sigma=sigma,
                cost=family.rules.price(table),
                cells=len(family.categories) * len(labels),
            )
            yield _Measurement(family, table, question)


def _list_hash(family: FamilyPlan) -> str:
    """What of a family decides whom its tables count."""
    codes = [category.code for category in family.categories]
    return _hash([family.rules.family.value, family.rule, family.rules.most, codes])


def _hash(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _is_of(published: Cube, plan: CubePlan, measurements: tuple[_Measurement, ...]) -> bool:
    """Whether a cube is what the plan would give."""
    is_this = published.manifest.measurements() == tuple(each.question.qid for each in measurements)
    return is_this and published.manifest.policy_sha256 == plan.policy.sha256


def _check_known(published: Cube, claim: Claim, ledger: Ledger) -> None:
    """What was published is in the ledger, or the ledger is not the one that paid: it would pay a second time."""
    names = published.manifest.measurements()
    asked = tuple(Question(qid=name, sigma=published.manifest.sigma, cost=0, cells=0) for name in names)
    if ledger.preview(replace(claim, questions=asked)).unanswered:
        raise DataProblem(
            "cube-unknown-to-ledger",
            f"the ledger does not know the cube {published.edition} that was published",
            hint="restore the newest ledger; it is not the one that paid for this cube",
        )


def _charged(
    plan: CubePlan,
    ledger: Ledger,
    measurements: tuple[_Measurement, ...],
    noise: NoiseSource,
    progress: Callable[[str, float], None],
) -> Mapping[str, tuple[int, ...]]:
    """The noisy cells of each measurement, once they are durably charged, stored and logged."""
    claim = _claim(plan, measurements)
    preview = ledger.preview(claim)
    wanted = [each for each in measurements if each.question.qid in preview.unanswered and preview.is_affordable]
    drawn = dict(_draw(plan, wanted, noise, progress))

    def measure(unanswered: frozenset[str], _: PersonBalances) -> Mapping[str, tuple[int, ...]]:
        # Nobody's own account is charged: everybody is promised the whole price of the cube on top of their cap.
        return {qid: cells for qid, cells in drawn.items() if qid in unanswered}

    try:
        settlement = ledger.charge_and_release(claim, measure)
    except OverBudget:
        raise OverBudget(
            "cube-budget-spent",
            f"a cube of release {plan.release.id} by these rules costs more than is left for the public",
            hint="the release has a cube by other rules; go back to them, or publish the next release by the new ones",
        ) from None
    return dict(zip((each.question.qid for each in measurements), settlement.noisy, strict=True))


def _draw(
    plan: CubePlan,
    wanted: Sequence[_Measurement],
    noise: NoiseSource,
    progress: Callable[[str, float], None],
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Counts with noise of what was never drawn. Whatever becomes of them, they are used once or not at all."""
    raw: RawFamily | None = None
    for number, each in enumerate(wanted):
        progress(f"count {each.family.rules.family.value}", 0.1 + 0.8 * number / len(wanted))
        if raw is None or raw.family is not each.family.rules.family:
            raw = each.family.place()
        counts = raw.count(each.table, plan.columns).ravel()
        cells = noise.draw(each.question.sigma, each.question.cells)
        yield each.question.qid, tuple(int(count) + drawn for count, drawn in zip(counts, cells, strict=True))


def _claim(plan: CubePlan, measurements: tuple[_Measurement, ...]) -> Claim:
    return Claim(
        accounts=(Account(kind=AccountKind.PUBLIC, id=plan.release.id, cap=plan.policy.cube.for_tables),),
        questions=tuple(each.question for each in measurements),
        period=CUBE_PERIOD,
        action="cube",
        tier=AccessTier.PUBLIC.value,
        release_id=plan.release.id,
        policy_version=plan.policy.identity,
        population=plan.release.persons,
        address="command line",
        user=plan.user,
    )


def _tables(plan: CubePlan, noisy: Mapping[str, tuple[int, ...]]) -> tuple[CubeFamilyTables, ...]:
    """What is shown: cells bent to add up to the total, rounded, and hidden by their noisy values."""
    rules, population = plan.policy.of(AccessTier.PUBLIC), plan.release.persons
    found = iter(noisy.values())
    tables: list[CubeFamilyTables] = []
    for family in plan.families:
        display = Display(rules=rules, sigma=family.rules.sigma, population=population)
        size, widths = len(family.categories), [len(plan.columns.labels(table)) for table in family.rules.tables]
        by_table = [np.array(next(found), np.int64).reshape(size, width).tolist() for width in widths]
        rows = [_row(display, family.rules.table_sigma, *cells) for cells in zip(*by_table, strict=True)]
        numbers = np.array(rows, np.int32).reshape(size, sum(widths), 3)
        tables.append(
            CubeFamilyTables(
                entry=_entry(family, ()),
                categories=family.categories,
                value=numbers[:, :, 0],
                margin=numbers[:, :, 1],
                less_than=numbers[:, :, 2],
            )
        )
    return tuple(tables)


def _row(display: Display, sigma: int, total: list[int], *tables: list[int]) -> list[tuple[int, int, int]]:
    """All cells of one category: its total, then its tables, none of which is shown when the total is not; `sigma` is
    the noise of their cells."""
    by_cell = (value for cells in tables for value in display.table(total[0], cells, sigma=sigma))
    return [_numbers(value) for value in (display.count(total[0]), *by_cell)]


def _numbers(value: SafeValue) -> tuple[int, int, int]:
    match value:
        case Shown(value=number, margin=margin):
            return number, margin, -1
        case Suppressed(less_than=threshold):
            return -1, -1, threshold


def _entry(family: FamilyPlan, names: tuple[str, ...]) -> CubeFamilyEntry:
    rules = family.rules
    return CubeFamilyEntry(
        family=rules.family.value,
        rule=family.rule,
        most=rules.most,
        categories=len(family.categories),
        nano_rho=rules.cost(),
        measurements=names,
        sigma=rules.sigma,
        table_sigma=rules.table_sigma,
        tables=tuple(table.value for table in rules.tables),
    )


def _manifest(plan: CubePlan, measurements: tuple[_Measurement, ...], is_rehearsal: bool) -> CubeManifest:
    cube, rules = plan.policy.cube, plan.policy.of(AccessTier.PUBLIC)
    names = {
        family.rules.family: tuple(each.question.qid for each in measurements if each.family is family)
        for family in plan.families
    }
    labels: dict[str, tuple[Label, ...]] = {table.value: plan.columns.labels(table) for table in CubeTable}
    return CubeManifest(
        format=FORMAT,
        release_id=plan.release.id,
        release_created=plan.release.created,
        phase=plan.release.phase,
        persons=plan.release.persons,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        policy_version=plan.policy.version + ("+rehearsal" if is_rehearsal else ""),
        policy_sha256=plan.policy.sha256,
        sigma=cube.sigma,
        floor=rules.floor,
        rounding=rules.rounding,
        charged=sum(each.question.cost for each in measurements),
        budget=cube.budget,
        families=tuple(_entry(family, names[family.rules.family]) for family in plan.families),
        labels=labels,
        files=(),
    )
