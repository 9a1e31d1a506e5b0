"""The machine of a run: what it is, which programs it has, and how fast it reads memory."""

import os
import platform
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.genotypes.timing import Times, interleaved
from engine.kernels._jit import jit
from engine.kernels.words import Words

_LIBRARIES = ("numpy", "numba", "pgenlib", "pyroaring")
_BUFFER = 1 << 30
"""Bytes read: many times what caches hold."""


def hardware() -> dict[str, str]:
    """Processor, cores, memory, and the version of Python."""
    info = {"processor": _field("/proc/cpuinfo", "model name"), "cores": str(len(os.sched_getaffinity(0)))}
    info["memory"] = f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB"
    info["caches"] = ", ".join(_caches())
    info["python"] = platform.python_version()
    return info


def description() -> dict[str, str]:
    """Hardware and versions; for the reader of the figures."""
    info = hardware()
    info |= {name: version(name) for name in _LIBRARIES}
    for name in ("plink2", "bcftools"):
        if shutil.which(name):
            info[name] = subprocess.run([name, "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    for path in Path(".venv-hail").glob("lib/*/site-packages/hail-*.dist-info"):
        info["hail"] = f"Hail {path.name.split('-')[1].removesuffix('.dist')}"
    return info


def _field(path: str, name: str) -> str:
    found = [line.split(":", 1)[1].strip() for line in Path(path).read_text().splitlines() if line.startswith(name)]
    return found[0] if found else "unknown"


def _caches() -> list[str]:
    found = []
    for cache in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index[0-9]")):
        level, kind, size = ((cache / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return found


def stream_reading(threads: int) -> tuple[int, Times]:
    """How many bytes were read, one after another by each thread its own share, and how long that took."""
    words = np.ones(_BUFFER // 8, np.uint64)
    shares = np.array_split(words, threads)
    with ThreadPoolExecutor(threads) as pool:
        times = interleaved({"read": lambda: list(pool.map(_add, shares))}, turns=9)["read"]
    return _BUFFER, times


@jit
def _add(words: Words) -> int:
    total = np.uint64(0)
    for i in range(words.size):
        total += words[i]
    return int(total)
