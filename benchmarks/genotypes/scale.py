"""What 770,000 people x 500 million variants of whole genomes need, from the bytes and rates that a run measured.

How many variants each class of frequency has is assumed (docs/understand/genotypes-at-scale.md says from what); bytes
and seconds a variant are those of the run, class by class.
"""

from dataclasses import dataclass, field

from benchmarks.common.markdown import table
from benchmarks.genotypes.by_class import CARRIERS, MISSING, PEOPLE, PGEN
from benchmarks.genotypes.dataset import PERSONS
from benchmarks.genotypes.questions import BURDEN, BY_CLASS, BYTES_OF, ONE, SCORE, TABLE, WRITE_OF
from benchmarks.genotypes.results import Results
from benchmarks.genotypes.spectrum import CLASSES
from engine.genotypes.layout import COLUMNS

GENOME = (250e6, 165e6, 72.5e6, 3e6, 2.5e6, 4.5e6, 2.5e6)
"""Variants of a genome of 770,000 people in each of `CLASSES`."""
RARE = 4
"""Classes below a frequency of 1 %."""
NAMES = tuple(own.name for own in CLASSES)
_ARRAY = 0.7e6
"""Variants of a genotyping array; of its frequencies nothing is assumed but that they are those of MAF 1 % and more."""
_DISK = 3e9
"""Bytes a second of one NVMe drive: assumed."""
_CORES = 32
"""Of a server: assumed."""
_PART_BYTES = 3 * sum(column().itemsize for column in COLUMNS.values())
"""Of a variant in `parts.bin`: three parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Bytes and seconds of CPU a variant of each class, and of what does not depend on it."""

    pgen: tuple[float, ...]
    carriers: tuple[float, ...]
    missing: tuple[float, ...]
    people: tuple[float, ...]
    count: tuple[float, ...] = field(repr=False)
    write_pgen: tuple[float, ...] = field(repr=False)
    write_index: tuple[float, ...] = field(repr=False)
    in_memory: float
    score: float
    pgenlib_count: tuple[float, ...] = field(repr=False)

    @staticmethod
    def of(results: Results) -> "Scale":
        """From what a run measured."""

        def each_of(way: str) -> tuple[float, ...]:
            rows = (results.row(BYTES_OF, name, way) for name in NAMES)
            return tuple(row.items / int(row.note.split()[0]) for row in rows if row)

        def seconds_of(question: str, way: str) -> tuple[float, ...]:
            rows = (results.row(question, name, way) for name in NAMES)
            return tuple(row.times.cpu / row.items for row in rows if row)

        score = results.of(SCORE, "common variants")[0]
        return Scale(
            pgen=each_of(PGEN), carriers=each_of(CARRIERS), missing=each_of(MISSING), people=each_of(PEOPLE),
            count=seconds_of(BY_CLASS, "kohort"), pgenlib_count=seconds_of(BY_CLASS, "pgenlib count"),
            write_pgen=seconds_of(WRITE_OF, "PGEN"), write_index=seconds_of(WRITE_OF, "index"),
            in_memory=results.bytes(TABLE) / float(results.data["variants"]),
            score=score.times.cpu / score.items,
        )  # fmt: skip

    def total(self, each: tuple[float, ...], first: int = 0, last: int = len(GENOME)) -> float:
        """Over the genome's variants of some classes."""
        return sum(number * one for number, one in list(zip(GENOME, each, strict=True))[first:last])


def tables(results: Results) -> str:
    """Bytes by class, what is made once, what is asked."""
    scale = Scale.of(results)
    return "\n\n".join((_bytes(scale), _numbers(scale), _made_once(scale), _questions(scale, results)))


def _bytes(scale: Scale) -> str:
    rows = []
    for at, name in enumerate(NAMES):
        each = (scale.pgen, scale.carriers, scale.missing)
        cells = [f"{one[at]:,.0f}" for one in each] + [_size(GENOME[at] * one[at]) for one in each]
        rows.append([name, f"{GENOME[at] / 1e6:,.1f} M", *cells])
    totals = [_size(scale.total(one)) for one in (scale.pgen, scale.carriers, scale.missing)]
    rows.append(["**all**", f"{sum(GENOME) / 1e6:,.1f} M", "", "", "", *totals])
    head = ("class", "variants", "PGEN, B", "carriers, B", "missing, B", "PGEN", "carriers", "missing")
    return table(head, rows)


