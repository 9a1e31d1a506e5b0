"""What more people need than one national release has, by arithmetic on what was measured: nothing here was run.

Bytes and seconds of events are those of the largest release measured, a person; of genotypes those of
`benchmarks.genotypes.scale`. Everything of it grows as the people do: events a person are as many, and variants as
frequent.
"""

import math
import statistics
from dataclasses import dataclass

from benchmarks.common.markdown import table
from benchmarks.genotypes.dataset import PERSONS
from benchmarks.genotypes.results import Results as GenotypeResults
from benchmarks.genotypes.scale import RARE, Scale
from benchmarks.scale.measure import SERVICE
from benchmarks.scale.results import Results

PEOPLE = (770_000, 1_000_000, 10_000_000, 100_000_000)

CORES = 32
"""Of a server: assumed, as all of the next."""
MEMORY = 512e9
DISK = 30e12
DISK_RATE = 12e9
"""Bytes a second of its drives together."""
NETWORK = 3e9
"""Bytes a second between two servers."""

_INGEST_SECONDS = 2 * 29.7 / 30e6
"""Of CPU, a row from OMOP to Parquet: two cores, benchmarks/README.md."""
_INDEX_SECONDS = 265 / 752_528_968
"""Of CPU, an event from Parquet to the event index: the same page."""
_HOT_BYTES = 8
"""Of an event: its person and its day, which every question reads of the concepts it names."""
_INTERACTIVE = 0.1
"""Seconds that 95 of 100 questions may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of a person: events, bytes on disk, and what the middle question and the one that 95 of 100 do not exceed need:
    seconds of a core, without those for reading the text, which do not grow, and bytes touched."""

    cores: int
    events: float
    parquet: float
    index: float
    middle: float
    late: float
    touched: float
    genotypes: float
    rare: float
    genotype_seconds: float

    @staticmethod
    def of(results: Results, genotypes: Scale) -> "Measured":
        """Of one run over a release, on as many cores as it had, and of a run over genotypes."""
        cores = results.cores[-1]
        people = results.persons
        rows = results.of(SERVICE, cores)
        seconds = sorted(max(0.0, row.seconds - (row.reading or 0.0)) for row in rows)
        late = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
        calls = (genotypes.pgen, genotypes.carriers, genotypes.missing)
        return Measured(
            cores=cores,
            events=results.events / people,
            parquet=float(results.data["parquet_bytes"]) / people,
            index=float(results.data["index_bytes"]) / people,
            middle=cores * statistics.median(seconds) / people,
            late=cores * late / people,
            touched=statistics.median(row.touched for row in rows) / people,
            genotypes=sum(map(genotypes.total, calls)) / PERSONS,
            rare=genotypes.total(genotypes.carriers, 0, RARE) / PERSONS,
            genotype_seconds=(genotypes.total(genotypes.write_pgen) + genotypes.total(genotypes.write_index)) / PERSONS,
        )


def tables(results: Results, genotypes: GenotypeResults) -> str:
    """What was measured, and what follows for more people."""
    found = Measured.of(results, Scale.of(genotypes))
    return "\n\n".join((_basis(results, found), _needs(found), _machines(found)))


def _basis(results: Results, found: Measured) -> str:
    name = f"`{results.data['release']}`, {results.persons:,} people"
    rows = [
        (f"events ({name})", f"{found.events:,.0f}"),
        ("Parquet of events", f"{found.parquet:,.0f} B, {found.parquet / found.events:.1f} B an event"),
        ("event index", f"{found.index:,.0f} B, {found.index / found.events:.1f} B an event"),
        ("the middle question", f"{1e9 * found.middle:,.0f} ns of a core, {found.touched:,.0f} B touched"),
        ("the question that 95 of 100 do not exceed", f"{1e9 * found.late:,.0f} ns of a core"),
        ("ingest and event index", f"{1e3 * _build(found):,.2f} ms of a core"),
        ("500 M variants: PGEN and index", f"{found.genotypes / 1e6:,.2f} MB"),
        ("500 M variants: carriers below 1 %", f"{found.rare / 1e3:,.0f} KB"),
        ("500 M variants: PGEN and index made", f"{found.genotype_seconds:,.2f} s of a core"),
    ]
    return table(("of a person", "measured"), rows)


def _build(found: Measured) -> float:
    return found.events * (_INGEST_SECONDS + _INDEX_SECONDS)


def _needs(found: Measured) -> str:
    lines = (
        ("events", lambda people: f"{people * found.events / 1e9:,.2f} G"),
        ("a set of people", lambda people: size(people / 8)),
        ("Parquet of events", lambda people: size(people * found.parquet)),
        ("event index", lambda people: size(people * found.index)),
        ("person and day of every event", lambda people: size(people * found.events * _HOT_BYTES)),
        ("genotypes, 500 M variants", lambda people: size(people * found.genotypes)),
        ("carriers below 1 %", lambda people: size(people * found.rare)),
        (f"middle question, {found.cores} cores as measured", lambda people: took(people * found.middle / found.cores)),
        (f"middle question, {CORES} cores", lambda people: took(people * found.middle / CORES)),
        (f"late question, {CORES} cores", lambda people: took(people * found.late / CORES)),
        ("middle question, cold", lambda people: took(people * found.touched / DISK_RATE)),
        (f"ingest and event index, {CORES} cores", lambda people: took(people * _build(found) / CORES)),
        (f"genotypes made, {CORES} cores", lambda people: took(people * found.genotype_seconds / CORES)),
    )
    head = ("", *(f"{people / 1e6:g} M people" for people in PEOPLE))
    return table(head, [(name, *map(of, PEOPLE)) for name, of in lines])


def _machines(found: Measured) -> str:
    lines = (
        ("to hold it on disk", lambda people: people * (found.parquet + found.index + found.genotypes) / DISK),
        ("to hold events' persons and days, and rare carriers, in memory",
         lambda people: people * (found.events * _HOT_BYTES + found.rare) / MEMORY),
        (f"for a late question within {1e3 * _INTERACTIVE:.0f} ms",
         lambda people: people * found.late / CORES / _INTERACTIVE),
        ("to ingest and index events in a day", lambda people: people * _build(found) / CORES / 86_400),
        ("to make genotypes in a week", lambda people: people * found.genotype_seconds / CORES / (7 * 86_400)),
    )  # fmt: skip
    rows = [(name, *(str(math.ceil(of(people))) for people in PEOPLE)) for name, of in lines]
    most = ("**all of these**", *(f"**{max(math.ceil(of(people)) for _, of in lines)}**" for people in PEOPLE))
    merge = ("one set of people from all servers", *(took(people / 8 / NETWORK) for people in PEOPLE))
    return table(("servers", *(f"{people / 1e6:g} M people" for people in PEOPLE)), [*rows, most, merge])


def size(number: float) -> str:
    """Bytes."""
    for unit, one in (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= one:
            return f"{number / one:,.3g} {unit}"
    return f"{number / 1e3:,.3g} KB"


def took(seconds: float) -> str:
    """A time."""
    for unit, one in (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0)):
        if seconds >= 2 * one or (unit == "s" and seconds >= 1):
            return f"{seconds / one:,.3g} {unit}"
    return f"{1e3 * seconds:,.3g} ms"
