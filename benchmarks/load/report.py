"""What a phase came to: times, refusals, fairness between projects, memory."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.common.markdown import fill, table
from benchmarks.genotypes.asked import Asked as Goal
from benchmarks.load.researchers import NO_ANSWER
from benchmarks.load.runaway import Runaway
from benchmarks.load.tally import Tally, quantile

FILE = Path("docs/understand/scale-speed/load.json")
SUMMARY = Path("benchmarks/README.md")
_MAKER = "benchmarks.load"
_FLAT_SHARE = 0.1
"""Memory is flat when it grows by less than this share of the most that was held."""
_LATE = 2.0
"""How many times its limit a question that is given up may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Seconds are of the answers (status 200). `fairness` is how much longer the slowest project waits for the same
    question than the quickest (medians, of projects with five answers or more), `chance` what it is by lot (the largest
    of 95 in 100 shares); `growth` how much larger the median memory of the last third is than that of the second, MiB;
    `refusals` counts the different bytes of each status."""

    name: str
    asked: int
    answers: int
    per_second: float
    p50: float
    p95: float
    p99: float
    longest: float
    statuses: dict[int, int]
    refusals: dict[int, int]
    fairness: float
    chance: float
    memory: float
    growth: float

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)


def phase(name: str, tally: Tally, memory: Sequence[tuple[float, float]]) -> Phase:
    """Sum up what was asked, and the memory's samples meanwhile."""
    seconds = tally.seconds()
    span = tally.last - tally.first
    held = [value for _, value in memory] or [float("nan")]
    third = max(1, len(held) // 3)
    return Phase(
        name=name,
        asked=tally.asked,
        answers=tally.answers,
        per_second=tally.answers / span if span > 0 else 0.0,
        p50=quantile(seconds, 0.50),
        p95=quantile(seconds, 0.95),
        p99=quantile(seconds, 0.99),
        longest=seconds[-1],
        statuses=dict(sorted(tally.statuses.items())),
        refusals=tally.refusals,
        fairness=tally.fairness(),
        chance=tally.chance(),
        memory=max(held),
        growth=statistics.median(held[-third:]) - statistics.median(held[third : 2 * third] or held),
    )


def show(found: Phase) -> None:
    """One paragraph on the terminal."""
    print(f"{found.name}: {found.answers:,} answers of {found.asked:,} questions, {found.per_second:.1f} a second")
    print(f"  p50 {1e3 * found.p50:,.0f} ms, p95 {1e3 * found.p95:,.0f} ms, p99 {1e3 * found.p99:,.0f} ms, "
          f"longest {1e3 * found.longest:,.0f} ms")  # fmt: skip
    print(f"  statuses {found.statuses}, different refusals {found.refusals}")
    print(f"  slowest project / quickest {found.fairness:.2f} (by lot {found.chance:.2f})")
    print(f"  memory at most {found.memory:,.0f} MiB, grew {found.growth:+,.0f} MiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """All phases of a run over one release, with so many researchers and different texts, for so many minutes."""

    machine: Mapping[str, str]
    release: str
    persons: int
    minutes: float
    researchers: int
    texts: int
    phases: tuple[Phase, ...]
    runaway: Runaway

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)

    @staticmethod
    def read() -> "Load":
        """The last one written."""
        if not FILE.is_file():
            raise SystemExit("there are no results yet: run without --report")
        found = json.loads(FILE.read_text())
        phases = tuple(
            Phase(**{**one, "statuses": _by_status(one["statuses"]), "refusals": _by_status(one["refusals"])})
            for one in found["phases"]
        )
        lists = {name: tuple(found["runaway"][name]) for name in ("seconds", "statuses", "codes")}
        return Load(**{**found, "phases": phases, "runaway": Runaway(**{**found["runaway"], **lists})})

    def named(self, name: str) -> Phase:
        """A phase."""
        return next(phase for phase in self.phases if phase.name == name)

    def show(self) -> None:
        """All of it on the terminal."""
        for each in self.phases:
            show(each)
        print(_runaway_line(self.runaway))
        for line in self.asked():
            print(line)

    def asked(self) -> list[Goal]:
        """What was asked of it, and whether it is met."""
        usual, beside, after = map(self.named, ("steady", "beside a greedy project", "after the overload"))
        crowded, away = self.named("overload"), self.runaway
        errors = sum(number for status, number in usual.statuses.items() if status != 200)
        unclean = sum(number for status, number in crowded.statuses.items() if status not in (200, 429, 503))
        latest = max(away.seconds)
        return [
            Goal("p95, steady", "< 1 s", f"{usual.p95:.2f} s", usual.p95 < 1),
            Goal("p95 beside a greedy project", "< 1 s", f"{beside.p95:.2f} s", beside.p95 < 1),
            Goal("p95 after the overload", "< 1 s", f"{after.p95:.2f} s", after.p95 < 1),
            Goal("refusals and errors, steady", "none", str(errors), errors == 0),
            Goal("memory, steady: growth in the last third", "flat", f"{usual.growth:+.0f} of {usual.memory:.0f} MiB",
                 usual.growth < _FLAT_SHARE * usual.memory),
            Goal("slowest project / quickest, the same questions, steady", f"by lot: {usual.chance:.1f}x at most",
                 f"{usual.fairness:.1f}x", usual.fairness <= usual.chance),
            Goal("overload: other than answers, 429 and 503", "none", str(unclean), unclean == 0),
            Goal("runaway question given up", f"after {away.limit:.0f} s", f"{latest:.1f} s",
                 not set(away.statuses) & {200, NO_ANSWER} and latest < _LATE * away.limit),
            Goal("memory after more of them", f"as after the first ({away.before:.0f} MiB)", f"{away.after:.0f} MiB",
                 away.after - away.before < _FLAT_SHARE * max(away.before, away.peak)),
        ]  # fmt: skip


def write_pages() -> None:
    """The section of benchmarks/README.md, from the last results."""
    found = Load.read()
    rows = [(one.what, one.asked, one.measured, "yes" if one.is_met else "**no**") for one in found.asked()]
    text = (
        f"{found.researchers} researchers, {found.texts} questions edited at random, {found.minutes:g} minutes, "
        f"release `{found.release}` of {found.persons:,} people; {found.machine['processor']}, "
        f"{found.machine['cores']} cores, {found.machine['memory']}."
    )
    goals = table(("what", "asked", "measured", "met"), rows)
    fill(SUMMARY, "load", _MAKER, "\n\n".join((text, goals, _phases_table(found), _runaway_line(found.runaway))))


def _phases_table(found: Load) -> str:
    head = (
        "phase",
        "questions",
        "answers/s",
        "p50, ms",
        "p95, ms",
        "p99, ms",
        "longest, ms",
        "statuses",
        "own memory, MiB",
    )
    rows = [
        (one.name, f"{one.asked:,}", f"{one.per_second:.1f}",
         *(f"{1e3 * value:,.0f}" for value in (one.p50, one.p95, one.p99, one.longest)),
         ", ".join(f"{number:,} x {status}" for status, number in one.statuses.items()), f"{one.memory:,.0f}")
        for one in found.phases
    ]  # fmt: skip
    return table(head, rows)


def _runaway_line(found: Runaway) -> str:
    ends = ", ".join(
        f"{seconds:.1f} s ({status} {code})"
        for seconds, status, code in zip(found.seconds, found.statuses, found.codes, strict=True)
    )
    return (
        f"{len(found.seconds)} runaway questions, two at a time, limit {found.limit:.0f} s: given up after {ends}; "
        f"the server's own memory {found.fresh:,.0f} MiB before them, {found.before:,.0f} after the first two, "
        f"{found.peak:,.0f} at most, {found.after:,.0f} within 5 s after the last; "
        f"the next ordinary question took {1e3 * found.ordinary:,.0f} ms (status {found.ordinary_status})."
    )


def _by_status(found: Mapping[str, int]) -> dict[int, int]:
    return {int(status): number for status, number in found.items()}
