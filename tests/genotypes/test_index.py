"""The index says what the calls say, for every person, and is made again when it is stale or damaged."""

import dataclasses
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Zygosity
from engine.genotypes.layout import Role
from engine.genotypes.store import GenotypeStore
from engine.kernels.parts import IDS16, IDS32, PLANE
from schemas.errors import DataProblem
from schemas.release import CALLS_PATH, SAMPLE
from tests.lib.releases import write_release

INDEX = "index/genotype"


def _release(root, calls, sample_person, persons):
    """A release of int8[variants, samples] calls (-1 for none)."""
    tables = {
        "person": [{}] * persons,
        "sample": [{"person": int(person), "source_sample_id": f"s{person}"} for person in sample_person],
        "variant": [{"contig": "1", "position": 10 + number, "ref": "A", "alt": "G"} for number in range(len(calls))],
        "gene": [],
    }
    return write_release(root, tables, calls=np.asarray(calls, np.int8))


def _random_calls(seed, variants, samples):
    """Rare, middling and common variants, with few or many missing calls."""
    random = np.random.default_rng(seed)
    alt = random.choice([0.0, 0.0002, 0.002, 0.05, 0.4, 0.95], (variants, 1))
    calls = (random.random((variants, samples)) < alt).astype(np.int8) + (random.random((variants, samples)) < alt)
    calls[random.random((variants, samples)) < random.choice([0.0, 0.003, 0.3, 1.0], (variants, 1))] = -1
    return calls.astype(np.int8)


@pytest.mark.parametrize(
    ("seed", "persons", "samples"), [(1, 1, 1), (2, 64, 64), (3, 200, 130), (4, 5000, 4500), (5, 5000, 9)]
)
def test_carriers_and_missing_agree_with_the_calls(tmp_path, seed, persons, samples):
    random = np.random.default_rng(seed)
    sample_person = np.sort(random.choice(persons, samples, replace=False))
    calls = _random_calls(seed, 40, samples)
    release = _release(tmp_path, calls, sample_person, persons)
    store = GenotypeStore.open(release)
    expected = np.full((len(calls), persons), -1, np.int8)
    expected[:, sample_person] = calls
    for variant in range(len(calls)):
        assert np.array_equal(store.calls(variant), expected[variant])
    parts = [store._held.index.parts(role, np.arange(40))[1] for role in (Role.HET, Role.HOM, Role.MISSING)]
    encodings = {code for part in parts for code in part.encoding[part.number > 0]}
    assert encodings == {IDS32, IDS16, PLANE} or samples < 100
    for chosen in ([], [3], list(range(40)), random.choice(40, 5, replace=False)):
        rows = np.array(chosen, np.int32)
        part = expected[rows]
        wanted = {Zygosity.ANY: part > 0, Zygosity.HETEROZYGOUS: part == 1, Zygosity.HOMOZYGOUS: part == 2}
        missing = (part < 0).any(axis=0) | ~store.genotyped.to_mask()
        assert np.array_equal(store.no_call(rows).to_mask(), missing)
        for zygosity, hits in wanted.items():
            found = store.carriers(rows, zygosity)
            assert np.array_equal(found.true.to_mask(), hits.any(axis=0))
            assert np.array_equal(found.unknown.to_mask(), missing & ~hits.any(axis=0))


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_small_matrix(tmp_path_factory, data):
    samples, variants = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 4))
    call = st.sampled_from([0, 1, 2, -1])
    calls = data.draw(
        st.lists(st.lists(call, min_size=samples, max_size=samples), min_size=variants, max_size=variants)
    )
    persons = samples + data.draw(st.integers(0, 70))
    people = sorted(data.draw(st.permutations(range(persons)))[:samples])
    store = GenotypeStore.open(_release(tmp_path_factory.mktemp("r"), calls, people, persons))
    rows = np.arange(variants, dtype=np.int32)
    dense = np.stack([store.calls(row) for row in rows])
    assert np.array_equal(dense[:, people], np.array(calls, np.int8))
    carriers = store.carriers(rows)
    assert np.array_equal(carriers.true.to_mask(), (dense > 0).any(axis=0))
    assert np.array_equal(carriers.unknown.to_mask(), (dense < 0).any(axis=0) & ~(dense > 0).any(axis=0))


