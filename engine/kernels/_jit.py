"""The only door to Numba: how a kernel is compiled, and the machine instructions it may use.

Kernels release the GIL and are cached on disk where the folder is writable; where it is not, they compile
again in each process. A kernel is compiled on its first call, so a server calls `warm_up` before it serves.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_Kernel = TypeVar("_Kernel", bound=Callable[..., object])


def jit(function: _Kernel) -> _Kernel:
    """The compiled form of a kernel."""
    try:
        compiled = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # Numba found no folder it may write its cache to
        return cast(_Kernel, njit(nogil=True, error_model="numpy")(function))
    # Numba compiles a kernel anew when its own file has changed, and not when that of a kernel it calls has: what was
    # compiled with the old one would go on giving the old answers.
    held = cast(Any, compiled)._cache._cache_file
    held._source_stamp = held._source_stamp, _sources(Path(function.__code__.co_filename).parent)
    return cast(_Kernel, compiled)


@cache
def _sources(folder: Path) -> str:
    """SHA-256 of the kernels in a folder, which call each other."""
    texts = (path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def _popcount(_typing: Any, word: Any) -> Any:  # noqa: ARG001  # Numba passes both
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _lowest_bit(_typing: Any, word: Any) -> Any:  # noqa: ARG001
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


def _bit_at(_typing: Any, words: Any, _position: Any) -> Any:
    word = ir.IntType(64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.gep(data, [builder.lshr(arguments[1], ir.Constant(word, 6))])
        held = builder.load_atomic(place, "unordered", 8)
        own = builder.lshr(held, builder.and_(arguments[1], ir.Constant(word, 63)))
        return builder.and_(own, ir.Constant(word, 1))

    return types.uint64(words, types.int64), generate


def _add_where_set(_typing: Any, sums: Any, _at: Any, masks: Any, weights: Any) -> Any:
    lanes, alignment = ir.VectorType(ir.FloatType(), 16), 4
    signature = types.void(sums, types.int64, masks, weights)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), lanes.as_pointer())
        total = builder.load(place)
        total.align = alignment
        for i in range(len(masks)):
            mask, weight = (builder.extract_value(argument, i) for argument in arguments[2:])
            chosen = builder.bitcast(mask, ir.VectorType(ir.IntType(1), 16))
            total = builder.select(chosen, builder.fadd(total, _everywhere(builder, weight, lanes)), total)
        builder.store(total, place).align = alignment
        return context.get_dummy_value()

    return signature, generate


def _everywhere(builder: Any, value: Any, lanes: Any) -> Any:
    undefined, index = ir.Constant(lanes, ir.Undefined), ir.IntType(32)
    one = builder.insert_element(undefined, value, ir.Constant(index, 0))
    return builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(index, 16), [0] * 16))


def _prefetch(_typing: Any, array: Any, _place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place, number = builder.bitcast(builder.gep(data, [arguments[1]]), _BYTE), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [_BYTE, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [_BYTE], kind)
        builder.call(fetch, [place, number(0), number(3), number(1)])  # to read, into all caches, data
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


_BYTE = ir.IntType(8).as_pointer()

_WordFunction = Callable[[np.uint64], np.uint64]

popcount = cast(_WordFunction, intrinsic(_popcount))
"""Set bits of a word: `llvm.ctpop`, which becomes `vpopcntq` in a vectorised loop. Only inside kernels."""

lowest_bit = cast(_WordFunction, intrinsic(_lowest_bit))
"""Position of the lowest set bit of a word, 64 for zero. Only inside kernels."""

bit_at = cast("Callable[[Any, Any], np.uint64]", intrinsic(_bit_at))
"""`bit_at(words, position)`: bit `position % 64` of uint64 `words[position // 64]`, 0 or 1. Only inside kernels.

The load is an unordered atomic one: a plain load to the machine, but LLVM makes no gathers of it, which are slower than
loads one by one (measured on Zen 4)."""

add_where_set = cast("Callable[..., None]", intrinsic(_add_where_set))
"""`add_where_set(sums, at, masks, weights)`: float32 `sums[at + i]` grows by each weight whose uint16 mask has bit i.

One load, a masked add for each of the tuples' pairs, one store: 16 bits of a plane are a mask register as they are
(AVX-512). Only inside kernels."""

prefetch = cast("Callable[[Any, Any], None]", intrinsic(_prefetch))
"""`prefetch(array, place)`: ask memory for an element that will be read soon; any place will do, it is never read here.

Where a branch depends on what memory gives, the processor cannot run ahead of a wrong guess, and each element waits for
the one before: asked some elements ahead, memory takes a quarter of the time (measured on Zen 4). Only inside kernels.
"""
