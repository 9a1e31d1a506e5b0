"""Random streams that depend on what they are for and not on when they are drawn.

Every stream is a Philox counter keyed by (seed, topic, block), so blocks may be made in any order, or again,
and give the same people (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
"""

import hashlib

import numpy as np


def stream(seed: int, topic: str, block: int = 0) -> np.random.Generator:
    """The generator of one topic of one block; the same three words always give the same numbers."""
    key = hashlib.blake2b(f"{seed}/{topic}/{block}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
