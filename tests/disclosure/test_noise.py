"""The noise has exactly the law that is paid for, and is never given twice."""

import os
import threading

import numpy as np
import pytest
from scipy import stats

from engine.disclosure import noise as noise_module
from engine.disclosure.noise import DiscreteGaussian, _sampler
from schemas.errors import InternalError
from schemas.policy import Precision

ALPHA = 1e-6
DRAWS = 40_000


def probabilities(sigma: int, reach: int) -> np.ndarray:
    """The exact discrete Gaussian on -reach..reach; what lies outside 12 sigma is below 1e-31."""
    support = np.arange(-12 * sigma, 12 * sigma + 1)
    mass = np.exp(-(support**2) / (2 * sigma**2))
    mass /= mass.sum()
    return mass[np.abs(support) <= reach]


@pytest.mark.parametrize("precision", Precision)
def test_the_noise_is_the_discrete_gaussian(noise, precision):
    reach = round(2.8 * precision.sigma)
    drawn = np.array(noise.draw(precision.sigma, DRAWS))
    inside = np.bincount(drawn[np.abs(drawn) <= reach] + reach, minlength=2 * reach + 1)
    expected = probabilities(precision.sigma, reach)
    observed = [*inside, DRAWS - inside.sum()]
    assert stats.chisquare(observed, DRAWS * np.array([*expected, 1 - expected.sum()])).pvalue > ALPHA


@pytest.mark.parametrize("precision", Precision)
def test_draws_do_not_depend_on_one_another(noise, precision):
    drawn = np.array(noise.draw(precision.sigma, 20_000))
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5 / np.sqrt(len(drawn))


@pytest.mark.parametrize("precision", Precision)
def test_the_librarys_privacy_map_is_what_is_charged(precision):
    rho = _sampler(precision.sigma).map(1)
    assert rho == 1 / (2 * precision.sigma**2)
    assert 0 <= precision.cost(1) - rho * 10**9 < 1
    # moving between two cells of a table is L2 distance sqrt(2); the integer metric is asked about 2 = four times rho
    assert _sampler(precision.sigma).map(2) == pytest.approx(4 * rho)
    assert 0 <= precision.cost(2) - 2 * rho * 10**9 < 1


def test_a_library_that_prices_noise_otherwise_is_refused(monkeypatch):
    real = noise_module.make_gaussian
    monkeypatch.setattr(noise_module, "make_gaussian", lambda *space, scale: real(*space, scale=scale * 2))
    with pytest.raises(InternalError, match="noise-privacy-map"):
        DiscreteGaussian([10])


def test_threads_never_share_a_draw_and_the_pool_refills():
    source = DiscreteGaussian([10], pool_size=64)
    ticket, taken = threading.Lock(), []
    # Numbered "noise" in place of the sampler's: a value given twice would be seen.
    source._sample = _counter()
    source._start()

    def take() -> None:
        for _ in range(200):
            drawn = source.draw(10, 7)
            with ticket:
                taken.extend(drawn)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 8 * 200 * 7 == len(set(taken))


def test_sampling_is_by_whole_pools_however_many_draws_are_wanted(caplog):
    """So how long it takes tells nothing about the draws of one answer."""
    source = DiscreteGaussian([10], pool_size=64)
    real, sizes = source._sample, []

    def watched(sigma: int, count: int) -> tuple[int, ...]:
        sizes.append(count)
        return real(sigma, count)

    source._sample = watched
    source._refill_aside = lambda sigma: None  # nobody refills beside
    assert [len(source.draw(10, count)) for count in (60, 1, 10, 0, 200)] == [60, 1, 10, 0, 200]
    assert set(sizes) == {64}
    assert caplog.messages[0] == "noise of sigma 10 ran out, and an answer waits for new draws"


def _counter():
    lock, state = threading.Lock(), [0]

    def sample(sigma: int, count: int) -> tuple[int, ...]:
        with lock:
            start = state[0]
            state[0] += count
        return tuple(range(start, start + count))

    return sample


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # from 3.12, where other tests left threads
def test_a_forked_process_draws_its_own_noise():
    source = DiscreteGaussian([50], pool_size=64)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, repr(source.draw(50, 32)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 4096).decode() != repr(source.draw(50, 32))
    os.close(reader)
    os.close(writer)
