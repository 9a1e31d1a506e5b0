"""`python export.py DATASET FOLDER`: a MatrixTable or VariantDataset as an exchange folder.

The folder gets `exchange.json` (samples, sexes, reference genome, INFO fields) and `parts/*.parquet`, in the order of
the rows: for each its place, alleles, ids and filters, the samples that are not plainly homozygous for the reference
(`columns`, with `first`, `second` and `phased` beside them), those without a call (`missing`), and INFO fields as
`info_0`, `info_1` and so on. `second` is -2 for a haploid call; those of the reference are listed too.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import hail as hl  # pyrefly: ignore[missing-import]
from opened import CALL, Progress, open_calls, sample_names, say, start, stop  # pyrefly: ignore[missing-import]

FORMAT = 1
_DIPLOID = 2
_NO_COPY = -2
_NUMBERS = {hl.tint32: hl.int64, hl.tint64: hl.int64, hl.tfloat32: hl.float64, hl.tfloat64: hl.float64}
_VEP_HEADER = "vep_csq_header"
_CONSEQUENCES = ("vep", "CSQ")


def main() -> None:
    """Export what the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory", default="4g")
    asked = parser.parse_args()
    log = asked.folder / "hail.log"
    start(log, asked.memory)
    matrix = open_calls(asked.dataset)
    info = _info(matrix)
    described = {
        "format": FORMAT,
        "samples": sample_names(matrix),
        "sexes": _sexes(matrix),
        "reference": _reference(matrix),
        "info": [[name, description] for name, description, _ in info],
    }
    say(partitions=matrix.n_partitions())
    rows = _rows(matrix, info)
    with Progress():
        rows.to_spark(flatten=False).write.parquet((asked.folder / "parts").as_uri())
    stop(log)
    (asked.folder / "exchange.json").write_text(json.dumps(described))


def _rows(matrix: Any, info: list[tuple[str, str, Any]]) -> Any:
    """One row a row of the matrix, without entries."""
    matrix = matrix.annotate_rows(**{f"info_{number}": value for number, (_, _, value) in enumerate(info)})
    matrix = matrix.annotate_cols(_column=hl.int32(hl.scan.count()))
    call, column = matrix[CALL], matrix._column
    is_called = hl.is_defined(call) & (call.ploidy > 0)
    is_listed = is_called & ((call.ploidy != _DIPLOID) | ~call.is_hom_ref())
    listed = hl.agg.filter(
        is_listed,
        hl.agg.collect(
            hl.struct(
                column=column,
                allele=call[0],
                other=hl.if_else(call.ploidy == _DIPLOID, call[1], _NO_COPY),
                phased=call.phased & (call.ploidy == _DIPLOID),
            )
        ),
    )
    matrix = matrix.select_rows(
        contig=matrix.locus.contig,
        position=matrix.locus.position,
        ref=matrix.alleles[0],
        alts=matrix.alleles[1:],
        id=_joined(matrix, "rsid"),
        filters=_joined(matrix, "filters"),
        _listed=listed,
        missing=hl.agg.filter(hl.coalesce(~is_called, True), hl.agg.collect(column)),
        **{f"info_{number}": matrix[f"info_{number}"] for number in range(len(info))},
    )
    rows = matrix.rows().key_by()
    listed = rows._listed
    rows = rows.annotate(columns=listed.column, first=listed.allele, second=listed.other, phased=listed.phased)
    return rows.drop("_listed", "locus", "alleles")


def _joined(matrix: Any, name: str) -> Any:
    """A text, or several joined by semicolons as VCF has them; missing where the field is absent or empty."""
    if name not in matrix.row:
        return hl.missing(hl.tstr)
    value = matrix[name]
    if value.dtype == hl.tstr:
        return value
    if value.dtype in (hl.tset(hl.tstr), hl.tarray(hl.tstr)):
        return hl.or_missing(hl.len(value) > 0, hl.delimit(hl.sorted(hl.array(value)), ";"))
    return hl.missing(hl.tstr)


def _reference(matrix: Any) -> str | None:
    genome = getattr(matrix.locus.dtype, "reference_genome", None)
    return genome.name if genome is not None else None


def _sexes(matrix: Any) -> list[str | None]:
    """By `is_female`, as Hail's own import of pedigrees and imputation of sex name it."""
    if "is_female" not in matrix.col or matrix.is_female.dtype != hl.tbool:
        return []
    known = matrix.aggregate_cols(hl.agg.collect(matrix.is_female))
    return [None if female is None else "female" if female else "male" for female in known]


def _info(matrix: Any) -> list[tuple[str, str, Any]]:
    """Name, description and value of each annotation that is text, a number, a flag or a list of these."""
    named = dict(matrix.info.items()) if isinstance(matrix.row.dtype.get("info"), hl.tstruct) else {}
    if "vep" in matrix.row and "vep" not in named:
        named["vep"] = matrix.vep
    header = _vep_header(matrix.globals)
    columns = header if header is None or "Format:" in header else f"Format: {header}"
    values = ((name, _plain(value)) for name, value in sorted(named.items()))
    return [
        (name, (columns or "") if name in _CONSEQUENCES else "", value) for name, value in values if value is not None
    ]


def _plain(value: Any) -> Any:
    """The value as text, integer of 64 bits, double, flag or an array of these; none where it is of another type."""
    kind = value.dtype
    if kind in (hl.tstr, hl.tbool):
        return value
    if kind in _NUMBERS:
        return _NUMBERS[kind](value)
    if isinstance(kind, hl.tarray | hl.tset) and (kind.element_type == hl.tstr or kind.element_type in _NUMBERS):
        convert = _NUMBERS.get(kind.element_type, hl.str)
        return hl.array(value).map(convert)
    return None


def _vep_header(struct: Any) -> str | None:
    """The names of VEP's columns, where `hl.vep(..., csq=True)` or gnomAD left them among the globals."""
    for name, value in struct.items():
        if name == _VEP_HEADER and value.dtype == hl.tstr:
            return hl.eval(value)
        found = _vep_header(value) if isinstance(value.dtype, hl.tstruct) else None
        if found is not None:
            return found
    return None


if __name__ == "__main__":
    main()
