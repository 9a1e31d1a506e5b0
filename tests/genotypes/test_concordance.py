"""`kohort concordance`: a release agrees with what independent tools count in its files, and is told when it does not."""

import gzip
import json
import shutil
import subprocess

import pytest
from typer.testing import CliRunner

from api.cli import app
from engine.ingest.concordance.checking import check_concordance
from engine.ingest.variants.formats import open_source
from schemas.errors import DataProblem
from tests.genotypes.vcf_release import FIRST_PERSON_ID, ingest, of_no_reference, write_vcf

MALE, FEMALE = 8507, 8532
SEXES = {"m1": MALE, "m2": MALE, "f1": FEMALE, "f2": FEMALE}
PEOPLE = ("m1", "m2", "f1", "f2", "u1")


def needs(tool):
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed (Debian: {tool})")


BCFTOOLS = pytest.param("bcftools", marks=needs("bcftools"))
PLINK2 = pytest.param("plink2", marks=needs("plink2"))


def checked(root, files, **options):
    return check_concordance(root, "test", files, root / "map.csv", **options).comparison


def release_of(tmp_path, path, *, every=1, **options):
    """A release of some of a file's samples."""
    with open_source(path) as source:
        samples = list(source.samples)[::every]
    return ingest(tmp_path / "releases", [path], samples, **options)


@pytest.mark.parametrize("tool", [BCFTOOLS, PLINK2])
@pytest.mark.parametrize(
    ("name", "variants", "left_out"),
    [
        ("sample.vcf.gz", 346, {}),
        ("sample2.vcf.gz", 1172, {"spanning-deletion": 3}),
        ("chr22.vcf.gz", 102, {"spanning-deletion": 2}),
        ("1kg_2020_chrM.vcf.gz", 42, {"spanning-deletion": 4}),
    ],
)
def test_releases_of_real_vcf_files_agree(shared, tmp_path, tool, name, variants, left_out):
    path = shared / "data" / "genotypes" / name
    path = of_no_reference(path, tmp_path) if "Epacts" in name else path
    release_of(tmp_path, path, every=1 if "chrM" in name else 2)
    found = checked(tmp_path / "releases", [path], tool=tool)
    assert found.agrees, found
    assert (found.compared, found.different, dict(found.left_out)) == (variants, 0, left_out)


