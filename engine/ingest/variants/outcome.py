"""What an ingest of variants did, as counts: nothing is dropped silently, and no sample is named."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from engine.ingest.variants.alleles import Rejection
from engine.ingest.variants.panels import PanelReport
from engine.ingest.variants.parts import PartReport
from engine.ingest.variants.samples import SampleReport
from engine.ingest.variants.scores import ScoreCounts, ScoreReport


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file. Alleles in (a record without alternates counts as one) = alleles out + rejected, by reason.

    Of the alleles out, `aligned` were moved to their leftmost place, `exchanged` had their alleles exchanged to fit the
    reference, and `dosed` had dosages. `calls_made_missing` counts calls that contradict a person's copies, by rule.
    """

    name: str
    samples: int
    records: int
    alleles_in: int
    alleles_out: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    aligned: int = 0
    exchanged: int = 0
    dosed: int = 0
    calls_made_missing: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def of(name: str, samples: int, report: PartReport) -> "FileReport":
        """From what became of all its parts."""
        return FileReport(
            name=name,
            samples=samples,
            records=report.records,
            alleles_in=report.alleles_in,
            alleles_out=report.alleles_out,
            rejected=report.rejected,
            aligned=report.aligned,
            exchanged=report.exchanged,
            dosed=report.dosed,
            calls_made_missing=dict(sorted(report.ploidy.items())),
        )

    def refusing(self, duplicates: int) -> "FileReport":
        """The same with some of the alleles kept rejected after all, as duplicates."""
        if not duplicates:
            return self
        rejected = dict(self.rejected) | {Rejection.DUPLICATE.value: duplicates}
        return replace(self, alleles_out=self.alleles_out - duplicates, rejected=rejected)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantReport:
    """An ingest of variants.

    The alleles out of all files exceed `variants` by those merged between files without a common sample. `annotated`
    variants have a consequence, `with_dosages` have dosages in the release. `reference` is the file alleles were held
    against and moved left by.
    """

    files: tuple[FileReport, ...]
    samples: SampleReport
    variants: int
    genes: int
    annotated: int
    known: int
    with_dosages: int
    reference: str | None = None
    annotation: FileReport | None = None
    panels: PanelReport | None = None
    scores: tuple[ScoreCounts, ...] = ()
    warnings: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[str, int, int, int, int, int]]:
        """One row a file, to print: file, samples, records, alleles in, out, rejected."""
        for file in (*self.files, *filter(None, (self.annotation,))):
            rejected = file.alleles_in - file.alleles_out
            yield file.name, file.samples, file.records, file.alleles_in, file.alleles_out, rejected

    def notes(self) -> Iterator[tuple[str, str, str, int]]:
        """One row a reason, to print: file, what it counts, reason, number."""
        for file in (*self.files, *filter(None, (self.annotation,))):
            yield from ((file.name, "alleles rejected", reason, number) for reason, number in file.rejected.items())
            yield from (
                (file.name, "calls made missing", rule, number) for rule, number in file.calls_made_missing.items()
            )
            changed = (("moved left", file.aligned), ("exchanged", file.exchanged), ("with dosages", file.dosed))
            yield from ((file.name, "alleles kept", what, number) for what, number in changed if number)
        for score in self.scores:
            yield score.file, f"score {score.score}", "matched", score.matched
            yield from ((score.file, f"score {score.score}", one.code, one.rows) for one in score.refused)
        if self.panels is not None:
            yield from (("panels", panel, "genes", number) for panel, number in self.panels.panels.items())
            yield from (("panels", "lines skipped", one.code, one.rows) for one in self.panels.skipped)
            if self.panels.genes_not_annotated:
                yield "panels", "genes", "not in the annotation", self.panels.genes_not_annotated

    def lines(self) -> Iterator[str]:
        """Sentences of what is in the release, to print."""
        yield (
            f"{self.variants:,} variants of {self.samples.matched:,} samples, {self.annotated:,} with a consequence, "
            f"in {self.genes:,} genes; {self.known:,} known variants"
        )
        if self.with_dosages:
            yield f"{self.with_dosages:,} variants have dosages beside their calls"
        left_aligned = f"left-aligned by {self.reference}" if self.reference else "not left-aligned: no --reference"
        yield f"alleles are in their shortest spelling, {left_aligned}"

    def as_values(self) -> dict[str, object]:
        """As JSON has it."""
        return json.loads(json.dumps(asdict(self)))


def warnings_of(
    *, unsure: tuple[str, ...], reference: str | None, unnamed: tuple[str, ...], samples: SampleReport,
    scores: ScoreReport, dropped_dosages: int,
) -> tuple[str, ...]:  # fmt: skip
    """Sentences for a person about what a stranger would not expect."""
    found = [
        f"{name} does not say which allele is the reference one; it was taken as written: give --reference to check it"
        for name in unsure
        if reference is None
    ]
    found += [
        f"{name} does not say which reference its positions are of; they were taken as those of GRCh38"
        for name in unnamed
    ]
    if samples.sex_unknown:
        found.append(
            f"the sex of {samples.sex_unknown:,} samples is unknown: they count as having two copies of X, and one of Y"
        )
    if samples.sex_differs:
        found.append(
            f"{samples.sex_differs:,} samples have another sex in their file than in the person table, which was taken"
        )
    if dropped_dosages:
        found.append(
            f"{dropped_dosages:,} variants keep their calls and not their dosages: they have phase, or calls that the "
            "dosages do not make"
        )
    return (*found, *scores.warnings)
