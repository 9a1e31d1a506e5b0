"""Roots and proofs against the definitions of RFC 9162, section 2.1, written down as they stand there."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.disclosure.audit.merkle import (
    completed_by,
    consistency_proof,
    inclusion_proof,
    proves_consistency,
    proves_inclusion,
    root,
)

LEAVES = [bytes.fromhex(data) for data in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Roots over the first 0 to 8 of these leaves, as Certificate Transparency's own tests have them."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH of the RFC."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = largest_power_below(len(leaves))
    return hashlib.sha256(b"\1" + defined_root(leaves[:half]) + defined_root(leaves[half:])).digest()


def defined_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of the RFC."""
    if len(leaves) == 1:
        return []
    half = largest_power_below(len(leaves))
    if index < half:
        return [*defined_path(index, leaves[:half]), defined_root(leaves[half:])]
    return [*defined_path(index - half, leaves[half:]), defined_root(leaves[:half])]


def defined_subproof(old: int, leaves: list[bytes], is_whole: bool) -> list[bytes]:
    """SUBPROOF of the RFC."""
    if old == len(leaves):
        return [] if is_whole else [defined_root(leaves)]
    half = largest_power_below(len(leaves))
    if old <= half:
        return [*defined_subproof(old, leaves[:half], is_whole), defined_root(leaves[half:])]
    return [*defined_subproof(old - half, leaves[half:], False), defined_root(leaves[:half])]


def largest_power_below(number: int) -> int:
    power = 1
    while power * 2 < number:
        power *= 2
    return power


def grown(leaves: list[bytes]):
    """The nodes of a tree that grew leaf by leaf."""
    kept = {}
    for index, data in enumerate(leaves):
        kept[0, index] = leaf_hash(data)
        for level, place, found in completed_by(lambda *node: kept[node], index, kept[0, index]):
            kept[level, place] = found
    return lambda level, index: kept[level, index]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_certificate_transparency(size):
    assert root(grown(LEAVES[:size]), size).hex() == ROOTS[size]
    assert defined_root(LEAVES[:size]).hex() == ROOTS[size]


@given(st.integers(1, 70), st.data())
def test_proofs_are_those_of_the_definition_and_hold(size, data):
    leaves = [str(number).encode() for number in range(size)]
    nodes, whole = grown(leaves), defined_root(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path, growth = inclusion_proof(nodes, index, size), consistency_proof(nodes, old, size)
    assert list(path) == defined_path(index, leaves)
    assert list(growth) == defined_subproof(old, leaves, True)
    assert proves_inclusion(path, leaf=leaf_hash(leaves[index]), index=index, size=size, root=whole)
    begun = defined_root(leaves[:old])
    assert proves_consistency(growth, old=old, old_root=begun, new=size, new_root=whole)


@given(st.integers(2, 40), st.data())
def test_no_proof_holds_for_another_leaf_place_size_or_root(size, data):
    leaves = [str(number).encode() for number in range(size)]
    nodes, whole = grown(leaves), defined_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(nodes, index, size)
    right = {"leaf": leaf_hash(leaves[index]), "index": index, "size": size, "root": whole}
    other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))
    for wrong in (
        {"leaf": leaf_hash(b"other")},
        {"leaf": leaf_hash(leaves[other])},
        {"index": other},
        {"index": -1},
        {"index": size},
        {"root": leaf_hash(b"other")},
    ):
        assert not proves_inclusion(path, **(right | wrong))
    assert not proves_inclusion((*path, whole), **right)
    assert not proves_inclusion(path[:-1], **right)


@given(st.integers(2, 40), st.data())
def test_no_history_other_than_the_own_is_consistent(size, data):
    leaves = [str(number).encode() for number in range(size)]
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [b"rewritten" if number == changed else leaf for number, leaf in enumerate(leaves)]
    begun, whole = defined_root(leaves[:old]), defined_root(rewritten)
    proof = consistency_proof(grown(rewritten), old, size)
    right = {"old": old, "old_root": begun, "new": size, "new_root": whole}
    assert not proves_consistency(proof, **right)
    genuine = consistency_proof(grown(leaves), old, size)
    right["new_root"] = defined_root(leaves)
    assert proves_consistency(genuine, **right)
    for wrong in ({"old": 0}, {"old": size + 1}, {"new": old - 1}, {"old_root": whole}, {"new_root": begun}):
        assert not proves_consistency(genuine, **(right | wrong))
    assert not proves_consistency((), **right)
    assert not proves_consistency((*genuine, whole), **right)
    assert proves_consistency((), old=old, old_root=begun, new=old, new_root=begun)
