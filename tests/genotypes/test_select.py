"""Which variants a selector means."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_dsl.ast import (
    Between,
    Comparator,
    Compare,
    Region,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantName,
    VariantNot,
    VariantsWhere,
    VariantTest,
)
from engine.genotypes.alleles import canonical_contig, parse_allele, trim
from engine.genotypes.columns import ChangeLookup
from engine.genotypes.hgvs import parse_hgvs
from engine.genotypes.store import GenotypeStore
from schemas.errors import DataProblem
from schemas.fields import VariantField
from tests.lib.releases import write_release

HGVS = ("ENST00000302118.5:c.137G>T", "ENSP00000303208.5:p.Arg46Leu", "ENST00000302118.5")
VARIANTS = [
    {"contig": "1", "position": 55039974, "ref": "G", "alt": "T", "rsid": "rs11591147", "gene": "PCSK9",
     "consequence": "missense_variant", "hgvs_c": HGVS[0], "hgvs_p": HGVS[1], "transcript": HGVS[2],
     "clinvar": "benign|drug_response", "af_external": 0.012, "allele_count": 2, "allele_number": 20},
    {"contig": "1", "position": 55039974, "ref": "GA", "alt": "G", "rsid": "rs11591147", "gene": "PCSK9",
     "consequence": "frameshift_variant", "lof": "HC", "filter": "q10;s50", "allele_count": 1, "allele_number": 20},
    {"contig": "1", "position": 55052399, "ref": "C", "alt": "CT", "gene": "PCSK9", "consequence": "stop_gained",
     "lof": "LC", "clinvar": "pathogenic", "af_external": 0.0, "allele_count": 0, "allele_number": 0},
    {"contig": "19", "position": 44908684, "ref": "T", "alt": "C", "rsid": "rs429358", "gene": "APOE",
     "consequence": "missense_variant", "hgvs_c": "ENST00000252486.9:c.388T>C", "af_external": 0.15,
     "hgvs_p": "p.Cys130Arg", "transcript": "ENST00000252486", "allele_count": 5, "allele_number": 20},
    {"contig": "X", "position": 5, "ref": "A", "alt": "C", "allele_count": 20, "allele_number": 20},
]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    rows = [row | {"homozygotes": 0, "missing_calls": 0} for row in VARIANTS]
    genes = [
        {"gene": "PCSK9", "contig": "1", "start": 55039447, "end": 55064852, "name": "proprotein convertase"},
        {"gene": "APOE", "contig": "19", "start": 44905791, "end": 44909393, "name": None},
        {"gene": "APOA1", "contig": "11", "start": 1, "end": 2, "name": "apolipoprotein A1"},
    ]
    tables = {"person": [{}] * 3, "sample": [{"person": 1}], "variant": rows, "gene": genes}
    return GenotypeStore.open(write_release(tmp_path_factory.mktemp("r"), tables, calls=np.zeros((5, 1), np.int8)))


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (VariantName.RSID, "rs11591147", [0, 1]),
        (VariantName.RSID, "RS429358", [3]),
        (VariantName.RSID, "rs1", []),
        (VariantName.RSID, "rs" + "9" * 40, []),
        (VariantName.RSID, "PCSK9", []),
        (VariantName.ALLELE, "1-55039974-G-T", [0]),
        (VariantName.ALLELE, "chr1:55039974:g:t", [0]),
        (VariantName.ALLELE, "1-55039973-AG-AT", [0]),
        (VariantName.ALLELE, "NC_000001.11-55039974-GA-G", [1]),
        (VariantName.ALLELE, "1-55039974-G-A", []),
        (VariantName.ALLELE, "77-5-A-C", []),
        (VariantName.ALLELE, "nonsense", []),
        (VariantName.HGVS, "ENST00000302118.5:c.137G>T", [0]),
        (VariantName.HGVS, "ENST00000302118:c.137G>T", [0]),
        (VariantName.HGVS, "PCSK9:c.137G>T", [0]),
        (VariantName.HGVS, "c.137G>T", [0]),
        (VariantName.HGVS, "ENST00000302118.4:c.137G>T", []),
        (VariantName.HGVS, "c.37G>T", []),
        (VariantName.HGVS, "p.(Arg46Leu)", [0]),
        (VariantName.HGVS, "ENSP00000303208:p.Arg46Leu", [0]),
        (VariantName.HGVS, "ENST00000252486:p.Cys130Arg", [3]),
    ],
)
def test_by_name(store, kind, name, expected):
    found = store.select(VariantById(kind=kind, name=name))
    assert found.dtype == np.int32
    assert found.tolist() == expected


def _test(field, operator, value):
    return VariantTest(field=field, test=Compare(operator=Comparator(operator), value=value))


def _in(field, *values):
    return VariantIn(field=field, values=values)


LOF = _in(VariantField.LOF, "HC")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (_test(VariantField.AF, "<", 0.1), [1]),
        (_test(VariantField.AF, "<=", 0.1), [0, 1]),
        (VariantNot(part=_test(VariantField.AF, "<=", 0.1)), [3, 4]),
        (_test(VariantField.AF, "!=", 0.1), [1, 3, 4]),
        (VariantTest(field=VariantField.AF_EXTERNAL, test=Between(low=0.01, high=0.15)), [0, 3]),
        (VariantTest(field=VariantField.AF_EXTERNAL, test=Between(low=None, high=0.012)), [0, 2]),
        (LOF, [1]),
        (VariantNot(part=LOF), [0, 2, 3, 4]),
        (_in(VariantField.LOF, "HC", "LC"), [1, 2]),
        (_in(VariantField.CONSEQUENCE, "missense_variant"), [0, 3]),
        (VariantNot(part=_in(VariantField.CONSEQUENCE, "missense_variant")), [1, 2]),
        (_in(VariantField.CLINVAR, "Pathogenic", "drug_response"), [0, 2]),
        (_in(VariantField.FILTER, "PASS"), [0, 2, 3, 4]),
        (_in(VariantField.FILTER, "s50"), [1]),
        (VariantAll(parts=(LOF, _test(VariantField.AF, "<", 0.1))), [1]),
        (VariantAny(parts=(LOF, _in(VariantField.CLINVAR, "pathogenic"))), [1, 2]),
        (VariantAny(parts=(_test(VariantField.AF_EXTERNAL, ">", 1), VariantNot(part=LOF))), [0, 2, 3, 4]),
    ],
)
def test_by_where_clause_in_three_values(store, where, expected):
    assert store.select(VariantsWhere(where=where)).tolist() == expected


def test_by_gene_and_region(store):
    assert store.select(VariantsWhere(genes=("pcsk9",))).tolist() == [0, 1, 2]
    assert store.select(VariantsWhere(genes=("APOE", "PCSK9", "PCSK9"))).tolist() == [0, 1, 2, 3]
    assert store.select(VariantsWhere(genes=("TTN",))).tolist() == []
    around = Region(contig="1", start=55039974, end=55052399)
    assert store.select(VariantsWhere(region=around)).tolist() == [0, 1, 2]
    assert store.select(VariantsWhere(region=Region(contig="1", start=55039975, end=55052398))).tolist() == []
    assert store.select(VariantsWhere(region=Region(contig="X", start=1, end=9))).tolist() == [4]
    assert store.select(VariantsWhere(region=Region(contig="Q", start=1, end=9))).tolist() == []
    both = VariantsWhere(genes=("PCSK9", "APOE"), region=around, where=LOF)
    assert store.select(both).tolist() == [1]
    assert store.select(VariantsWhere()).tolist() == [0, 1, 2, 3, 4]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.from_regex(r"(ENST1\.1:)?c\.[1-3][ACGT]>[ACGT]", fullmatch=True),
            st.sampled_from(
                ("NP_1.1:p.(Arg1Leu)", "p.Arg1Leu", "p.Pro2%3D", "p.Pro2=", "c.1delA", "c.1del", "c.1_2dupAC")
            ),
        ),
        max_size=40,
    )
)
def test_changes_are_found_as_by_reading_every_name(names):
    lookup = ChangeLookup(pa.chunked_array([names], pa.string()))
    changes = [None if name is None else parse_hgvs(name).change for name in names]
    for wanted in {*changes, "c.9A>C", "", "p."} - {None}:
        assert lookup.find(wanted).tolist() == [row for row, change in enumerate(changes) if change == wanted]


def test_names_and_genes_can_be_looked_up(store):
    assert store.describe(np.array([3, 1], np.int32)) == ["19-44908684-T-C", "1-55039974-GA-G"]
    assert [gene.gene for gene in store.genes("apo")] == ["APOA1", "APOE"]
    assert [gene.gene for gene in store.genes("Proprotein")] == ["PCSK9"]
    assert [gene.gene for gene in store.genes("", limit=2)] == ["APOA1", "APOE"]
    assert store.genes("pcsk9")[0].end == 55064852


@pytest.mark.parametrize("places", [[("2", 5), ("1", 5)], [("1", 9), ("1", 5)], [("17q", 5), ("18", 1)]])
def test_a_variant_table_out_of_order_is_refused(tmp_path, places):
    rows = [{"variant": i, "contig": "1", "position": i, "ref": "A", "alt": "C"} for i in range(2)]
    tables = {"person": [{}], "sample": [{"person": 0}], "gene": [], "variant": rows}
    release = write_release(tmp_path, tables, calls=np.zeros((2, 1), np.int8))
    path = release.file("genotypes/variant.parquet")
    table = pq.read_table(path)
    for name, values in zip(("contig", "position"), zip(*places, strict=True), strict=True):
        column = table.schema.get_field_index(name)
        table = table.set_column(column, table.schema.field(column), pa.array(values, table.schema.field(column).type))
    pq.write_table(table, path)
    with pytest.raises(DataProblem) as refused:
        GenotypeStore.open(release)
    assert refused.value.code == "variant-order"


def test_spelling_of_alleles():
    names = ("chr1", "CHRx", "M", "chrMT", "NC_012920.1", "NC_000023.11", "GL1", "")
    assert [canonical_contig(name) for name in names] == ["1", "X", "MT", "MT", "MT", "X", None, None]
    assert trim(10, "CAA", "CA") == (10, "CA", "C")
    assert trim(10, "TACG", "TAAG") == (12, "C", "A")
    assert parse_allele("1-5-A-<DEL>") is None and parse_allele("1-5-A-R") is None