@needs("plink2")
@pytest.mark.parametrize("kind", ["bed", "pgen", "bgen"])
def test_releases_of_plink_and_bgen_files_agree(shared, tmp_path, kind):
    made = ["--export", "bgen-1.2", "ref-first"] if kind == "bgen" else [f"--make-{kind}"]
    vcf = shared / "data" / "genotypes" / "sample.vcf.gz"
    command = ["plink2", "--vcf", vcf, "--set-all-var-ids", "@:#", *made, "--out", tmp_path / "a"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    path = tmp_path / f"a.{kind}"
    done = release_of(tmp_path, path, every=2)
    found = checked(tmp_path / "releases", [path])
    assert found.agrees, found
    assert found.compared == done.report.variants == 346


@needs("plink2")
def test_a_release_of_a_real_bgen_file_agrees(shared, tmp_path):
    path = shared / "data" / "genotypes" / "example.8bits.bgen"
    done = release_of(tmp_path, path, every=2)
    found = checked(tmp_path / "releases", [path])
    assert found.agrees, found
    assert found.compared == done.report.variants > 100


LINES = (
    "chr1 10 . A G,T . . 0/1 1/2 ./1 2|2 1|0",
    "chr1 11 . A G . . ./. 0/1 . 1/1 0/0",
    "chrX 20000 . A G . . 0/1 1/1 0/1 1/1 0/0",
    "chrX 3000000 . A G,C . . 0 1 0/1 1/2 0/1",
    "chrX 3000001 . A G . . 1/1 0/1 0/0 ./. 1/1",
    "chrY 3000000 . A G . . 1 0/0 . ./. 1",
    "chrY 3000001 . A G . . 0/1 1/1 0 1 .",
    "chrM 30 . A G,C . . 0 1 0/1 1/2 2",
)
EVERY = {"chr1 12 . A G . . 0 1 0/0 0/1 1", "chr1 13 . A <DEL> . . 0/0 0/1 0/0 0/0 0/0"}


@pytest.mark.parametrize("tool", [BCFTOOLS, PLINK2])
def test_sexes_half_calls_haploid_calls_and_mixed_calls_follow_one_rule(tmp_path, tool):
    lines = LINES if tool == "plink2" else (*LINES[:2], *sorted(EVERY), *LINES[2:])  # PLINK 2 doubles haploid calls
    path = write_vcf(tmp_path / "a.vcf", PEOPLE, *lines, header=CONTIGS)
    done = ingest(tmp_path / "releases", [path], PEOPLE, sexes=SEXES)
    found = checked(tmp_path / "releases", [path], tool=tool)
    assert found.agrees, found
    assert found.compared == done.report.variants == len(lines) + 3 - (tool == "bcftools")
    assert dict(found.left_out) == ({"symbolic-allele": 1} if tool == "bcftools" else {})


CONTIGS = "".join(
    f"##contig=<ID=chr{name},length={length}>\n"
    for name, length in (("1", 248_956_422), ("X", 156_040_895), ("Y", 57_227_415), ("M", 16_569))
)


@needs("bcftools")
def test_files_without_a_common_sample_are_added_and_a_second_call_is_left_out(tmp_path):
    first = write_vcf(
        tmp_path / "a.vcf", PEOPLE[:2], "chr1 10 . A G . . 0/1 1/1", "chr1 10 . A G . . 1/1 1/1", header=CONTIGS
    )
    second = write_vcf(tmp_path / "b.vcf", PEOPLE[2:4], "chr1 10 . A G . . 0/1 0/0", "chr2 5 . A G . . 0/1 ./.")
    third = write_vcf(tmp_path / "c.vcf", PEOPLE[1:2], "chr1 10 . A G . . 0/0", "chr2 9 . A G . . 0/1")
    files = [first, second, third]
    ingest(tmp_path / "releases", files, PEOPLE[:4])
    found = checked(tmp_path / "releases", files)
    assert found.agrees, found
    assert found.compared == 3
    assert dict(found.left_out) == {"variant-already-called-for-these-samples": 2}
    alone = checked(tmp_path / "releases", files[:1])
    assert (alone.compared, alone.only_in_release, alone.first_only_in_release) == (1, 1, ("2-9-A-G",))


@needs("bcftools")
def test_what_differs_is_told_and_ends_the_command_with_1(tmp_path):
    path = write_vcf(
        tmp_path / "a.vcf", PEOPLE[:3], *(f"chr1 {n} . A G . . 0/1 1/1 0/0" for n in range(10, 14)), header=CONTIGS
    )
    ingest(tmp_path / "releases", [path], PEOPLE[:3])
    command = ["concordance", "--release", "test", "--releases", str(tmp_path / "releases"), "--variants", str(path)]
    command += ["--sample-map", str(tmp_path / "releases" / "map.csv")]
    assert CliRunner().invoke(app, command).exit_code == 0
    text = path.read_text()
    changed = text.replace("chr1\t11\t.\tA\tG\t.\t.\t.\tGT\t0/1", "chr1\t11\t.\tA\tG\t.\t.\t.\tGT\t./1")
    changed = changed.replace("chr1\t12\t", "chr1\t20\t").replace("chr1\t13\t.\tA\tG", "chr1\t13\t.\tA\tT")
    path.write_text(changed)
    printed = CliRunner().invoke(app, [*command, "--json"])
    assert printed.exit_code == 1
    found = json.loads(printed.stdout)
    assert (found["compared"], found["different"], found["agrees"]) == (2, 1, False)
    (difference,) = found["differences"]
    kinds = ("reference", "heterozygous", "homozygous", "hemizygous_reference", "hemizygous", "missing")
    assert difference == {
        "variant": "1-11-A-G",
        "by_tool": dict(zip(kinds, (1, 0, 1, 0, 0, 1), strict=True)),
        "in_release": dict(zip(kinds, (1, 1, 1, 0, 0, 0), strict=True)),
    }
    assert sorted(found["first_not_in_release"]) == ["1-13-A-T", "1-20-A-G"]
    assert sorted(found["first_only_in_release"]) == ["1-12-A-G", "1-13-A-G"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 1
    assert "DIFFERS" in shown.stdout
    assert not any(name in shown.stdout + printed.stdout for name in PEOPLE)


@needs("bcftools")
def test_people_who_have_no_sample_in_the_release_are_refused(tmp_path):
    path = write_vcf(tmp_path / "a.vcf", PEOPLE[:3], "chr1 10 . A G . . 0/1 1/1 0/0", header=CONTIGS)
    ingest(tmp_path / "releases", [path], PEOPLE[:3])
    other = tmp_path / "other.csv"
    other.write_text(f"sample_id,person_id\nm1,{FIRST_PERSON_ID + 1}\nm2,{FIRST_PERSON_ID + 2}\n")
    with pytest.raises(DataProblem) as problem:
        check_concordance(tmp_path / "releases", "test", [path], other)
    assert problem.value.code == "concordance-differs"


def test_tools_that_are_absent_or_read_other_files_are_named(shared, tmp_path, monkeypatch):
    path = shared / "data" / "genotypes" / "sample.vcf.gz"
    release_of(tmp_path, path)
    with pytest.raises(DataProblem) as problem:
        checked(tmp_path / "releases", [path], tool="hail")
    assert (problem.value.code, problem.value.expected) == ("concordance-tool", ("bcftools", "plink2"))
    monkeypatch.setenv("PATH", str(tmp_path))
    for tool in ("bcftools", "plink2"):
        with pytest.raises(DataProblem) as problem:
            checked(tmp_path / "releases", [path], tool=tool)
        assert problem.value.code == "concordance-tool-absent"
        assert problem.value.hint == f"apt-get install {tool}"


@needs("bcftools")
def test_what_the_tool_says_is_wrong_is_passed_on(shared, tmp_path):
    path = tmp_path / "a.vcf"
    path.write_bytes(gzip.decompress((shared / "data" / "genotypes" / "sample.vcf.gz").read_bytes()))
    release_of(tmp_path, path)
    text = path.read_text()
    path.write_text(text.rstrip("\n").rpartition("\t")[0] + "\n")
    with pytest.raises(DataProblem) as problem:
        checked(tmp_path / "releases", [path])
    assert problem.value.code == "concordance-failed"
    assert problem.value.hint
