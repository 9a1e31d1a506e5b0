"""A10: hidden cells of a table from its margins, by linear programming."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

import engine
from cohort_dsl import parse
from engine import Request, SafeTable
from schemas.policy import NANO_RHO
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.askers import PRECISION, STEWARD, Service, number
from tests.attacks.kit.outcome import Attack, Outcome, exactly, share_at_most, whole_noise
from tests.attacks.kit.questions import All, Numbered, Secret, document, in_block
from tests.attacks.kit.statistics import most_advantage
from tests.attacks.kit.world import World

FEWEST = 16
"""Cells of a large table at least: with more, a cell that was made to agree with the total keeps more of its noise."""

BY = "count by sex, age(20)\n"
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A table as published: each cell between `low` and `high`, which meet where it is shown; sums likewise."""

    low: Counts
    high: Counts
    sums: tuple[tuple[npt.NDArray[np.bool_], float, float], ...]

    def bounds(self, cell: int) -> tuple[float, float]:
        """The least and the most that a cell may be; nowhere when the table contradicts itself."""
        rows = np.array([sign * who for who, _, _ in self.sums for sign in (1.0, -1.0)])
        limits = [limit for _, low, high in self.sums for limit in (high, -low)]
        goal = np.zeros(self.low.size)
        found = []
        for sign in (1.0, -1.0):
            goal[cell] = sign
            result = linprog(goal, A_ub=rows, b_ub=limits, bounds=list(zip(self.low, self.high, strict=True)))
            found.append(sign * result.fun if result.success else np.nan)
        return found[0], found[1]


def recovered(published: Published, hidden: list[int], truth: Counts) -> int:
    """How many hidden cells the margins leave one value for, the true one."""
    found = 0
    for cell in hidden:
        low, high = published.bounds(cell)
        found += bool(np.ceil(low - 1e-6) == np.floor(high + 1e-6) == truth[cell])
    return found


def _tables(service: Service, world: World, block: int, people: int) -> tuple[SafeTable, Counts]:
    """A block by sex and age."""
    return _seen_and_true(service, document(All((in_block(world, block, people), Secret()))) + BY)


def _seen_and_true(service: Service, text: str) -> tuple[SafeTable, Counts]:
    """What a researcher sees of a table, and what is true."""
    asked = Request(cohort=parse(text), principal=service.researcher().principal, precision=PRECISION)
    exact = engine.breakdown(service.session, replace(asked, principal=STEWARD, precision=None))
    truth = np.array([number(cell.count) for cell in exact.cells], float)
    return engine.breakdown(service.session, asked), truth


def _seen_by_an_attacker(table: SafeTable) -> tuple[Published, list[int]]:
    """Shown cells and the total are taken at their word, up to the rounding; hidden ones lie below the threshold."""
    shown = [number(cell.count) for cell in table.cells]
    low = np.array([0 if each is None else each - 2 for each in shown], float)
    high = np.array([80 if each is None else each + 2 for each in shown], float)
    total = number(table.total) or 0
    everything = np.ones(len(shown), np.bool_)
    published = Published(low=low, high=high, sums=((everything, total - 2.0, total + 2.0),))
    return published, [place for place, each in enumerate(shown) if each is None]


def run(arena: Arena) -> Outcome:
    """Tables of every block; all cells shown must add up, and hidden ones come out no more often than noise allows."""
    hits, hidden, wrong_sums = 0, 0, 0
    with arena.service() as service:
        for block in list(arena.world.blocks)[: arena.size(fast=6, full=16)]:
            table, truth = _tables(service, arena.world, block, people=300)
            published, places = _seen_by_an_attacker(table)
            asked = [place for place in places if truth[place] > 0]
            hits, hidden = hits + recovered(published, asked, truth), hidden + len(asked)
            wrong_sums += _is_wrong(table)
        noise = _cell_noise(service, arena.world, arena.size(fast=6, full=12))
    rho = (PRECISION.cost(1) + PRECISION.cost(2)) / NANO_RHO
    allowed = most_advantage(rho)
    return Outcome(
        figure=hits / hidden,
        limit=allowed,
        checks=(
            share_at_most("hidden cells found exactly from total and shown cells", hits, hidden, allowed),
            exactly("tables whose shown cells add up to something else than their total", wrong_sums, 0),
            whole_noise(noise, PRECISION.sigma * np.sqrt(1 - 1 / FEWEST)),
        ),
    )


def _cell_noise(service: Service, world: World, tables: int) -> list[float]:
    """What is left of the shown cells of large tables without the truth."""
    found: list[float] = []
    for number_of_table in range(tables):
        text = document(Numbered(0, world.people - 1 - number_of_table)) + "count by sex, age(5)\n"
        table, truth = _seen_and_true(service, text)
        shown = [number(cell.count) for cell in table.cells]
        found += [each - true for each, true in zip(shown, truth, strict=True) if each is not None]
    return found


def _is_wrong(table: SafeTable) -> bool:
    """Shown cells never exceed the total by more than what noise below zero took from the hidden ones."""
    shown = [number(cell.count) for cell in table.cells]
    total = number(table.total)
    if total is None:
        return any(each is not None for each in shown)
    return None not in shown and sum(each or 0 for each in shown) != total


def baselines() -> dict[str, float]:
    """Cells of 1 to 9 hidden, the others and all margins exact; and the same with everything rounded to 5."""
    pick = np.random.default_rng(2)
    tables = [pick.negative_binomial(1, 1 / 26, (5, 6)) for _ in range(30)]
    return {
        "suppress, exact margins": _share_recovered(tables, base=1),
        "suppress and round": _share_recovered(tables, base=5),
    }


def _share_recovered(tables: list[npt.NDArray[np.int64]], base: int) -> float:
    hits, hidden = 0, 0
    for table in tables:
        truth = table.ravel().astype(float)
        around = base // 2
        shown = base * np.round(truth / base)
        is_hidden = (truth > 0) & (truth < 10)
        low, high = np.where(is_hidden, 1, shown - around), np.where(is_hidden, 9, shown + around)
        sums = []
        for axis, length in ((0, 5), (1, 6)):
            for place in range(length):
                who = np.zeros(table.shape, np.bool_)
                who[(place, slice(None)) if axis == 0 else (slice(None), place)] = True
                margin = base * round(truth[who.ravel()].sum() / base)
                sums.append((who.ravel(), float(margin - around), float(margin + around)))
        places = list(np.flatnonzero(is_hidden))
        hits += recovered(Published(low=low, high=high, sums=tuple(sums)), places, truth)
        hidden += len(places)
    return hits / hidden


ATTACK = Attack(
    number="A10",
    title="Complementary cells",
    tries="bounds each hidden cell of a table by the shown ones and the totals",
    figure="hidden cells found exactly",
    run=run,
    baselines=baselines,
)
