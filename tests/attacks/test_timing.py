"""How times are judged: on made-up times, since those of a busy machine prove nothing."""

import json

import numpy as np
import pytest

from cohort_dsl import parse
from cohort_dsl.ast import Between
from cohort_dsl.tree import walk
from schemas.policy import CostClass
from tests.attacks.a13_time import PADDING, Questions, Timed, judged
from tests.attacks.kit.timing import classified, visible, welch
from tests.attacks.kit.world import BLOCK, make_world

SIZE = 10_000


def made_up(shift: float, size: int = SIZE) -> Timed:
    """Answers a few milliseconds after their deadline, those with the victim later by `shift`."""
    random = np.random.default_rng(6)
    late = random.gamma(2.0, 2.0, (2, size)) + 1000
    return Timed(cost_class=CostClass.QUICK, without=late[0], with_victim=late[1] + shift, work=late[0] - 980)


def test_answers_that_only_the_deadline_decides_pass():
    assert all(check.holds for check in judged(made_up(0.0)))


@pytest.mark.parametrize("shift", [0.4, -0.4, 5.0])
def test_a_difference_that_is_said_to_be_visible_is_found(shift):
    timed = made_up(shift)
    assert abs(shift) > visible(timed.without, timed.with_victim)
    assert not judged(timed)[0].holds


def test_a_difference_of_spread_alone_is_found_by_guessing():
    """Both means are equal: Welch's t sees nothing."""
    random = np.random.default_rng(7)
    calm, wild = random.normal(1000, 1, SIZE), random.normal(1000, 9, SIZE)
    assert welch(calm, wild) < 4.5
    assert classified(calm, wild).share > 0.6


def test_guesses_about_nothing_are_half_right():
    told = classified(*np.random.default_rng(8).normal(size=(2, SIZE)))
    assert told.of == 2 * SIZE
    assert told.interval[0] < 0.5 < told.interval[1]
    assert told.interval[1] - told.interval[0] < 0.015


def test_work_that_outlasts_its_deadline_is_told():
    timed = made_up(0.0)
    assert not judged(Timed(cost_class=CostClass.QUICK, without=timed.without, with_victim=timed.with_victim,
                            work=timed.work + 900))[3].holds  # fmt: skip


@pytest.mark.parametrize("cost_class", PADDING)
def test_questions_are_new_of_their_class_and_about_one_person(cost_class: CostClass):
    world = make_world(3, blocks=2)
    asked = Questions(world, cost_class, seed=1).pairs(200)
    assert len({body for _, body in asked}) == 400
    assert [has for has, _ in asked[:-1:2]] != [True] * 200
    for has, body in asked[:20]:
        cohort = parse(json.loads(body)["text"])
        about = [v.value for v in walk(cohort) if isinstance(v.value, Between)]
        narrow = min(about, key=lambda range_: range_.high - range_.low)
        inside = [n for n in range(2 * BLOCK) if narrow.low <= n <= narrow.high]
        assert [bool(world.secret[n]) for n in inside] == [has]
