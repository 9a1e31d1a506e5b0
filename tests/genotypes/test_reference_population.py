"""Percentiles of people drawn from the reference population are spread evenly, and rare variants take no part in it."""

import numpy as np
import pytest
from scipy.stats import kstest

from engine.genotypes.counting import Copies
from engine.genotypes.ploidy import Ploidy
from engine.genotypes.reference_population import HIGHEST_PERCENTILE, common_frequencies, percentiles
from engine.personset import PersonSet

PERSONS, VARIANTS = 6_000, 80


@pytest.fixture
def copies():
    male = np.arange(PERSONS) % 2 == 0
    return Copies(genotyped=PersonSet.all(PERSONS), males=PersonSet.from_mask(male), females=PersonSet.from_mask(~male))


def drawn(random, frequencies, ploidies):
    """int[variants, N]: alternate alleles, each copy drawn by itself."""
    male = np.arange(PERSONS) % 2 == 0
    number = {
        Ploidy.DIPLOID: np.full(PERSONS, 2),
        Ploidy.X: 2 - male,
        Ploidy.Y: male * 1,
        Ploidy.MT: np.ones(PERSONS, int),
    }
    return np.array([random.binomial(number[Ploidy(p)], f) for f, p in zip(frequencies, ploidies, strict=True)])


def test_percentiles_of_the_population_itself_are_uniform(copies):
    """Of men and of women: they have as many copies as those they are compared with."""
    random = np.random.default_rng(5)
    weights, frequencies = random.normal(size=VARIANTS), random.uniform(0.1, 0.9, VARIANTS)
    ploidies = random.choice([each.value for each in Ploidy], VARIANTS, p=(0.7, 0.2, 0.05, 0.05)).astype(np.uint8)
    sums = weights @ drawn(random, frequencies, ploidies)
    found = percentiles(sums, weights, frequencies, ploidies, copies)
    for sex in (found[::2], found[1::2]):
        assert kstest(sex / 100, "uniform").statistic < 0.035  # 1.9 / sqrt(3,000), one in a thousand


def test_frequencies_are_those_of_common_variants():
    external = np.array([np.nan, 0.0, 0.0099, 0.01, 0.7])
    assert common_frequencies(external).tolist() == [0, 0, 0, 0.01, 0.7]


def test_a_variant_with_a_frequency_of_none_moves_nobody_who_lacks_it(copies):
    sums = np.linspace(-3, 3, PERSONS)
    weights, frequencies, ploidies = np.array([1.0, 5.0]), np.array([0.3, 0.0]), np.zeros(2, np.uint8)
    alone = percentiles(sums, weights[:1], frequencies[:1], ploidies[:1], copies)
    assert percentiles(sums, weights, frequencies, ploidies, copies).tolist() == alone.tolist()


def test_where_nothing_varies_nobody_has_a_percentile_and_nobody_has_the_hundredth(copies):
    nothing = np.zeros(0)
    assert np.isnan(percentiles(np.ones(PERSONS), nothing, nothing, np.zeros(0, np.uint8), copies)).all()
    one = np.ones(1)
    women_have_no_y = percentiles(np.full(PERSONS, 1e9), one, 0.5 * one, np.full(1, Ploidy.Y, np.uint8), copies)
    assert np.isnan(women_have_no_y[1::2]).all()
    assert (women_have_no_y[::2] == HIGHEST_PERCENTILE).all()