def _numbers(scale: Scale) -> str:
    number = sum(GENOME)
    rows = [
        ("PGEN", _size(scale.total(scale.pgen))),
        ("index: carriers and missing calls", _size(scale.total(scale.carriers) + scale.total(scale.missing))),
        ("index: carriers of every variant below 1 %", _size(scale.total(scale.carriers, 0, RARE))),
        ("index: carriers of common variants", _size(scale.total(scale.carriers, RARE))),
        (f"index: table of parts, {_PART_BYTES} B a variant", _size(number * _PART_BYTES)),
        (f"variant table in memory, {scale.in_memory:.0f} B a variant", _size(number * scale.in_memory)),
        ("two bits a call, for comparison", _size(number * PERSONS / 4)),
        ("variants a person carries", f"{scale.total(scale.people) / PERSONS / 1e6:.1f} M"),
    ]
    return table(("what", "size"), rows)


def _made_once(scale: Scale) -> str:
    pgen, index = scale.total(scale.write_pgen), scale.total(scale.write_index)
    moved = scale.total(scale.pgen) + scale.total(scale.carriers) + scale.total(scale.missing)
    rows = [
        ("calls to PGEN (int8 calls given)", _time(pgen), _time(pgen / _CORES)),
        ("PGEN to index", _time(index), _time(index / _CORES)),
        ("reading PGEN and writing the index, one drive", "", _time(moved / _DISK)),
    ]
    return table(("made once", "CPU time", f"{_CORES} cores"), rows)


def _questions(scale: Scale, results: Results) -> str:
    hot = scale.total(scale.carriers, 0, RARE)
    every = scale.total(scale.carriers) + scale.total(scale.missing)
    common = scale.total(scale.count, RARE) / sum(GENOME[RARE:])
    rare = 1e6 * max(results.seconds(ONE, name, "kohort") for name in NAMES[:RARE])
    some = results.seconds(BURDEN, "1 or more", "kohort")
    rows = [
        ("carriers of one variant", f"{rare:.0f} µs", "kilobytes", "interactive"),
        ("burden of one gene", f"{1e6 * some:.0f} µs", "kilobytes", "interactive"),
        ("burden of 20,000 genes", _time(20_000 * some), _size(hot), "seconds"),
        ("score of 1 M common variants", _time(1e6 * scale.score), _size(1e6 * _mean(scale)), "a minute"),
        ("counts of 1,000 common variants", _time(1_000 * common), _size(1_000 * _mean(scale)), "interactive"),
        (
            "counts of an array's 0.7 M variants",
            _time(_ARRAY * common),
            _size(_ARRAY * _mean(scale)),
            "seconds to a minute",
        ),
        ("counts of every variant below 1 %", _time(scale.total(scale.count, 0, RARE)), _size(hot), "a job"),
        ("counts of every variant", _time(scale.total(scale.count)), _size(every), "a job"),
        (
            "the same by pgenlib count",
            _time(scale.total(scale.pgenlib_count)),
            _size(scale.total(scale.pgen)),
            "a job",
        ),
    ]
    return table(("question", "CPU time", "bytes touched", "is"), rows)


def _mean(scale: Scale) -> float:
    """Bytes of carriers and missing calls of a common variant."""
    return (scale.total(scale.carriers, RARE) + scale.total(scale.missing, RARE)) / sum(GENOME[RARE:])


def _size(number: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= size:
            return f"{number / size:,.3g} {unit}"
    return f"{number / 1e3:,.3g} KB"


def _time(seconds: float) -> str:
    for unit, size in (("h", 3_600.0), ("min", 60.0), ("s", 1.0)):
        if seconds >= 2 * size or (unit == "s" and seconds >= 1):
            return f"{seconds / size:,.3g} {unit}"
    return f"{1e3 * seconds:,.3g} ms"
