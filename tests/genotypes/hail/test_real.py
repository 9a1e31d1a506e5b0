"""Hail itself reads real data sets and made ones: what comes through is what Hail counts, and what the VCF says."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.ingest.concordance.checking import check_concordance
from engine.ingest.variants.formats import open_source
from engine.ingest.variants.hail.environment import hail_python
from engine.ingest.variants.hail.source import EXCHANGE_VARIABLE
from engine.ingest.variants.source import Sex
from schemas.errors import DataProblem
from tests.genotypes.readers.written import all_records
from tests.genotypes.vcf_release import ingest
from tests.lib.shared import shared_folder

pytestmark = pytest.mark.hail
REAL = ("sample.vcf.mt", "1kg_chr22_5_samples.vds")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the made data sets and Hail's own counts, of real ones too where they are here."""
    try:
        python = hail_python()
    except DataProblem:
        pytest.skip("Hail is not set up; run `make hail`")
    folder = tmp_path_factory.mktemp("hail")
    shared = shared_folder()
    real = [str(shared / "data" / "genotypes" / name) for name in REAL] if shared else []
    script = Path(__file__).with_name("made.py")
    subprocess.run([str(python), str(script), str(folder), *real], check=True, capture_output=True, timeout=600)
    return folder


@pytest.fixture(scope="module")
def counts(folder):
    return {
        Path(path).name: (Path(path), rows) for path, rows in json.loads((folder / "counts.json").read_text()).items()
    }


@pytest.fixture(autouse=True)
def exchange(folder, monkeypatch):
    monkeypatch.setenv(EXCHANGE_VARIABLE, str(folder / "exchange"))


def tallied(record):
    """[AC, AN, homozygotes, missing] as `hl.agg.call_stats` has them: homozygotes have two copies."""
    numbers = range(len(record.alts) + 1)
    first, second = record.alleles[:, 0], record.alleles[:, 1]
    held = Counter(first[first >= 0].tolist()) + Counter(second[second >= 0].tolist())
    homozygotes = Counter(first[first == second].tolist())
    missing = int((first == -1).sum())
    return [[held[n] for n in numbers], held.total(), [homozygotes[n] for n in numbers], missing]


@pytest.mark.parametrize("name", ["made.mt", "made.vds", *REAL])
def test_every_row_counts_as_hail_counts_it(counts, name):
    if name not in counts:
        pytest.skip("the real inputs are not here; set KOHORT_SHARED to their folder")
    path, expected = counts[name]
    with open_source(path) as source:
        records = all_records(source)
        assert source.assembly == ("GRCh37" if name == "sample.vcf.mt" else "GRCh38")
    assert len(records) == len(expected)
    for record, (contig, position, alleles, *stats) in zip(records, expected, strict=True):
        assert [record.contig, record.position, [record.ref, *record.alts]] == [contig, position, alleles]
        assert tallied(record) == stats, (contig, position)


def test_calls_names_and_annotations_of_a_matrix_table(counts):
    with open_source(counts["made.mt"][0]) as source:
        assert source.samples == ("p0", "p1", "p2", "p3")
        assert source.sexes == (Sex.MALE, Sex.FEMALE, Sex.MALE, None)
        assert source.info_fields["vep"].endswith("Format: Allele|Consequence|SYMBOL")
        assert "odd" not in source.info_fields
        records = all_records(source, ("AF", "AS", "CLNSIG", "DB", "DP", "vep"))
    assert [record.alleles.tolist() for record in records] == [
        [[-1, -1, 0], [0, 1, 0], [1, 1, 0], [1, 0, 1]],
        [[0, -2, 0], [1, -2, 0], [0, 0, 0], [-1, -1, 0]],
        [[1, 2, 0], [0, 2, 0], [2, 2, 0], [-1, -1, 0]],
        [[-1, -1, 0]] * 4,
    ]
    assert [record.id for record in records] == ["rs0", "rs1", "rs2", "rs3"]
    assert [record.filter for record in records] == [None, "q10;s50", None, None]
    common = {"AF": 0.25, "CLNSIG": "Pathogenic", "DP": 7, "vep": "G|missense_variant|PCSK9"}
    assert [record.info for record in records] == [common | {"DB": True}, common, common, common]


