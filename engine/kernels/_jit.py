"""The only door to Numba: how a kernel is compiled, and the machine instructions it may use.

Kernels release the GIL and are cached on disk where the folder is writable; where it is not, they compile
again in each process. A kernel is compiled on its first call, so a server calls `warm_up` before it serves.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_Kernel = TypeVar("_Kernel", bound=Callable[..., object])


def jit(function: _Kernel) -> _Kernel:
    """The compiled form of a kernel."""
    try:
        return cast(_Kernel, njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # Numba found no folder it may write its cache to
        return cast(_Kernel, njit(nogil=True, error_model="numpy")(function))


def _popcount(_typing: Any, word: Any) -> Any:  # noqa: ARG001  # Numba passes both
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _lowest_bit(_typing: Any, word: Any) -> Any:  # noqa: ARG001
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


_WordFunction = Callable[[np.uint64], np.uint64]

popcount = cast(_WordFunction, intrinsic(_popcount))
"""Set bits of a word: `llvm.ctpop`, which becomes `vpopcntq` in a vectorised loop. Only inside kernels."""

lowest_bit = cast(_WordFunction, intrinsic(_lowest_bit))
"""Position of the lowest set bit of a word, 64 for zero. Only inside kernels."""
