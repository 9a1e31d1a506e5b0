"""Merkle trees as RFC 9162 defines them (section 2.1): roots, proofs, and checking proofs.

A tree of any size is made of complete subtrees, which never change once they are there. A caller says where they are
kept: `Nodes` gives the hash of the complete subtree `index` of height `level`; level 0 are the leaves' hashes.
"""

import hashlib
from collections.abc import Callable, Iterator

Nodes = Callable[[int, int], bytes]
Proof = tuple[bytes, ...]

EMPTY = hashlib.sha256().digest()
"""Root of the tree without leaves."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees together."""
    return hashlib.sha256(b"\1" + left + right).digest()


def completed_by(nodes: Nodes, index: int, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The subtrees (level, index, hash) that leaf `index` completes as the last leaf of a tree."""
    level, found = 0, leaf
    while index & 1:
        found = node_hash(nodes(level, index - 1), found)
        level, index = level + 1, index >> 1
        yield level, index, found


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _subtree(nodes, 0, size) if size else EMPTY


def inclusion_proof(nodes: Nodes, index: int, size: int) -> Proof:
    """What joins leaf `index` to the root of the tree of `size` leaves."""
    return tuple(_path(nodes, index, 0, size))


def consistency_proof(nodes: Nodes, old: int, new: int) -> Proof:
    """What shows that the tree of `old` leaves is the beginning of the tree of `new`; needs 0 < old <= new."""
    return tuple(_subproof(nodes, old, 0, new, is_whole=True))


def proves_inclusion(proof: Proof, *, leaf: bytes, index: int, size: int, root: bytes) -> bool:
    """Whether the proof joins the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    left, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if left & 1 or left == last:
            found = node_hash(step, found)
            while not left & 1 and left:
                left, last = left >> 1, last >> 1
        else:
            found = node_hash(found, step)
        left, last = left >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(proof: Proof, *, old: int, old_root: bytes, new: int, new_root: bytes) -> bool:
    """Whether the proof shows the old tree to be the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    left, last = old - 1, new - 1
    while left & 1:
        left, last = left >> 1, last >> 1
    found_old = found_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if left & 1 or left == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            while not left & 1 and left:
                left, last = left >> 1, last >> 1
        else:
            found_new = node_hash(found_new, step)
        left, last = left >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _split(width: int) -> int:
    """The largest power of two below the width."""
    return 1 << ((width - 1).bit_length() - 1)


def _subtree(nodes: Nodes, start: int, end: int) -> bytes:
    """The hash over leaves `start` to `end`, where `start` is a multiple of the largest power of two within."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(width)
    return node_hash(_subtree(nodes, start, middle), _subtree(nodes, middle, end))


def _path(nodes: Nodes, index: int, start: int, end: int) -> Iterator[bytes]:
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _path(nodes, index, start, middle)
        yield _subtree(nodes, middle, end)
    else:
        yield from _path(nodes, index, middle, end)
        yield _subtree(nodes, start, middle)


def _subproof(nodes: Nodes, old: int, start: int, end: int, *, is_whole: bool) -> Iterator[bytes]:
    if old == end:
        if not is_whole:
            yield _subtree(nodes, start, end)
        return
    middle = start + _split(end - start)
    if old <= middle:
        yield from _subproof(nodes, old, start, middle, is_whole=is_whole)
        yield _subtree(nodes, middle, end)
    else:
        yield from _subproof(nodes, old, middle, end, is_whole=False)
        yield _subtree(nodes, start, middle)
