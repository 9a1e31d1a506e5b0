"""Annotation that comes apart from the calls: a VCF or BCF of sites, or a table of alleles."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from engine.genotypes.alleles import CONTIG_RANK
from engine.ingest.annotation import ANNOTATION_COLUMNS, Annotation, Annotator
from engine.ingest.vcf_alleles import Rejection, split
from engine.ingest.vcf_reading import FileReport, rsid
from engine.ingest.vcf_records import Record, VcfFile
from engine.ingest.vcf_scratch import ANNOTATED_SCHEMA, AnnotatedAllele, RowWriter
from schemas.errors import DataProblem

_KEY = ("contig", "position", "ref", "alt")
_TYPES = {"position": pa.int64(), "af_external": pa.float64()}
_COLUMNS = {name: _TYPES.get(name, pa.string()) for name in (*_KEY, "rsid", *ANNOTATION_COLUMNS)}
_TABLES = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz")


def read_annotation(path: Path | None, out: Path) -> FileReport | None:
    """Write the annotation's alleles to `out`, as `AnnotatedAllele` rows; none for no annotation.

    A table has the columns contig, position, ref and alt, and any of rsid, gene, transcript, consequence, hgvs_c,
    hgvs_p, lof, clinvar and af_external. A sites file's own AF is an external frequency.
    """
    outcomes: Counter[Rejection | None] = Counter()
    records = ordinal = 0
    with RowWriter(out, ANNOTATED_SCHEMA) as rows:
        if path is None:
            return None
        for record, annotations in _table(path) if path.name.endswith(_TABLES) else _sites(path):
            records += 1
            for item, annotation in zip(split(record), annotations, strict=True):
                if isinstance(item, Rejection):
                    outcomes[item] += 1
                    continue
                ordinal, allele = ordinal + 1, item.allele
                key = (CONTIG_RANK[allele.contig], allele.position, allele.ref, allele.alt)
                rows.append(AnnotatedAllele(*key, ordinal, rsid(record.id), *annotation))
                outcomes[None] += 1
    return FileReport.of(path.name, samples=0, records=records, outcomes=outcomes)


def _sites(path: Path) -> Iterator[tuple[Record, Iterable[Annotation]]]:
    with VcfFile(path) as file:
        annotator = Annotator.of(file.info_fields, is_external=True)
        for record in file.records(annotator.info):
            numbers = range(1, max(len(record.alts), 1) + 1)
            yield record, (annotator.annotate(record, number) if record.alts else Annotation() for number in numbers)


def _table(path: Path) -> Iterator[tuple[Record, Iterable[Annotation]]]:
    try:
        for batch in _batches(path):
            for values in zip(*(batch.column(name).to_pylist() for name in _COLUMNS), strict=True):
                contig, position, ref, alt, name, *annotation = values
                record = Record(
                    contig=str(contig),
                    position=position or 0,
                    id=name,
                    ref=(ref or "").upper(),
                    alts=((alt or "").upper(),),
                    filter=None,
                    alleles=None,
                    info={},
                )
                yield record, (Annotation(*annotation),)
    except OSError as error:
        raise DataProblem("annotation-unreadable", f"{path.name} cannot be opened") from error
    except pa.ArrowException as error:
        raise DataProblem(
            "annotation-unreadable",
            f"{path.name} cannot be read as a table of alleles",
            expected=(f"columns {', '.join(_KEY)} and any of rsid, {', '.join(ANNOTATION_COLUMNS)}",),
        ) from error


def _batches(path: Path) -> Iterator[pa.Table]:
    """Tables with every column, absent ones as null; `ArrowException` where a key column is absent."""
    schema = pa.schema(list(_COLUMNS.items()))
    if path.suffix == ".parquet":
        batches: Iterable[pa.RecordBatch] = pq.ParquetFile(path).iter_batches()
    else:
        batches = pa_csv.open_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter="\t" if ".tsv" in path.name else ","),
            convert_options=pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=True),
        )
    for batch in batches:
        names = batch.schema.names
        if not set(_KEY) <= set(names):
            raise pa.ArrowInvalid("a key column is absent")
        columns = [
            batch.column(name).cast(kind) if name in names else pa.nulls(batch.num_rows, kind)
            for name, kind in _COLUMNS.items()
        ]
        yield pa.Table.from_arrays(columns, schema=schema)
