"""Ingest of variants: files of calls with a sample map become a release's variants, samples, genes, scores and calls.

What single records become is told in docs/reference/variant-rules.md. Parts of files are read side by side and put
aside; then alleles are sorted, those of several files merged, and the tables written.
"""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.session import Session, open_session, sql
from engine.ingest.variants.known import write_genes, write_known
from engine.ingest.variants.merge import Merged, Merger, sort_alleles, view_annotated, view_called
from engine.ingest.variants.opening import Opened, VariantInputs, open_inputs
from engine.ingest.variants.outcome import FileReport, VariantReport, warnings_of
from engine.ingest.variants.panels import write_panels
from engine.ingest.variants.parts import PartReport, joined
from engine.ingest.variants.scores import write_scores
from engine.ingest.variants.scratch import ANNOTATED_SCHEMA, CallsBins, RowWriter
from engine.ingest.variants.workers import Progress
from schemas.errors import DataProblem
from schemas.release import CALLS_PATH, GENE, KNOWN_VARIANT, PERSON, SAMPLE, VARIANT

_READING, _SORTING = 0.6, 0.65
"""Shares of the work done after reading, which parses, and after sorting; what follows copies calls."""


def ingest_variants(
    builder: ReleaseBuilder,
    inputs: VariantInputs,
    scratch: Path,
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    progress: Progress = lambda _step, _share: None,
) -> VariantReport:
    """Write the genotype files of a release whose person table is written.

    `scratch` is a folder on the disk of the release; parts in it that an earlier run of the same files finished are
    not read again, and the caller removes it. Memory holds, besides a few hundred bytes a sample, one allele's calls
    and what sorting may take; each process of `threads` holds one record's calls. Raises `DataProblem`.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    for left in scratch.glob("*.new"):
        left.unlink()
    opened = open_inputs(inputs, builder.path(PERSON), scratch, lambda step, _share: progress(step, 0.0))
    parts = opened.reading.run(threads=threads, progress=lambda step, share: progress(step, _READING * share))
    progress("sorting variants", _READING)
    with open_session(scratch, [scratch, builder.staging], memory_limit=memory_limit, threads=threads) as session:
        merged = _write_tables(session, builder, scratch, opened, parts, progress)
        annotated, genes, known = _sizes(session, builder)
    opened.axis.write(builder.path(SAMPLE))
    panels = write_panels(builder, inputs.panels)
    scores = write_scores(builder, inputs.scores, builder.path(VARIANT))
    files = _file_reports(opened, parts)
    reference = inputs.reference.name if inputs.reference else None
    report = VariantReport(
        files=tuple(file.refusing(merged.refused[number]) for number, file in enumerate(files[: len(opened.names)])),
        samples=opened.samples,
        variants=merged.variants,
        genes=genes,
        annotated=annotated,
        known=known,
        with_dosages=merged.dosed,
        reference=reference,
        annotation=files[-1] if opened.annotation else None,
        panels=panels if inputs.panels else None,
        scores=scores.scores,
        warnings=warnings_of(
            unsure=opened.unsure, reference=reference, unnamed=opened.unnamed, samples=opened.samples,
            scores=scores, dropped_dosages=merged.undosed,
        ),
    )  # fmt: skip
    progress("variants", 1.0)
    return report


def _write_tables(
    session: Session, builder: ReleaseBuilder, scratch: Path, opened: Opened, parts: Sequence[PartReport],
    progress: Progress,
) -> Merged:  # fmt: skip
    reading = opened.reading
    called = [task for task in reading.tasks if reading.files[task.file].kept is not None]
    sites = [task.files.rows for task in reading.tasks if reading.files[task.file].kept is None]
    whole = joined(parts[task.number] for task in called)
    if not whole.alleles_out:
        why = ", ".join(f"{number:,} {reason}" for reason, number in whole.rejected.items())
        raise DataProblem("vcf-no-variants", f"no file has an allele that can be kept: {why or 'there are no records'}")
    view_called(session, [task.files.rows for task in called])
    view_annotated(session, sites or [_nothing(scratch)], scratch / "annotated.rows")
    variants = sort_alleles(session, scratch / "sorted.rows")
    with CallsBins([task.files.calls for task in reading.tasks]) as bins:
        merged = Merger(
            bins=bins,
            files=tuple(task.file for task in reading.tasks),
            positions=opened.positions,
            copies=opened.axis.copies(),
        ).write(
            scratch / "sorted.rows",
            builder.path(VARIANT),
            builder.file(CALLS_PATH),
            variants=variants,
            phased=whole.phased,
            dosages=whole.dosed > 0,
            progress=lambda share: progress("writing calls", _SORTING + (1 - _SORTING) * share),
        )
    write_known(session, builder.path(KNOWN_VARIANT))
    write_genes(session, builder.path(KNOWN_VARIANT), builder.path(GENE))
    return merged


def _nothing(scratch: Path) -> Path:
    """No annotation, as rows."""
    path = scratch / "nothing.rows"
    with RowWriter(path, ANNOTATED_SCHEMA):
        return path


def _sizes(session: Session, builder: ReleaseBuilder) -> tuple[int, int, int]:
    """Variants with a consequence, genes, and known variants."""
    with_consequence = sql("SELECT COUNT(consequence) FROM READ_PARQUET($file)", file=builder.path(VARIANT))
    genes, known = (pq.read_metadata(builder.path(table)).num_rows for table in (GENE, KNOWN_VARIANT))
    return session.one(with_consequence)[0], genes, known


def _file_reports(opened: Opened, parts: Sequence[PartReport]) -> list[FileReport]:
    numbers = (*opened.sample_numbers, 0)
    names = (*opened.names, *([opened.annotation] if opened.annotation else []))
    return [
        FileReport.of(name, numbers[file], joined(parts[t.number] for t in opened.reading.tasks if t.file == file))
        for file, name in enumerate(names)
    ]
