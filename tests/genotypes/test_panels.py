"""Gene panels from the files people have."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.variants.panels import write_panels
from schemas.errors import DataProblem
from schemas.release import GENE, PANEL

PANELAPP = """Entity Name\tEntity type\tGene Symbol\tSources(; separated)\tLevel4\tLevel3\tGEL_Status\tversion
LDLR\tgene\tLDLR\tExpert Review Green;Literature\tFamilial hypercholesterolaemia\t\t3\t2.0
APOB\tgene\tAPOB\tExpert Review Green\tFamilial hypercholesterolaemia\t\t4\t2.0
PCSK9\tgene\tPCSK9\tNHS GMS; Expert Review Green\tFamilial hypercholesterolaemia\t\t\t2.0
LIPA\tgene\tLIPA\tExpert Review Amber\tFamilial hypercholesterolaemia\t\t2\t2.0
ABCG5\tgene\tABCG5\t"Expert Review Red;Quoted, with ""words""\"\tFamilial hypercholesterolaemia\t\t1\t2.0
ISCA-1-Loss\tregion\t\tExpert Review Green\tFamilial hypercholesterolaemia\t\t3\t2.0
AR_CAG\tstr\tAR\tExpert Review Green\tFamilial hypercholesterolaemia\t\t3\t2.0
LDLR\tgene\tLDLR\tExpert Review Green\tFamilial hypercholesterolaemia\t\t3\t2.0
"""
OLD_PANELAPP = "Gene_Symbol\tSources(; separated)\tLevel4\tGEL_Status\nTTN\tRadboud\tCardiomyopathy\t4\n"
GMT = "Cholesterol\thttps://example.org\tLDLR\tPCSK9\nHaem\tna\tHBA1\tHBA2\tHBA1\n"
CSV = 'panel,gene,note\n"Breast, and ovarian",BRCA1,x\n"Breast, and ovarian",BRCA2,\n,TP53,\n'


@pytest.fixture
def builder(tmp_path):
    made = ReleaseBuilder(tmp_path / "releases", "r", sources={"test": "rows"})
    genes = {"gene": ["LDLR", "APOB"], "contig": ["19", "2"], "start": [1, 1], "end": [2, 2], "name": ["", ""]}
    pq.write_table(pa.table(genes), made.path(GENE))
    return made


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode("utf-8"))
        return path

    return write


def rows(builder):
    table = pq.read_table(builder.path(PANEL))
    return list(zip(*table.to_pydict().values(), strict=True))


FH = "Familial hypercholesterolaemia"


@pytest.mark.parametrize(
    ("name", "text", "expected", "skipped"),
    [
        ("fh.tsv", PANELAPP, [(FH, "APOB"), (FH, "LDLR"), (FH, "PCSK9")],
         {"not-green": 2, "not-a-gene": 2, "repeated": 1}),
        ("fh.tsv.gz", OLD_PANELAPP, [("Cardiomyopathy", "TTN")], {}),
        ("sets.gmt", GMT, [("Cholesterol", "LDLR"), ("Cholesterol", "PCSK9"), ("Haem", "HBA1"), ("Haem", "HBA2")],
         {"repeated": 1}),
        ("p.csv", CSV, [("Breast, and ovarian", "BRCA1"), ("Breast, and ovarian", "BRCA2")], {"incomplete": 1}),
        ("p.tsv", "\ufeffGene\tPanel\r\nVHL\tKidney\r\n", [("Kidney", "VHL")], {}),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and len(value) < 12 else "",
)  # fmt: skip
def test_each_layout(builder, write, name, text, expected, skipped):
    report = write_panels(builder, [write(name, text)])
    assert rows(builder) == expected
    assert {one.code: one.rows for one in report.skipped} == skipped
    assert sum(report.panels.values()) == len(expected)


def test_parquet(builder, tmp_path):
    pq.write_table(pa.table({"Panel": ["A", "A"], "Gene": ["LDLR", "TTN"]}), tmp_path / "p.parquet")
    report = write_panels(builder, [tmp_path / "p.parquet"])
    assert rows(builder) == [("A", "LDLR"), ("A", "TTN")]
    assert report.genes_not_annotated == 1


def test_several_files_and_none(builder, write):
    report = write_panels(builder, [write("b.gmt", GMT), write("a.csv", CSV)])
    assert list(report.panels) == ["Breast, and ovarian", "Cholesterol", "Haem"]
    assert write_panels(builder, []).panels == {}
    assert rows(builder) == []


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("genes.txt", "gene\nLDLR\n", "panel-layout"),
        ("bed.bed", "chr1\t1\t2\tLDLR\nchr1\t5\t9\tTTN\n", "panel-layout"),
        (
            "red.tsv",
            PANELAPP.replace("\t3\t", "\t1\t").replace("\t4\t", "\t1\t").replace("Review Green", ""),
            "panel-empty",
        ),
        ("empty.csv", "", "panel-empty"),
        ("long.gmt", "x" * 201 + "\tna\tLDLR\n", "panel-name"),
    ],
)
def test_what_is_no_panel_is_said(builder, write, name, text, code):
    with pytest.raises(DataProblem) as caught:
        write_panels(builder, [write(name, text)])
    assert caught.value.code == code
    assert name in caught.value.message


def test_damage_is_said(builder, write, tmp_path):
    (tmp_path / "cut.tsv.gz").write_bytes(gzip.compress(PANELAPP.encode() * 50)[:-30])
    (tmp_path / "latin.csv").write_bytes("panel,gene\nL\xf6w,LDLR\n".encode("latin-1"))
    for path in ("cut.tsv.gz", "latin.csv", "absent.csv"):
        with pytest.raises(DataProblem, match="panel-unreadable"):
            write_panels(builder, [tmp_path / path])


def test_a_panel_in_two_files_is_refused(builder, write):
    with pytest.raises(DataProblem, match="panel-twice"):
        write_panels(builder, [write("a.gmt", GMT), write("b.gmt", GMT)])
