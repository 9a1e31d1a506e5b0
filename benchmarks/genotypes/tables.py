"""Results as Markdown tables."""

from benchmarks.common.markdown import table
from benchmarks.genotypes.asked import INDEX_FILES, asked
from benchmarks.genotypes.questions import (
    BUILD,
    BURDEN,
    BY_CLASS,
    DENSE,
    EQUILIBRIUM,
    FIRST,
    LINKAGE,
    ONE,
    SCORE,
    STREAM,
    WHOLE,
)
from benchmarks.genotypes.record import Row
from benchmarks.genotypes.results import Results, fair


def machine(results: Results) -> str:
    """What it was measured on, in a sentence or two."""
    own, data = results.machine, results.data
    versions = ", ".join(f"{name} {own[name]}" for name in ("python", "numpy", "numba", "pgenlib", "pyroaring"))
    programs = "; ".join(own[name] for name in ("plink2", "bcftools", "hail") if name in own)
    return (
        f"{own['processor']}, {own['cores']} cores ({own['caches']}), {own['memory']}; {versions}; {programs}. "
        f"{data['persons']:,} people x {data['variants']:,} variants, "
        f"{results.bytes('calls.pgen') / 1e6:,.0f} MB of PGEN, "
        f"made in {data['seconds']:,.0f} s ({data['cpu_seconds']:,.0f} s of CPU). {data['date']}."
    )


def asked_table(results: Results) -> str:
    """Each thing asked, and whether it is met."""
    rows = [(own.what, own.asked, own.measured, "yes" if own.is_met else "**no**") for own in asked(results)]
    return table(("what", "asked", "measured", "met"), rows)


def whole_table(results: Results) -> str:
    """Counts and scores of the whole set."""
    rows = []
    for question in (WHOLE, SCORE, EQUILIBRIUM, LINKAGE):
        for case in results.cases(question):
            rows += [_whole_row(results, row) for row in results.of(question, case)]
    head = ["question", "way", "1 core, ms", "median", "x"]
    head += [f"{cores} cores, ms" for cores in results.cores[1:]] + ["note"]
    return table(head, rows)


def _whole_row(results: Results, row: Row) -> list[str]:
    ours = results.seconds(row.question, row.case, "kohort")
    cells = [f"{row.question}, {row.case}", row.way, _ms(row.times.cpu), _ms(row.times.cpu_median)]
    cells.append("" if row.way.endswith("start-up") else f"{row.times.cpu / ours:,.1f}")
    for cores in results.cores[1:]:
        more = results.row(row.question, row.case, row.way, cores=cores)
        cells.append(_ms(fair(more.times, cores)) if more else "")
    return [*cells, row.note]


def class_table(results: Results, question: str) -> str:
    """Microseconds a variant, by class of frequency."""
    ways = list(dict.fromkeys(row.way for row in results.of(question)))
    rows = []
    for case in results.cases(question):
        found = {row.way: row for row in results.of(question, case)}
        rows.append(
            [case, *(f"{1e6 * found[way].times.cpu / found[way].items:.2f}" if way in found else "" for way in ways)]
        )
    return table([_TITLE[question], *ways], rows)


_TITLE = {BY_CLASS: "counts in a 10 % cohort, µs a variant", ONE: "carriers of one variant, µs"}


def burden_table(results: Results) -> str:
    """Microseconds a gene."""
    ways = ("kernels", "kohort", "pgenlib sparse + NumPy")
    rows = []
    for case in results.cases(BURDEN):
        found = {row.way: row for row in results.of(BURDEN, case)}
        rows.append([case, *(f"{1e6 * found[way].times.cpu:.1f}" if way in found else "" for way in ways)])
    note = results.of(BURDEN)[0].note
    return table((f"burden of a gene, µs ({note})", *ways), rows)


def first_table(results: Results) -> str:
    """Milliseconds of the first and of later questions of a process."""
    rows = []
    for case in results.cases(FIRST):
        found = {row.way: _ms(row.times.wall_median) for row in results.of(FIRST, case)}
        rows.append((case, found["first"], found.get("later", "")))
    return table(("in a new process", "first, ms", "later, ms"), rows)


def rates(results: Results) -> str:
    """Memory, building, bytes."""
    rows = []
    for cores in results.cores:
        for question in (STREAM, DENSE):
            rows += [
                (f"{question}, {row.way}, {cores} cores", f"{row.items / row.times.wall / 1e9:.1f} GB/s")
                for row in results.of(question, cores=cores)
            ]
        build = results.of(BUILD, cores=cores)[0]
        rows.append((f"index build, {cores} cores", f"{build.items / build.times.wall:,.0f} variants/s"))
    pgen = results.bytes("calls.pgen")
    sizes = {name: results.bytes(name) for name in INDEX_FILES}
    rows += [(name, f"{size / 1e6:,.1f} MB, {100 * size / pgen:.1f} % of PGEN") for name, size in sizes.items()]
    return table(("", "measured"), rows)


def _ms(seconds: float) -> str:
    milliseconds = 1e3 * seconds
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.3g}"
