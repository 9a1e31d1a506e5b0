"""Annotation that comes apart from the calls: a file of sites, or a table of alleles; and the tables made of it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from engine.genotypes.alleles import CONTIG_RANK, CONTIGS
from engine.ingest.session import Session, sql
from engine.ingest.variants.alleles import Rejection, split
from engine.ingest.variants.annotation import ANNOTATION_COLUMNS, Annotation, Annotator
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.parts import PartFiles, PartReport, Tally, writing
from engine.ingest.variants.reading import rsid
from engine.ingest.variants.scratch import ANNOTATED_SCHEMA, AnnotatedAllele, RowWriter
from engine.ingest.variants.source import Part, Record, VariantSource
from engine.ingest.variants.text_files import header_of, is_parquet, open_bytes, reading
from schemas.errors import DataProblem

_KEY = ("contig", "position", "ref", "alt")
_TYPES = {"position": pa.int64(), "af_external": pa.float64()}
_COLUMNS = {name: _TYPES.get(name, pa.string()) for name in (*_KEY, "rsid", *ANNOTATION_COLUMNS)}
_TABLES = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz")
WHOLE = Part(name="whole", share=1.0)
"""The only part of a table."""

_Annotated = Iterator[tuple[Record, Callable[[int], Annotation]]]
"""Records, and of each what says of its alternate allele number n (from 1) what is known."""


def is_table(path: Path) -> bool:
    """Whether an annotation is a table, and not a file of sites."""
    return path.name.lower().endswith(_TABLES)


class SitesReading:
    """Reads parts of an open file of sites. Its own AF is an external frequency; its calls, if any, are not read."""

    def __init__(self, source: VariantSource, aligner: Aligner | None) -> None:
        self._source, self._aligner = source, aligner
        self._annotator = Annotator.of(source.info_fields, is_external=True)

    def read(self, part: Part, number: int, files: PartFiles) -> PartReport:
        """Put a part aside, as number `number` of all parts."""
        return _put_aside(self._records(part), number, files, self._aligner, self._source.reference_known)

    def _records(self, part: Part) -> _Annotated:
        for record in self._source.records(part, self._annotator.info):
            yield record, partial(self._annotator.annotate, record)


class TableReading:
    """Reads a table with the columns contig, position, ref and alt, and any of rsid, gene, transcript, consequence,
    hgvs_c, hgvs_p, lof, clinvar and af_external."""

    def __init__(self, path: Path, aligner: Aligner | None) -> None:
        self._path, self._aligner = path, aligner

    def read(self, part: Part, number: int, files: PartFiles) -> PartReport:
        """Put the whole of it aside; it has only that part."""
        assert part == WHOLE
        return _put_aside(self._rows(), number, files, self._aligner, True)

    def _rows(self) -> _Annotated:
        path = self._path
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
                    )
                    known = Annotation(*annotation)
                    yield record, lambda _number, known=known: known
        except OSError as error:
            raise DataProblem("annotation-unreadable", f"{path.name} cannot be opened", place=path) from error
        except pa.ArrowException as error:
            raise DataProblem(
                "annotation-unreadable",
                f"{path.name} cannot be read as a table of alleles",
                expected=(f"columns {', '.join(_KEY)} and any of rsid, {', '.join(ANNOTATION_COLUMNS)}",),
                place=path,
            ) from error


def _put_aside(
    records: _Annotated, part: int, files: PartFiles, aligner: Aligner | None, reference_known: bool
) -> PartReport:
    tally, ordinal = Tally(), 0
    with writing(files.rows) as aside, RowWriter(aside, ANNOTATED_SCHEMA) as rows:
        for record, annotate in records:
            tally.records += 1
            for item in split(record, aligner, reference_known=reference_known):
                if isinstance(item, Rejection):
                    tally.count(item)
                    continue
                ordinal, allele = ordinal + 1, item.allele
                key = (CONTIG_RANK[allele.contig], allele.position, allele.ref, allele.alt)
                annotation = annotate(item.number) if item.number else Annotation()
                rows.append(AnnotatedAllele(*key, part, ordinal, rsid(record.id), *annotation))
                tally.keep(item)
    return tally.report()


def _batches(path: Path) -> Iterator[pa.Table]:
    """Tables with every column, absent ones as null; `DataProblem` where a key column is absent."""
    schema = pa.schema(list(_COLUMNS.items()))
    for batch in _batches_as_written(path, schema):
        names = batch.schema.names
        columns = [
            batch.column(name).cast(kind) if name in names else pa.nulls(batch.num_rows, kind)
            for name, kind in _COLUMNS.items()
        ]
        yield pa.Table.from_arrays(columns, schema=schema)


def _batches_as_written(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Batches of the file's own columns; those of `schema` have its types where the file is text."""
    check_table(path)
    if is_parquet(path):
        yield from pq.ParquetFile(path).iter_batches()
        return
    with open_bytes(path) as text:
        names, delimiter = header_of(text.readline().decode("utf-8-sig"))
        yield from pa_csv.open_csv(
            text,
            read_options=pa_csv.ReadOptions(column_names=names),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter),
            convert_options=pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=True),
        )


def check_table(path: Path) -> None:
    """Raises `DataProblem` when a table of alleles cannot be read, or does not say which alleles it is of."""
    with reading(path, "annotation-unreadable"):
        if is_parquet(path):
            names = pq.read_schema(path).names
        else:
            with open_bytes(path) as text:
                names, _ = header_of(text.readline().decode("utf-8-sig"))
    lacking = [name for name in _KEY if name not in names]
    if lacking:
        raise DataProblem(
            "annotation-unreadable",
            f"the header of {path.name} lacks {', '.join(lacking)}",
            expected=(f"columns {', '.join(_KEY)} and any of rsid, {', '.join(ANNOTATION_COLUMNS)}",),
            hint="the first line names the columns, with commas, tabs, semicolons or bars between them",
            place=path,
        )


def write_known(session: Session, out: Path) -> None:
    """Write table KNOWN_VARIANT from the view `annotated`: each allele as it is first described."""
    described = ", ".join(("rsid", *ANNOTATION_COLUMNS))
    session.write(
        sql(
            f"SELECT LIST_EXTRACT($contigs, rank + 1) AS contig, CAST(position AS INTEGER) AS position, ref, alt, "  # noqa: S608  # names of ours only
            f"{described} FROM annotated ORDER BY rank, position, ref, alt",
            contigs=list(CONTIGS),
        ),
        out,
    )


def write_genes(session: Session, known: Path, out: Path) -> None:
    """Write table GENE: the extent of each gene's known variants on the contig that has most of them.

    Genes that only the files of calls name are left out: that they are there would tell that somebody has a variant.
    """
    session.write(
        sql(
            """
            SELECT gene, contig, CAST(MIN(position) AS INTEGER) AS "start",
                   CAST(MAX(position + LENGTH(ref) - 1) AS INTEGER) AS "end", CAST(NULL AS VARCHAR) AS name
            FROM READ_PARQUET($known) WHERE gene IS NOT NULL GROUP BY gene, contig
            QUALIFY ROW_NUMBER() OVER (PARTITION BY gene ORDER BY COUNT(*) DESC, contig) = 1
            ORDER BY gene
            """,
            known=known,
        ),
        out,
    )
