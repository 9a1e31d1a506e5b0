"""`kohort ingest` with variants: what it prints for people, and for programs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from engine.ingest.report import IngestReport
from schemas.errors import DataProblem

VCF = """##fileformat=VCFv4.2
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	SECRET-1	SECRET-2	SECRET-3	SECRET-4
1	5	rs1	A	G	.	.	.	GT	0/1	0/0	1/1	0/0
1	6	.	A	*	.	.	.	GT	0/1	0/0	1/1	0/0
X	5000000	.	A	G	.	.	.	GT	1	1	0/1	0
"""


@pytest.fixture
def arguments(tmp_path: Path, omop: Callable[..., Path], root: Path) -> list[str]:
    (tmp_path / "calls.vcf").write_text(VCF)
    (tmp_path / "map.csv").write_text("sample_id,person_id\nSECRET-1,10\nSECRET-2,30\nSECRET-3,30\nSECRET-9,77\n")
    (tmp_path / "panel.csv").write_text("panel,gene\nLipids,PCSK9\n")
    options = {
        "--omop": omop(), "--id": "r1", "--assume-consent": "GRU", "--releases": root,
        "--variants": tmp_path / "calls.vcf", "--sample-map": tmp_path / "map.csv", "--panel": tmp_path / "panel.csv",
    }  # fmt: skip
    return ["ingest", *(str(word) for pair in options.items() for word in pair)]


def test_a_person_is_told_what_became_of_files_and_samples_and_never_who(arguments: list[str]) -> None:
    done = CliRunner(env={"COLUMNS": "160"}).invoke(app, arguments)
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    for expected in (
        "calls.vcf 4 3 3 2 1",
        "calls.vcf alleles rejected spanning-deletion 1",
        "calls.vcf calls made missing haploid-call-of-two-copies 1",
        "of a person 2",
        "not in the sample map 1",
        "of a person who has an earlier sample 1",
        "of the map, in no file 1",
        "persons without a sample 1",
        "panels Lipids genes 1",
    ):
        assert expected in lines, expected
    assert "SECRET" not in done.output


def test_a_program_is_told_the_same(arguments: list[str], root: Path) -> None:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    variants = json.loads(done.output)["variants"]
    assert variants["variants"] == 2
    assert variants["files"][0]["rejected"] == {"spanning-deletion": 1}
    assert variants["samples"]["duplicate"] == 1
    assert variants == json.loads((root / "r1" / "report.json").read_text())["variants"]
    assert "SECRET" not in done.output


@pytest.mark.parametrize("missing", ["--variants", "--sample-map"])
def test_variants_and_what_belongs_to_them_come_together(arguments: list[str], missing: str) -> None:
    at = arguments.index(missing)
    done = CliRunner().invoke(app, [*arguments[:at], *arguments[at + 2 :]])
    assert done.exit_code != 0
    assert {"--variants": "variants-none", "--sample-map": "variants-sample-map"}[missing] in done.output


GVCF = VCF.replace("1\t5\trs1\tA\tG", "1\t5\trs1\tA\t<NON_REF>")
OF_GRCH37 = VCF.replace("##FORMAT", "##contig=<ID=1,length=249250621,assembly=GRCh37>\n##FORMAT", 1)


@pytest.mark.parametrize(
    ("option", "text", "code", "said"),
    [
        ("variants", GVCF, "vcf-gvcf", "gVCF"),
        ("variants", OF_GRCH37, "variants-assembly", "GRCh37"),
        ("variants", "SECRET-1,10\n", "variants-unreadable", "given.txt"),
        ("sample_map", "sample;person\nSECRET-1;10\n", "sample-map-unreadable", "lacks sample_id and person_id"),
        ("sample_map", "SECRET-1,10\n", "sample-map-unreadable", "lacks sample_id and person_id"),
        ("sample_map", "sample_id,person_id\nSECRET-1,P10\n", "sample-map-unreadable", "sample map"),
        ("sample_map", "sample_id,person_id\nSECRET-8,10\n", "samples-unmatched", "4 are not in given.txt"),
        ("panels", "name,genes\nLipids,PCSK9\n", "panel-layout", "given.txt"),
        ("scores", "chrom,pos,allele,beta\n1,5,G,0.5\n", "score-layout", "given.txt"),
        ("annotation", "chrom,pos,ref,alt\n1,5,A,G\n", "annotation-unreadable", "lacks contig, position"),
        ("reference", ">1\nACGT\n", "reference-unreadable", "given.txt"),
    ],
)
def test_what_is_wrong_with_the_files_is_told_before_a_table_is_read(
    omop: Callable[..., Path], load: Callable[..., IngestReport], tmp_path: Path,
    option: str, text: str, code: str, said: str,
) -> None:  # fmt: skip
    (tmp_path / "calls.vcf").write_text(VCF)
    (tmp_path / "map.csv").write_text("sample_id,person_id\nSECRET-1,10\n")
    wrong = tmp_path / ("given.csv" if option == "annotation" else "given.txt")
    wrong.write_text(text)
    given: dict[str, object] = {"variants": (tmp_path / "calls.vcf",), "sample_map": tmp_path / "map.csv"}
    given[option] = (wrong,) if option in ("variants", "panels", "scores") else wrong
    steps: list[str] = []
    with pytest.raises(DataProblem) as caught:
        load(omop(), progress=lambda step, share: steps.append(step), **given)
    assert (caught.value.code, steps) == (code, [])
    assert said in caught.value.message
    assert "SECRET" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_columns_of_a_sample_map_are_separated_as_those_of_a_table(
    omop: Callable[..., Path], load: Callable[..., IngestReport], tmp_path: Path, separator: str
) -> None:
    (tmp_path / "calls.vcf").write_text(VCF)
    lines = (("\ufeffPerson_ID", "Sample_ID"), ("10", "SECRET-1"), ("30", "SECRET-2"))
    (tmp_path / "map.csv").write_text("".join(separator.join(line) + "\n" for line in lines))
    report = load(omop(), variants=(tmp_path / "calls.vcf",), sample_map=tmp_path / "map.csv")
    assert report.variants is not None
    assert report.variants.samples.matched == 2