@pytest.fixture
def release(tmp_path):
    return _release(tmp_path, _random_calls(7, 20, 300), np.arange(300), 300)


def _answer(release):
    return GenotypeStore.open(release).carriers(np.arange(20, dtype=np.int32)).true


def _touched(release):
    return release.file(f"{INDEX}/seal.json").stat().st_mtime_ns


def test_an_index_is_built_once_and_used_again(release):
    first = _answer(release)
    built = _touched(release)
    assert _answer(release) == first
    assert _touched(release) == built


FILES = ["carriers.bin", "missing.bin", "parts.bin", "checksums.bin", "seal.json"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "remove", "flip"])
def test_a_damaged_index_is_built_again_or_refused(release, name, damage):
    expected = _answer(release)
    file = release.file(f"{INDEX}/{name}")
    sound = file.read_bytes()
    content = bytearray(sound)
    if damage == "remove":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(content[:-1])
    else:
        content[len(content) // 2] ^= 0x55
        file.write_bytes(content)
    if damage == "flip" and name in ("carriers.bin", "missing.bin"):  # found when the bytes are first used
        with pytest.raises(DataProblem) as refused:
            _answer(release)
        assert refused.value.code == "genotype-index-damaged"
    else:
        assert _answer(release) == expected
        assert file.read_bytes() == sound


def test_questions_about_other_variants_do_not_read_what_is_damaged(tmp_path):
    """A block is 64 KiB: nine variants of 262,144 people with a plane each lie in more than one."""
    persons = 1 << 18
    calls = (np.random.default_rng(3).random((9, persons)) < 0.5).astype(np.int8)
    release = _release(tmp_path, calls, np.arange(persons), persons)
    GenotypeStore.open(release)
    file = release.file(f"{INDEX}/carriers.bin")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    store = GenotypeStore.open(release)
    assert np.array_equal(store.carriers(np.array([0], np.int32)).true.to_mask(), calls[0] > 0)
    with pytest.raises(DataProblem, match="damaged"):
        store.carriers(np.array([8], np.int32))


def test_an_index_of_other_calls_is_built_again(release, tmp_path):
    other = _release(tmp_path / "other", _random_calls(8, 20, 300), np.arange(300), 300)
    expected = _answer(other)
    shutil.rmtree(other.file(INDEX))
    _answer(release)
    shutil.copytree(release.file(INDEX), other.file(INDEX))
    assert _answer(other) == expected


def test_an_index_folder_that_is_a_file_is_named(release):
    release.file("index").write_text("in the way")
    with pytest.raises(DataProblem) as refused:
        GenotypeStore.open(release)
    assert refused.value.code == "genotype-index-unwritable"


def test_files_that_contradict_each_other_are_refused(release, tmp_path):
    other = _release(tmp_path / "other", _random_calls(8, 19, 300), np.arange(300), 300)
    shutil.copy(other.file(CALLS_PATH), release.file(CALLS_PATH))
    with pytest.raises(DataProblem, match="19 variants"):
        GenotypeStore.open(release)
    release.file(CALLS_PATH).write_bytes(b"not calls")
    with pytest.raises(DataProblem, match="cannot be read as calls"):
        GenotypeStore.open(release)
    release.file(SAMPLE.path).unlink()
    with pytest.raises(DataProblem, match=r"no genotypes/sample\.parquet"):
        GenotypeStore.open(release)


def test_a_person_with_two_samples_is_refused(tmp_path):
    release = _release(tmp_path, [[0, 1]], [4, 4], 9)
    with pytest.raises(DataProblem) as refused:
        GenotypeStore.open(release)
    assert refused.value.code == "sample-order"


def test_a_release_without_genotypes_has_nobody_genotyped(tmp_path):
    store = GenotypeStore.open(write_release(tmp_path, {"person": [{}] * 70}))
    rows = np.zeros(0, np.int32)
    assert (store.variants, store.genotyped.count(), store.genes()) == (0, 0, ())
    assert store.carriers(rows).unknown.count() == store.no_call(rows).count() == 70


def test_a_store_shows_no_members(release):
    store = GenotypeStore.open(release)
    assert "array" not in repr(store) and len(repr(store)) < 100
    assert dataclasses.is_dataclass(store)
