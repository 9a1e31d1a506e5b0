"""A share of two noisy numbers: its interval holds the true one as often as it says."""

import numpy as np
import pytest

from api.dashboards.shares import share_of
from schemas.wire import BelowThreshold, Number, Share, ShareWithin


@pytest.mark.parametrize(("part", "whole"), [(60, 400), (350, 400), (40, 90), (5_000, 90_000)])
def test_the_interval_holds_the_true_share_in_95_of_100(part: int, whole: int) -> None:
    sigma = 25
    margin = round(1.96 * sigma)
    drawn = np.random.default_rng(7).normal((part, whole), sigma, (4_000, 2)).round().astype(int)
    held = told = 0
    for noisy_part, noisy_whole in drawn.clip(0).tolist():
        share = share_of(Number(value=noisy_part, margin=margin), Number(value=noisy_whole, margin=margin))
        if isinstance(share, Share):
            told += 1
            held += share.low <= part / whole <= share.high
    assert told > 3_000
    assert 0.93 < held / told < 0.985


def test_an_exact_whole_leaves_the_noise_of_the_part() -> None:
    assert share_of(Number(value=20, margin=10), Number(value=200, margin=0)) == Share(value=0.1, low=0.05, high=0.15)


@pytest.mark.parametrize(
    "whole", [BelowThreshold(less_than=97), Number(value=59, margin=59), Number(value=0, margin=59)]
)
def test_of_few_or_nobody_there_is_no_share(whole: Number | BelowThreshold) -> None:
    assert share_of(Number(value=40, margin=59), whole) is None


def test_a_share_is_never_outside_of_0_and_1() -> None:
    assert share_of(BelowThreshold(less_than=97), Number(value=100, margin=59)) == ShareWithin(at_least=0, at_most=1)
    assert share_of(Number(value=900, margin=9), Number(value=500, margin=9)) == Share(value=1, low=1, high=1)
    low = share_of(Number(value=0, margin=30), Number(value=500, margin=30))
    assert isinstance(low, Share) and (low.value, low.low) == (0, 0) and low.high == 0.0601
