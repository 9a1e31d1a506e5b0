"""The index as `docs/reference/genotype-index.md` describes it, read by a program that knows nothing but that page."""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import xxhash

from engine.genotypes.store import GenotypeStore
from schemas.release import CALLS_PATH, SAMPLE
from tests.lib.releases import write_release

ROLES = {
    "heterozygous": "carriers",
    "homozygous": "carriers",
    "missing": "missing",
    "first": "phase",
    "unphased": "phase",
}


def decoded(folder: Path) -> dict[str, list[set[int]]]:
    """For each role the people of every variant."""
    seal = json.loads((folder / "seal.json").read_text())
    persons, variants, phased = (seal["source"][name] for name in ("persons", "variants", "phased"))
    parts, at = (folder / "parts.bin").read_bytes(), 0
    people: dict[str, list[set[int]]] = {}
    for role, stream in ROLES.items():
        if stream == "phase" and not phased:
            continue
        columns = []
        for letter, width in (("q", 8), ("I", 4), ("B", 1)):
            columns.append(struct.unpack_from(f"<{variants}{letter}", parts, at))
            at += variants * width + -(variants * width) % 64
        data = (folder / f"{stream}.bin").read_bytes()
        people[role] = [part(data, *where, persons) for where in zip(*columns, strict=True)]
    return people


def part(data: bytes, start: int, number: int, encoding: int, persons: int) -> set[int]:
    """One set of people."""
    if not number:
        return set()
    if encoding == 0:
        assert start % 4 == 0
        return set(struct.unpack_from(f"<{number}I", data, start))
    if encoding == 1:
        buckets = -(-persons // 65_536)
        ends = struct.unpack_from(f"<{buckets}H", data, start)
        low = struct.unpack_from(f"<{number}H", data, start + 2 * buckets)
        bucket_of = [next(b for b, end in enumerate(ends) if i < end) for i in range(number)]
        return {65_536 * bucket + half for bucket, half in zip(bucket_of, low, strict=True)}
    assert encoding == 2 and start % 64 == 0
    words = struct.unpack_from(f"<{-(-persons // 64)}Q", data, start)
    return {64 * w + bit for w, word in enumerate(words) for bit in range(64) if word >> bit & 1}


@pytest.fixture(scope="module", params=["phased", "unphased"])
def release(request, tmp_path_factory):
    """Variants of every frequency over two buckets of people."""
    random, persons = np.random.default_rng(5), 70_200
    alt = np.array([0, 0.00001, 0.0005, 0.01, 0.3, 1])[:, None]
    calls = (random.random((6, persons)) < alt).astype(np.int8) + (random.random((6, persons)) < alt)
    calls[random.random(calls.shape) < 0.002] = -1
    if request.param == "phased":
        phase = random.integers(0, 3, calls.shape)
        calls = np.where((calls == 1) & (phase > 0), phase + 2, calls)
    tables = {
        "person": [{}] * persons,
        "sample": [{"person": person, "source_sample_id": ""} for person in range(persons)],
        "variant": [{"contig": "1", "position": 10 + number, "ref": "A", "alt": "G"} for number in range(6)],
        "gene": [],
    }
    release = write_release(tmp_path_factory.mktemp("release"), tables, calls=calls.astype(np.int8))
    GenotypeStore.open(release)
    return release, calls


def test_every_set_of_people_is_where_the_page_says(release):
    made, calls = release
    people = decoded(made.file("index/genotype"))
    of = {
        "heterozygous": [1, 3, 4], "homozygous": [2], "missing": [-1], "first": [4], "unphased": [1]
    }  # fmt: skip
    assert set(people) == {role for role in ROLES if (calls > 2).any() or ROLES[role] != "phase"}
    for role, sets in people.items():
        for row, found in zip(calls, sets, strict=True):
            assert found == set(np.flatnonzero(np.isin(row, of[role])).tolist()), role


def test_checksums_and_seal_are_as_the_page_says(release):
    made, _ = release
    folder = made.file("index/genotype")
    seal = json.loads((folder / "seal.json").read_text())
    blocks = b""
    for name in ("parts.bin", "carriers.bin", "missing.bin", "phase.bin"):
        if not (folder / name).exists():
            continue
        data = (folder / name).read_bytes()
        assert seal["files"][name] == len(data)
        for start in range(0, len(data), 1 << 16):
            blocks += struct.pack("<Q", xxhash.xxh3_64_intdigest(data[start : start + (1 << 16)]))
    assert (folder / "checksums.bin").read_bytes() == blocks
    assert seal["checksums"] == hashlib.sha256(blocks).hexdigest()
    for key, path in (("calls_sha256", CALLS_PATH), ("samples_sha256", SAMPLE.path)):
        assert seal["source"][key] == hashlib.sha256(made.file(path).read_bytes()).hexdigest()


def test_the_example_of_the_page():
    data = bytes.fromhex("01 00 03 00 03 00 70 11 71 11")
    assert part(data, 0, 3, 1, 100_000) == {3, 70_000, 70_001}