def test_blocks_of_a_variant_dataset_tell_reference_from_no_call(counts):
    with open_source(counts["made.vds"][0]) as source:
        called = {record.position: (record.alts, record.alleles.tolist()) for record in all_records(source)}
        assert source.samples == ("a", "b")
    assert called == {
        10: (("A",), [[0, 0, 0], [1, 1, 0]]),
        16: (("T", "G"), [[0, 2, 0], [0, 0, 0]]),
        33: (("A",), [[-1, -1, 0], [0, 1, 0]]),
        35: (("A", "T"), [[1, 2, 0], [0, 0, 0]]),
        41: (("A",), [[0, 0, 0], [0, 1, 1]]),
        50: (("A",), [[0, 0, 0], [1, -2, 0]]),
    }


@pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed (Debian: bcftools)")
def test_a_matrix_table_says_what_bcftools_says_of_the_vcf_it_was_made_from(counts, shared):
    genotypes = shared / "data" / "genotypes"
    query = ["bcftools", "query", "-f", r"%CHROM\t%POS\t%ID\t%REF\t%ALT\t%FILTER\t%INFO/DP[\t%GT]\n"]
    text = subprocess.run([*query, str(genotypes / "sample.vcf.gz")], check=True, capture_output=True, text=True).stdout
    with open_source(genotypes / "sample.vcf.mt") as source:
        records = all_records(source, ("DP",))
    lines = [line.split("\t") for line in text.splitlines()]
    assert len(lines) == len(records)
    for record, (contig, position, name, ref, alt, passed, depth, *calls) in zip(records, lines, strict=True):
        assert [record.contig, str(record.position), record.id or ".", record.ref, ",".join(record.alts)] == [
            contig, position, name, ref, alt,
        ]  # fmt: skip
        assert (record.filter or "PASS", str(record.info["DP"])) == (passed, depth)
        expected = [
            sorted(-1 if part == "." else int(part) for part in call.replace("|", "/").split("/")) for call in calls
        ]
        assert np.sort(record.alleles[:, :2], axis=1).tolist() == expected


def test_a_matrix_table_without_calls_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setenv(EXCHANGE_VARIABLE, str(tmp_path))
    matrix = shutil.copytree(folder / "made.vds" / "reference_data", tmp_path / "blocks.mt")
    with pytest.raises(DataProblem, match="key locus, alleles") as problem:
        open_source(matrix)
    assert problem.value.code == "hail-dataset"


@pytest.mark.parametrize("name", ["made.mt", "made.vds", REAL[1]])
def test_a_release_agrees_with_what_hail_counts(counts, tmp_path, name):
    if name not in counts:
        pytest.skip("the real inputs are not here; set KOHORT_SHARED to their folder")
    path = counts[name][0]
    with open_source(path) as source:
        samples = source.samples[:-1] if name == REAL[1] else source.samples
    done = ingest(tmp_path / "releases", [path], samples)
    found = check_concordance(tmp_path / "releases", "test", [path], tmp_path / "releases" / "map.csv").comparison
    assert found.agrees, found
    assert found.compared == done.report.variants > 4
    if name == "made.mt":
        assert {row["consequence"] for row in done.variants() if row["alt"] == "G"} == {"missense_variant"}


def test_a_data_set_of_another_reference_is_refused(counts, shared, tmp_path):
    path = shared / "data" / "genotypes" / "sample.vcf.mt"
    with open_source(path) as source:
        samples = source.samples
    with pytest.raises(DataProblem, match="GRCh37") as problem:
        ingest(tmp_path / "releases", [path], samples)
    assert problem.value.code == "variants-assembly"
