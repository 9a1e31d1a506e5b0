"""How the genotypes of two variants go together."""

from engine.kernels._jit import jit, popcount
from engine.kernels.parts import Numbers
from engine.kernels.words import Words


@jit
def joint_counts(first: Words, second: Words, members: Words, out: Numbers) -> None:
    """`out[i, j]`: members with a call at both variants, `i` alternate alleles at the first and `j` at the second.

    `first` and `second` are uint64[3, words]: heterozygous, homozygous, without a call. `out` is int64[3, 3].
    """
    out[:] = 0
    for w in range(members.size):
        called = members[w] & ~first[2, w] & ~second[2, w]
        for i in range(3):
            own = called & (first[i - 1, w] if i else ~(first[0, w] | first[1, w]))
            for j in range(3):
                out[i, j] += popcount(own & (second[j - 1, w] if j else ~(second[0, w] | second[1, w])))
