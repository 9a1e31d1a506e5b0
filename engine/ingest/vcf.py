"""Ingest of variants: VCF and BCF files with a sample map become a release's variants, samples, genes and calls.

What a file says is taken as follows. Contig names lose their prefix; alleles are written in their shortest form
(shared bases trimmed right, then left), and a record with several alternates becomes one variant for each, in
which every other allele counts as the reference. A call with one missing allele is missing as a whole. A haploid
call (X, Y, MT) is stored as 0 or 2, counts as one allele in `allele_count` and `allele_number`, and as one of
`homozygotes` when it is the alternate. Phase is kept.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.session import Session, open_session, sql
from engine.ingest.vcf_annotation import read_annotation
from engine.ingest.vcf_merge import Merger, sort_alleles, write_genes
from engine.ingest.vcf_reading import CallsReading, FileReport, Progress
from engine.ingest.vcf_records import VcfFile
from engine.ingest.vcf_samples import PersonIndex, SampleAxis, SampleReport, match_samples
from engine.ingest.vcf_scratch import CallsBin, table_schema
from schemas.errors import DataProblem
from schemas.release import CALLS_PATH, GENE, SAMPLE, VARIANT

_MEMORY = "1GB"
_THREADS = 2
_CALLED, _ANNOTATED, _SORTED = "called.parquet", "annotated.parquet", "sorted.parquet"
_READING = 0.6
"""The share of the work that is reading, which parses text; what follows copies calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantReport:
    """An ingest of variants in counts; it holds no id of a sample.

    The alleles out of all files exceed `variants` by those merged between files without a common sample.
    """

    files: tuple[FileReport, ...]
    samples: SampleReport
    variants: int
    genes: int
    annotated: int
    annotation: FileReport | None = None


def ingest_variants(
    builder: ReleaseBuilder,
    sources: Sequence[Path],
    sample_map: Path,
    person_index: PersonIndex,
    *,
    annotation: Path | None = None,
    progress: Progress = lambda _step, _share: None,
    memory_limit: str = _MEMORY,
) -> VariantReport:
    """Write the genotype files of a release from VCF and BCF files.

    `sample_map` is CSV, TSV or Parquet with `sample_id` and `person_id`; `person_index` takes the latter to person
    indices. `annotation` is a VCF or BCF without samples, or CSV, TSV or Parquet with contig, position, ref, alt and
    columns of the variant table. Memory holds one allele's calls and what sorting may take; scratch space beside
    the staging folder holds the rest. Raises `DataProblem`, and then leaves nothing for `publish` to find.
    """
    with (
        _opened(sources) as files,
        _scratch(builder) as scratch,
        (scratch / "calls.bin").open("w+b") as stream,
        open_session(scratch, [scratch], memory_limit=memory_limit, threads=_THREADS) as session,
    ):
        axis, samples = match_samples((file.samples for file in files), sample_map, person_index)
        reading = CallsReading(axis=axis, files=files, bin=CallsBin(stream))
        reports, phased = reading.read(scratch / _CALLED, lambda step, share: progress(step, _READING * share))
        annotated = read_annotation(annotation, scratch / _ANNOTATED)
        refused = _write_variants(session, scratch, reading, phased=phased, progress=progress)
        _write_samples(axis, scratch / "sample.parquet")
        with_consequence = sql("SELECT COUNT(consequence) FROM READ_PARQUET($file)", file=scratch / "variant.parquet")
        report = VariantReport(
            files=tuple(file.refusing(refused[number]) for number, file in enumerate(reports)),
            samples=samples,
            variants=pq.read_metadata(scratch / "variant.parquet").num_rows,
            genes=pq.read_metadata(scratch / "gene.parquet").num_rows,
            annotated=session.one(with_consequence)[0],
            annotation=annotated,
        )
        for table in (VARIANT.path, SAMPLE.path, GENE.path, CALLS_PATH):
            (scratch / Path(table).name).replace(builder.file(table))
    progress("variants", 1.0)
    return report


def _write_variants(
    session: Session, scratch: Path, reading: CallsReading, *, phased: bool, progress: Progress
) -> Counter[int]:
    """Write variants, calls and genes from what was put aside; returns, by file, alleles refused as duplicates."""
    progress("sorting variants", _READING)
    variants = sort_alleles(session, scratch / _CALLED, scratch / _ANNOTATED, scratch / _SORTED)
    if not variants:
        raise DataProblem("vcf-no-variants", "no file has an allele that can be kept")
    refused = Merger(reading.bin, reading.positions, reading.axis.size).write(
        scratch / _SORTED,
        scratch / "variant.parquet",
        scratch / "calls.pgen",
        variants=variants,
        phased=phased,
        progress=lambda share: progress("writing calls", _READING + (1 - _READING) * share),
    )
    write_genes(session, scratch / "variant.parquet", scratch / "gene.parquet")
    return refused


@contextmanager
def _opened(sources: Sequence[Path]) -> Iterator[tuple[VcfFile, ...]]:
    with ExitStack() as stack:
        files = tuple(stack.enter_context(VcfFile(path)) for path in sources)
        for file in files:
            if not file.samples:
                raise DataProblem(
                    "vcf-no-samples", f"{file.name} has sites and no samples", hint="give it as the annotation"
                )
        yield files


@contextmanager
def _scratch(builder: ReleaseBuilder) -> Iterator[Path]:
    """A folder beside the staging folder, so that moving out of it is a rename; `~` is in no release id."""
    folder = builder.staging.with_name(f"{builder.release_id}~variants")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_samples(axis: SampleAxis, path: Path) -> None:
    schema = table_schema(SAMPLE)
    columns = (range(axis.size), axis.persons, axis.ids)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")
