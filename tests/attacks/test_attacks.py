"""Every attack against the real service, at a size for every day; `python -m tests.attacks` runs them in full."""

import pytest

from tests.attacks.kit.arena import Arena
from tests.attacks.kit.outcome import Attack, attempt
from tests.attacks.suite import ATTACKS


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if not attack.is_slow], ids=lambda attack: f"{attack.number} {attack.title}"
)
def test_the_service_withstands(attack: Attack, arena: Arena) -> None:
    assert attempt(attack, arena).broken == ()


def test_every_class_of_attack_has_a_program() -> None:
    assert [attack.number for attack in ATTACKS] == [*(f"A{number}" for number in range(1, 19)), "DP", "NL", "SE"]
