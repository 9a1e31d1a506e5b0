"""No question waits for a kernel to be compiled: after `warm_up` none is compiled for other types."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from engine.kernels.warm import warm_up
from tests.lib.kernels import KERNELS
from tests.lib.plan_strategies import large_and_small_plans
from tests.lib.random_release import random_release
from tests.lib.targets import World


def compiled() -> dict[str, list[object]]:
    """The types every kernel was compiled for."""
    return {name: list(kernel.signatures) for name, kernel in KERNELS.items()}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return World(random_release(tmp_path_factory.mktemp("release"), 2))


def test_nothing_is_compiled_after_the_start(world):
    warm_up()
    before = compiled()

    @settings(
        max_examples=150, database=None, derandomize=True, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(plan=large_and_small_plans)
    def ask(plan):
        world.answer(plan, "kernels")

    ask()
    after = compiled()
    assert {name: after[name] for name in after if after[name] != before[name]} == {}
