"""Every kernel gives what its NumPy twin gives."""

import inspect
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels import calls, carriers, twins, words
from engine.kernels.warm import warm_up

MODULES = (words, calls, carriers)
QUICK = settings(deadline=None, max_examples=60)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()


@st.composite
def word_arrays(draw, length=None):
    size = draw(st.integers(0, 5)) if length is None else length
    return np.array(draw(st.lists(st.integers(0, 2**64 - 1), min_size=size, max_size=size)), np.uint64)


@st.composite
def ids_below(draw, size):
    return np.array(draw(st.lists(st.integers(0, size - 1), max_size=40)) if size else [], np.uint32)


def test_every_kernel_has_a_twin_with_the_same_parameters():
    for module in MODULES:
        kernels = {name: value for name, value in vars(module).items() if hasattr(value, "py_func")}
        for name, kernel in kernels.items():
            assert inspect.signature(getattr(twins, name)) == inspect.signature(kernel.py_func), name


@QUICK
@given(st.data(), st.integers(0, 5))
def test_words(data, length):
    left, right = data.draw(word_arrays(length)), data.draw(word_arrays(length))
    ids = data.draw(ids_below(64 * length))
    assert words.count(left) == twins.count(left)
    assert words.count_common(left, right) == twins.count_common(left, right)
    assert words.count_members(left, ids) == twins.count_members(left, ids)
    for name, argument in (("unite", right), ("insert", ids)):
        ours, theirs = left.copy(), left.copy()
        getattr(words, name)(ours, argument)
        getattr(twins, name)(theirs, argument)
        assert np.array_equal(ours, theirs)
    ours, theirs = np.zeros(64 * length, np.uint32), np.zeros(64 * length, np.uint32)
    assert words.list_ids(left, ours) == twins.list_ids(left, theirs)
    assert np.array_equal(ours, theirs)


@QUICK
@given(st.lists(st.sampled_from([0, 1, 2, -9]), max_size=150), st.randoms(use_true_random=False))
def test_planes_and_place(given_calls, random):
    values = np.array(given_calls, np.int8)
    persons = np.array(sorted(random.sample(range(200), values.size)), np.uint32)
    ours, theirs = np.zeros((3, 4), np.uint64), np.zeros((3, 4), np.uint64)
    calls.planes(values, persons, *ours)
    twins.planes(values, persons, *theirs)
    assert np.array_equal(ours, theirs)
    placed, expected = np.full(200, -9, np.int8), np.full(200, -9, np.int8)
    calls.place(values, persons, placed)
    twins.place(values, persons, expected)
    assert np.array_equal(placed, expected)


def _sample_calls(ploidy):
    allele = st.integers(-1, 3)
    whole = st.tuples(*[allele] * ploidy, st.integers(0, 1))
    shorter = st.tuples(allele, *[st.just(-2)] * (ploidy - 1), st.integers(0, 1))
    return st.lists(whole | shorter, max_size=30)


@QUICK
@given(st.integers(1, 2).flatmap(lambda ploidy: st.tuples(st.just(ploidy), _sample_calls(ploidy))), st.integers(1, 3))
def test_split_allele(record, allele):
    ploidy, samples = record
    alleles = np.array(samples, np.int16).reshape(-1, ploidy + 1)
    ours, theirs = np.zeros(len(samples), np.int8), np.zeros(len(samples), np.int8)
    assert calls.split_allele(alleles, allele, ours) == twins.split_allele(alleles, allele, theirs)
    assert np.array_equal(ours, theirs)


def test_split_allele_says_what_each_call_is():
    haploid, half, phased, other = (1, -2, 0), (-1, 1, 0), (1, 0, 1), (2, 1, 0)
    alleles = np.array([(0, 0, 0), (0, 1, 0), (1, 1, 0), haploid, half, phased, other, (-1, -1, 0)], np.int16)
    out = np.zeros(8, np.int8)
    assert calls.split_allele(alleles, 1, out) == (6, 11, 2, 2)
    assert out.tolist() == [0, 1, 2, 2, -9, calls.PHASED_10, 1, -9]


@QUICK
@given(st.data(), st.integers(1, 4), st.sampled_from([1, 2, 3]))
def test_carriers_and_missing(data, length, wanted):
    stream, columns, missing = [], [], []
    for _ in range(data.draw(st.integers(0, 4))):
        encoding = data.draw(st.sampled_from([carriers.SPARSE, carriers.MIXED, carriers.DENSE]))
        het, hom = data.draw(ids_below(64 * length)), data.draw(ids_below(64 * length))
        planes = [data.draw(word_arrays(length)).view(np.uint32) for _ in range(2)]
        start = sum(part.size for part in stream)
        if start % 2:
            stream.append(np.zeros(1, np.uint32))
            start += 1
        stream += [het if encoding == carriers.SPARSE else planes[0], hom if encoding != carriers.DENSE else planes[1]]
        columns.append((encoding, start, het.size, hom.size))
        missing.append((min(encoding, 1) * carriers.DENSE, start, het.size))
    flat = np.concatenate([np.zeros(0, np.uint32), *stream])
    encoding, *numbers = (np.array([row[i] for row in columns], np.int64) for i in range(4))
    codes = np.array([row[0] for row in missing], np.uint8)
    ours, theirs = np.zeros((2, length), np.uint64), np.zeros((2, length), np.uint64)
    for module, out in ((carriers, ours), (twins, theirs)):
        module.add_carriers(flat, encoding.astype(np.uint8), *numbers, wanted, out[0])
        module.add_missing(flat, codes, *numbers[:2], out[1])
    assert np.array_equal(ours, theirs)


def test_kernels_compile_where_no_cache_can_be_written():
    source = "import numpy as np; from engine.kernels import words; print(words.count(np.full(2, 7, np.uint64)))"
    environment = os.environ | {"NUMBA_CACHE_DIR": "/proc/no-such-folder"}
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("6\n", "")
