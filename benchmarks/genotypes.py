"""Who carries a variant or some variant of a gene, at 770,000 people: kernels, their NumPy twins, and pgenlib.

Run `python -m benchmarks.genotypes`. Times are process CPU time, the least of several repetitions, competitors one
after another in the same run; the ratio is the competitor's time over ours. People are synthetic: rare carriers
and missing calls at random, so that nothing is won by order.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from engine.genotypes.index import GenotypeIndex, open_index
from engine.genotypes.pgen import CallsReader, CallsWriter
from engine.genotypes.streams import IndexSource
from engine.kernels import carriers, twins
from engine.kernels.calls import MISSING
from engine.kernels.warm import warm_up
from engine.personset import word_count

PERSONS = 770_000
CASES = {
    "singleton": (1, (1e-6,)),
    "variant, AF 1 %": (1, (0.01,)),
    "variant, AF 30 %": (1, (0.3,)),
    "gene, 10 rare variants": (10, (1e-6, 1e-5, 1e-4)),
    "gene, 100 variants, 9 common": (100, (*[1e-6] * 40, *[1e-5] * 40, *[1e-4] * 11, *[0.2] * 9)),
}
_NO_CALL = 0.0004
_REPEATS = 15


@dataclass(frozen=True, slots=True)
class Row:
    """One question: microseconds of CPU, and how many times slower the others are."""

    question: str
    kernels: float
    numpy_ratio: float
    pgenlib_ratio: float


def run(persons: int = PERSONS) -> list[Row]:
    """Every case; checks first that the three give the same people."""
    warm_up()
    rows = []
    for question, (variants, frequencies) in CASES.items():
        with TemporaryDirectory() as folder:
            index, reader = _made(Path(folder), persons, variants, frequencies)
            ways = (
                lambda index=index: _by_index(carriers, index, persons),
                lambda index=index: _by_index(twins, index, persons),
                lambda reader=reader: _by_pgenlib(reader),
            )
            answers = [way() for way in ways]
            assert all(np.array_equal(answer, answers[0]) for answer in answers), question
            ours, numpy, pgenlib = _times(ways)
            rows.append(Row(question, 1e6 * ours, numpy / ours, pgenlib / ours))
    return rows


def _made(
    folder: Path, persons: int, variants: int, frequencies: tuple[float, ...]
) -> tuple[GenotypeIndex, CallsReader]:
    random = np.random.default_rng(7)
    path = folder / "calls.pgen"
    with CallsWriter(path, samples=persons, variants=variants, phased=False) as writer:
        for variant in range(variants):
            calls = random.binomial(2, frequencies[variant % len(frequencies)], persons).astype(np.int8)
            calls[random.integers(0, persons)] = 1
            calls[random.random(persons) < _NO_CALL] = MISSING
            writer.append(calls)
    source = IndexSource(
        calls=path, calls_size=path.stat().st_size, calls_sha256="", samples_sha256="",
        sample_person=np.arange(persons, dtype=np.uint32), persons=persons, variants=variants,
    )  # fmt: skip
    return open_index(folder / "index", source), CallsReader(path, samples=persons)


def _by_index(kernels: object, index: GenotypeIndex, persons: int) -> np.ndarray:
    """uint64[2, words]: carriers, and people without a call, of every variant of the index together."""
    people = np.zeros((2, word_count(persons)), np.uint64)
    kernels.add_carriers(
        index.carriers, index.carrier_encoding, index.carrier_offset, index.het, index.hom, 3, people[0]
    )
    kernels.add_missing(index.missing_calls, index.missing_encoding, index.missing_offset, index.missing, people[1])
    return people


def _by_pgenlib(reader: CallsReader) -> np.ndarray:
    """The same from the PGEN file, each variant read in full."""
    masks = np.zeros((2, 64 * word_count(reader.samples)), bool)
    for variant in range(reader.variants):
        calls = reader.read(variant)
        masks[0, : reader.samples] |= calls > 0
        masks[1, : reader.samples] |= calls < 0
    return np.packbits(masks, axis=1, bitorder="little").view(np.uint64)


def _times(ways: tuple[Callable[[], np.ndarray], ...]) -> list[float]:
    """Seconds of CPU of each way, the least of several turns taken one after another."""
    least = [float("inf")] * len(ways)
    for _ in range(_REPEATS):
        for number, way in enumerate(ways):
            start = time.process_time()
            way()
            least[number] = min(least[number], time.process_time() - start)
    return least


def show(rows: list[Row]) -> None:
    """One line a question."""
    print(f"{PERSONS:,} people\n{'question':32} {'kernels':>12} {'NumPy twin':>12} {'pgenlib':>12}")
    for row in rows:
        print(f"{row.question:32} {row.kernels:9.0f} us {row.numpy_ratio:11.1f}x {row.pgenlib_ratio:11.1f}x")


if __name__ == "__main__":
    show(run())
