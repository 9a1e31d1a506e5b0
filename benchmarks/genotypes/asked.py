"""What was asked of genotypes, what was measured, and whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.genotypes.questions import BURDEN, DENSE, FIRST, ONE, SCORE, STREAM, WHOLE
from benchmarks.genotypes.results import Results


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the report; `is_met` of what was measured, which may be nothing."""

    what: str
    asked: str
    measured: str
    is_met: bool

    def __str__(self) -> str:
        return f"{self.what}: asked {self.asked}, measured {self.measured}: {'met' if self.is_met else 'NOT MET'}"


def asked(results: Results) -> list[Asked]:
    """Every line."""
    return [
        *_counts(results),
        *_scores(results),
        *_sets(results),
        *_bandwidth(results),
        *_first(results),
        _size(results),
    ]


def _counts(results: Results) -> Iterator[Asked]:
    for cores in results.cores:
        ratio = results.ratio(WHOLE, "10 % cohort", "plink2", cores=cores)
        yield _at_least(f"counts, 10 % cohort, plink2 net of start-up, {_cores(cores)}", 7, ratio)
    yield _at_least(
        "counts, 10 % cohort, pgenlib count, 1 core", 5, results.ratio(WHOLE, "10 % cohort", "pgenlib count")
    )


def _scores(results: Results) -> Iterator[Asked]:
    for case in results.cases(SCORE):
        for cores in results.cores:
            ratio = results.ratio(SCORE, case, "plink2", cores=cores)
            yield _at_least(f"score, {case}, plink2 net of start-up, {_cores(cores)}", 30, ratio)


def _sets(results: Results) -> Iterator[Asked]:
    for case in ("1 or more", "2 or more"):
        took = 1e6 * results.seconds(BURDEN, case, "kernels")
        yield Asked(f"burden of a gene, rare variants, {case}, kernels", "< 20 µs", f"{took:.1f} µs", took < 20)
    cases = {case: 1e3 * results.seconds(ONE, case, "kohort") for case in results.cases(ONE)}
    for case, took in cases.items():
        yield Asked(f"carriers of one variant, {case}", "< 0.1 ms", f"{took:.3f} ms", took < 0.1)


def _bandwidth(results: Results) -> Iterator[Asked]:
    for cores in results.cores:
        dense, stream = (results.of(question, cores=cores)[0] for question in (DENSE, STREAM))
        share = (dense.items / dense.times.wall) / (stream.items / stream.times.wall)
        yield Asked(
            f"dense scan, share of memory bandwidth, {_cores(cores)}", ">= 70 %", f"{100 * share:.0f} %", share >= 0.7
        )


def _first(results: Results) -> Iterator[Asked]:
    for case in results.cases(FIRST):
        later = results.row(FIRST, case, "later")
        if later is None or not case.endswith("warmed"):
            continue
        first = results.row(FIRST, case, "first")
        assert first is not None
        ratio = first.times.wall_median / later.times.wall_median
        measured = f"{ratio:.1f}x ({1e3 * first.times.wall_median:.2f} ms)"
        yield Asked(f"first use against later, {case}", "<= 2x", measured, ratio <= 2)


def _size(results: Results) -> Asked:
    index = sum(results.bytes(name) for name in INDEX_FILES)
    ratio = index / results.bytes("calls.pgen")
    return Asked("index against PGEN, bytes", "<= 1.2x", f"{ratio:.3f}x", ratio <= 1.2)


INDEX_FILES = ("carriers.bin", "missing.bin", "parts.bin", "checksums.bin")


def _at_least(what: str, asked: float, measured: float) -> Asked:
    return Asked(what, f">= {asked:.0f}x", f"{measured:.1f}x", measured >= asked)


def _cores(number: int) -> str:
    return f"{number} core{'s' if number > 1 else ''}"
