"""What reading a part of a file leaves: its rows, its calls, and last a note of what was counted.

By the note a later run knows that the part is finished, and from what: the file (by size and time of change), the
samples, and all else that decides what the rows say.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from engine.ingest.variants.alleles import Rejection, SplitAllele

_KEPT = "kept"


@dataclass(frozen=True, slots=True)
class PartFiles:
    """Where a part is put aside."""

    folder: Path
    name: str

    @property
    def rows(self) -> Path:
        """Its alleles, as Parquet."""
        return self.folder / f"{self.name}.parquet"

    @property
    def calls(self) -> Path:
        """Their calls; sites have none."""
        return self.folder / f"{self.name}.calls"

    @property
    def note(self) -> Path:
        """That it is finished."""
        return self.folder / f"{self.name}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """What became of a part: its records, and its alleles by fate (`kept`, or why not).

    Of the alleles kept, `aligned` were moved to their leftmost place, `exchanged` had their reference and alternate
    allele exchanged, and `dosed` have dosages. `ploidy` counts calls made missing because they contradict the copies a
    person has, by rule. `phased` says whether any call has phase.
    """

    records: int = 0
    fates: Mapping[str, int] = field(default_factory=dict)
    aligned: int = 0
    exchanged: int = 0
    dosed: int = 0
    phased: bool = False
    ploidy: Mapping[str, int] = field(default_factory=dict)

    @property
    def alleles_in(self) -> int:
        """A record without alternates counts as one."""
        return sum(self.fates.values())

    @property
    def alleles_out(self) -> int:
        return self.fates.get(_KEPT, 0)

    @property
    def rejected(self) -> dict[str, int]:
        """By reason."""
        return {fate: number for fate, number in sorted(self.fates.items()) if fate != _KEPT}


@dataclass(slots=True, kw_only=True)
class Tally:
    """A `PartReport` in the making."""

    records: int = 0
    aligned: int = 0
    exchanged: int = 0
    dosed: int = 0
    phased: bool = False
    fates: Counter[str] = field(default_factory=Counter)
    ploidy: Counter[str] = field(default_factory=Counter)

    def count(self, fate: Rejection) -> None:
        """One allele that is not kept."""
        self.fates[fate.value] += 1

    def keep(self, item: SplitAllele) -> None:
        """One that is."""
        self.fates[_KEPT] += 1
        self.aligned += item.is_moved
        self.exchanged += item.number == 0

    def report(self) -> PartReport:
        """As far as it is."""
        return PartReport(
            records=self.records,
            fates=dict(self.fates),
            aligned=self.aligned,
            exchanged=self.exchanged,
            dosed=self.dosed,
            phased=self.phased,
            ploidy=dict(self.ploidy),
        )


def joined(reports: Iterable[PartReport]) -> PartReport:
    """Of several parts, one report."""
    total = Tally()
    for report in reports:
        total.records += report.records
        total.aligned += report.aligned
        total.exchanged += report.exchanged
        total.dosed += report.dosed
        total.phased |= report.phased
        total.fates.update(report.fates)
        total.ploidy.update(report.ploidy)
    return total.report()


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A name to write under; the file gets its own, and is durable, when all went well."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    yield aside
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(path)


def finish(files: PartFiles, key: str, report: PartReport) -> None:
    """Note that a part is finished; its files must be in place."""
    with writing(files.note) as aside:
        aside.write_text(json.dumps({"key": key, "sizes": _sizes(files), "report": asdict(report)}))


def finished(files: PartFiles, key: str) -> PartReport | None:
    """The report of a part finished under this key, absent when it has to be read."""
    try:
        note = json.loads(files.note.read_bytes())
        return PartReport(**note["report"]) if (note["key"], note["sizes"]) == (key, _sizes(files)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sizes(files: PartFiles) -> list[int]:
    return [path.stat().st_size if path.exists() else -1 for path in (files.rows, files.calls)]
