"""The suite finds bugs: each one seeded into the mechanism makes an attack succeed that otherwise fails."""

import pytest

from tests.attacks import (
    a01_repeat,
    a03_split,
    a04_difference,
    a06_hiding,
    a08_exploit,
    a10_cells,
    a15_denial,
    a17_collude,
)
from tests.attacks.a16_races import check_killed, kill_after
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.mutations import MUTATIONS
from tests.attacks.kit.outcome import Attack

FOUND_BY: dict[str, tuple[Attack, str]] = {
    "half-the-noise": (a10_cells.ATTACK, "answers is whole"),
    "one-draw": (a08_exploit.ATTACK, "noise of 32 answers"),
    "cache-by-people": (a04_difference.ATTACK, "same people that get one answer"),
    "true-threshold": (a06_hiding.ATTACK, "cohorts of exactly 10"),
    "nobody-told": (a06_hiding.ATTACK, "nobody, one person and an unknown code"),
    "small-refused": (a15_denial.ATTACK, "decisions, different"),
    "float-ledger": (a03_split.ATTACK, "cuts answered before the budget was spent"),
    "new-noise": (a01_repeat.ATTACK, "different answers to one question"),
    "no-person-cap": (a17_collude.ATTACK, "answers after their cap"),
}
"""The bug, the attack that finds it, and words of the assertion that then fails."""


@pytest.mark.parametrize("name", FOUND_BY)
def test_a_seeded_bug_is_found(name: str, arena: Arena) -> None:
    attack, words = FOUND_BY[name]
    with MUTATIONS[name].seeded():
        broken = attack.run(arena).broken
    assert any(words in line for line in broken), broken


def test_an_answer_before_its_charge_is_found(arena: Arena) -> None:
    """In a process that is killed, so the bug is seeded there."""
    broken = [check.says for check in check_killed([kill_after(arena, 3, "late-charge")]) if not check.holds]
    assert "killed servers whose ledger holds less than was answered" in broken


def test_every_bug_is_tried() -> None:
    assert {*FOUND_BY, "late-charge"} == set(MUTATIONS)
