"""Every kernel gives what its NumPy twin gives."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels import calls, equilibrium, joining, linkage, parts, twins, weights, words
from engine.kernels.warm import warm_up

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


@QUICK
@given(st.data(), st.integers(0, 5))
def test_words(data, length):
    left, right = data.draw(word_arrays(length)), data.draw(word_arrays(length))
    ids = data.draw(ids_below(64 * length))
    assert words.count(left) == twins.count(left)
    assert words.count_common(left, right) == twins.count_common(left, right)
    assert words.count_members(left, ids) == twins.count_members(left, ids)
    cut = data.draw(st.integers(0, ids.size))
    stretches = np.array([0, cut]), np.array([cut // 2, ids.size])
    for name, arguments in (("unite", (right,)), ("insert", (ids,)), ("insert_stretches", (ids, *stretches))):
        ours, theirs = left.copy(), left.copy()
        getattr(words, name)(ours, *arguments)
        getattr(twins, name)(theirs, *arguments)
        assert np.array_equal(ours, theirs)
    ours, theirs = np.zeros(ids.size, np.int8), np.zeros(ids.size, np.int8)
    for code in (1, 2):
        words.mark_members(left, ids, code, ours)
        twins.mark_members(left, ids, code, theirs)
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


_SAMPLE_CALLS = st.tuples(st.integers(-1, 3), st.integers(-2, 3), st.integers(0, 1))


@QUICK
@given(st.lists(st.tuples(_SAMPLE_CALLS, st.integers(0, 3)), max_size=30), st.integers(0, 3), st.randoms())
def test_split_allele(samples, allele, random):
    columns = np.array(random.sample(range(len(samples)), random.randint(0, len(samples))), np.intp)
    alleles = np.array([call for call, _ in samples], np.int16).reshape(-1, 3)
    copies = np.array([number for _, number in samples], np.uint8)[columns]
    ours, theirs = np.zeros(columns.size, np.int8), np.zeros(columns.size, np.int8)
    expected = twins.split_allele(alleles, columns, copies, allele, theirs)
    assert calls.split_allele(alleles, columns, copies, allele, ours) == expected
    assert np.array_equal(ours, theirs)


# call, copies, what becomes of it
SPLIT = [
    ((0, 0, 0), 2, 0),
    ((0, 1, 0), 2, 1),
    ((1, 1, 0), 2, 2),
    ((-1, 1, 0), 2, -9),
    ((-1, -1, 0), 2, -9),
    ((1, 0, 1), 2, calls.PHASED_10),
    ((0, 1, 1), 2, calls.PHASED_01),
    ((2, 1, 0), 2, 1),
    ((1, -2, 0), 2, -9),
    ((1, -2, 0), calls.EITHER, 2),
    ((0, 1, 0), calls.EITHER, 1),
    ((1, -2, 0), 1, 2),
    ((0, -2, 0), 1, 0),
    ((1, 1, 0), 1, 2),
    ((0, 1, 0), 1, -9),
    ((2, 3, 0), 1, -9),
    ((1, 1, 0), 0, -9),
    ((-1, -2, 0), 0, -9),
]


def test_split_allele_says_what_each_call_is():
    alleles, copies, expected = (np.array(column) for column in zip(*SPLIT, strict=True))
    out = np.zeros(len(SPLIT), np.int8)
    counts = calls.split_allele(alleles.astype(np.int16), np.arange(len(SPLIT)), copies.astype(np.uint8), 1, out)
    assert out.tolist() == expected.tolist()
    assert counts._asdict() == {
        "alleles": 11, "number": 19, "homozygotes": 2, "hemizygotes": 2, "missing": 5,
        "haploid_of_two": 1, "mixed_of_one": 2, "of_none": 1,
    }  # fmt: skip


PEOPLE = 64 * 1100
"""A bucket of 65,536 people and a bit."""


@st.composite
def parts_of_people(draw):
    """Some parts in every encoding, and the stream that holds them."""
    random, stream, rows = np.random.default_rng(draw(st.integers(0, 2**32))), bytearray(), []
    for _ in range(draw(st.integers(0, 12))):
        encoding = draw(st.sampled_from([parts.IDS32, parts.IDS16, parts.PLANE]))
        number = draw(st.sampled_from([0, 1, 2, 40, 3000]))
        people = np.sort(random.choice(PEOPLE, number, replace=False)).astype(np.uint32)
        stream.extend(bytes(-len(stream) % 64))
        rows.append((len(stream), number, encoding))
        stream.extend(_bytes_of(people, encoding))
    stream.extend(bytes(-len(stream) % 64))
    data = np.frombuffer(bytes(stream), np.uint8)
    table = np.array(rows, np.int64).reshape(-1, 3)
    return (
        parts.Stream(data.view(np.uint16), data.view(np.uint32), data.view(np.uint64)),
        parts.Parts(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(np.uint8)),
        random,
    )


def _bytes_of(people, encoding):
    if encoding == parts.IDS32:
        return people.tobytes()
    if encoding == parts.PLANE:
        plane = np.zeros(PEOPLE // 64, np.uint64)
        twins.insert(plane, people)
        return plane.tobytes()
    halves = np.zeros(2 + people.size, np.uint16)
    twins.encode_halves(people, 2, halves)
    return halves.tobytes()


@QUICK
@given(parts_of_people(), st.integers(1, 4), st.booleans())
def test_parts(given_parts, levels, is_limited):
    stream, some, random = given_parts
    members = random.integers(0, 2**63, PEOPLE // 64).astype(np.uint64)
    codes = np.arange(1, some.start.size + 1, dtype=np.uint8)
    results = []
    for module in (parts, twins):
        counts, united = np.zeros(some.start.size, np.int64), np.zeros(PEOPLE // 64, np.uint64)
        counted, painted = np.zeros((levels, PEOPLE // 64), np.uint64), np.zeros(PEOPLE, np.uint8)
        module.count_parts(stream, some, members, counts)
        module.unite_parts(stream, some, united)
        for _ in range(2):
            module.raise_levels(stream, some, counted, members, is_limited)
        module.paint_parts(stream, some, codes, painted)
        results.append((counts, united, counted, painted))
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(*results, strict=True))


@QUICK
@given(parts_of_people(), st.sampled_from([64, 1000, 1 << 20]), st.integers(0, 12))
def test_unchecked_blocks(given_parts, block_bytes, first):
    stream, some, random = given_parts
    checked = random.random(stream.halves.nbytes // block_bytes + 1) < 0.8
    found = parts.unchecked_blocks(some, first, PEOPLE, checked, block_bytes)
    assert found == twins.unchecked_blocks(some, first, PEOPLE, checked, block_bytes)


@QUICK
@given(parts_of_people(), st.sampled_from([64, 1000, 1 << 20]))
def test_all_unchecked_blocks_are_found_run_by_run(given_parts, block_bytes):
    stream, some, random = given_parts
    some = parts.take(some, random.permutation(some.start.size))
    checked = random.random(stream.halves.nbytes // block_bytes + 1) < 0.5
    held = set()
    for start, number, code in zip(*(column.tolist() for column in some), strict=True):
        end = start + parts.part_bytes(code, number, PEOPLE)
        held |= set(range(start // block_bytes, (end - 1) // block_bytes + 1)) if number else set()
    expected, read = {block for block in held if not checked[block]}, set()
    begin, first, last = parts.unchecked_blocks(some, 0, PEOPLE, checked, block_bytes)
    while first >= 0:
        read |= set(range(first, last + 1))
        checked[first : last + 1] = True
        begin, first, last = parts.unchecked_blocks(some, begin, PEOPLE, checked, block_bytes)
    assert read == expected


@QUICK
@given(st.lists(st.integers(0, PEOPLE - 1), unique=True, max_size=200))
def test_encode_halves(people):
    ids = np.array(sorted(people), np.uint32)
    ours, theirs = np.zeros(2 + ids.size, np.uint16), np.zeros(2 + ids.size, np.uint16)
    parts.encode_halves(ids, 2, ours)
    twins.encode_halves(ids, 2, theirs)
    assert np.array_equal(ours, theirs)


@QUICK
@given(parts_of_people(), st.sampled_from([(0, 2), (0, 1), (1, 2)]))
def test_lists_with_weights(given_parts, buckets):
    stream, some, random = given_parts
    lists = parts.take(some, (some.encoding != parts.PLANE) & (some.number > 0))
    weights_of = random.normal(size=lists.start.size)
    ours, theirs = np.zeros(PEOPLE), np.zeros(PEOPLE)
    weights.add_lists(stream, lists, weights_of, *buckets, ours)
    twins.add_lists(stream, lists, weights_of, *buckets, theirs)
    assert np.allclose(ours, theirs, rtol=1e-12)


def test_more_lists_with_weights_than_the_cache_holds():
    """They are taken in blocks of 500,000 ids, of which these are two."""
    random, lists = np.random.default_rng(1), 200
    people = np.sort(np.array([random.choice(PEOPLE, 3000, replace=False) for _ in range(lists)])).astype(np.uint32)
    stream = np.frombuffer(b"".join(_bytes_of(own, parts.IDS16) for own in people) + bytes(8), np.uint8)
    stream = stream[: stream.size // 8 * 8]
    start = np.arange(lists, dtype=np.int64) * 2 * (2 + 3000)
    given_parts = parts.Parts(start, np.full(lists, 3000), np.full(lists, parts.IDS16, np.uint8))
    views = parts.Stream(stream.view(np.uint16), stream.view(np.uint32), stream.view(np.uint64))
    weights_of, sums, expected = random.normal(size=lists), np.zeros(PEOPLE), np.zeros(PEOPLE)
    weights.add_lists(views, given_parts, weights_of, 0, 2, sums)
    np.add.at(expected, people.ravel(), np.repeat(weights_of, 3000))
    assert np.allclose(sums, expected, rtol=1e-12)


@QUICK
@given(st.integers(0, 40), st.integers(0, 2**32), st.sampled_from([0, 1]))
def test_planes_with_weights(planes, seed, first):
    random = np.random.default_rng(seed)
    words_of = random.integers(0, 2**63, (max(planes, 1), PEOPLE // 64)).astype(np.uint64)
    start = np.arange(-(-planes // 8) * 8, dtype=np.int64) % max(planes, 1) * words_of[0].nbytes
    weights_of = random.normal(size=start.size).astype(np.float32)
    people = PEOPLE - 65_536 * first
    ours, theirs = np.zeros(people), np.zeros(people)
    weights.add_planes(words_of.ravel().view(np.uint16), start, weights_of, first, ours)
    twins.add_planes(words_of.ravel().view(np.uint16), start, weights_of, first, theirs)
    assert np.allclose(ours, theirs, rtol=0, atol=1e-4)


@QUICK
@given(st.lists(st.tuples(*[st.integers(0, 400)] * 3), max_size=8))
def test_equilibrium(people):
    counts = np.array(people, np.int64).reshape(-1, 3).T.copy()
    ours, theirs = np.zeros(len(people)), np.zeros(len(people))
    equilibrium.exact_equilibrium(*counts, ours)
    twins.exact_equilibrium(*counts, theirs)
    assert np.allclose(ours, theirs, rtol=1e-8, atol=1e-290)


@QUICK
@given(st.integers(0, 2**32), st.integers(0, 4))
def test_joint_counts(seed, length):
    random = np.random.default_rng(seed)
    planes = [
        [np.packbits(random.integers(0, 4, 64 * length) == kind).view(np.uint64) for kind in (1, 2, 3)] for _ in "ab"
    ]
    first, second = (np.array(calls).reshape(3, length) for calls in planes)
    second[1] &= ~second[0]
    second[2] &= ~(second[0] | second[1])
    first[1] &= ~first[0]
    first[2] &= ~(first[0] | first[1])
    members = random.integers(0, 2**63, length).astype(np.uint64)
    ours, theirs = np.ones((3, 3), np.int64), np.zeros((3, 3), np.int64)
    linkage.joint_counts(first, second, members, ours)
    twins.joint_counts(first, second, members, theirs)
    assert np.array_equal(ours, theirs)


def test_kernels_compile_where_no_cache_can_be_written():
    source = "import numpy as np; from engine.kernels import words; print(words.count(np.full(2, 7, np.uint64)))"
    environment = os.environ | {"NUMBA_CACHE_DIR": "/proc/no-such-folder"}
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("6\n", "")


@QUICK
@given(st.data(), st.integers(0, 12), st.integers(0, 9), st.booleans())
def test_join_entries(data, size, join_days, across_periods):
    rows = sorted(data.draw(st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 40)), min_size=size, max_size=size)))
    person, start = np.array(rows, np.int64).reshape(-1, 2).T
    end = start + np.array(data.draw(st.lists(st.integers(-2, 12), min_size=size, max_size=size)), np.int64)
    period = np.array(data.draw(st.lists(st.integers(0, 1), min_size=size, max_size=size)), np.int32)
    entries = joining.Entries(person.astype(np.uint32), start.astype(np.int32), end.astype(np.int32), period)
    found = [_joined(module, entries, join_days, across_periods) for module in (joining, twins)]
    assert found[0] == found[1]


def _joined(module, entries, join_days, across_periods):
    size = entries.person.size
    rows = joining.Joined(np.zeros(size, np.uint32), np.zeros(size, np.int32), np.zeros(size, np.int32))
    used = module.join_entries(entries, join_days, across_periods, rows)
    return [column[:used].tolist() for column in rows]
