"""Every common spelling of a variant gives one name and one hash; what is of another assembly is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_dsl import canonical_hash, parse
from cohort_dsl.ast import VariantById, VariantName
from cohort_dsl.variant_names import read_variant_name
from schemas.errors import AnalysisProblem

SNV = "1-55039974-G-T"
DELETION = "13-20189346-AG-A"
CODING = "ENST00000302118.5:c.137G>T"
PROTEIN = "PCSK9:p.Arg46Leu"

SPELLINGS = {
    "rs671": ("rs671", "RS671", "Rs671", " rs671 ", "rs00671", "hg38 rs671"),
    SNV: (
        *(SNV, "chr1:55039974:G:T", "1:55039974 G>T", "1:55039974G>T", "1_55039974_G_T", "1_55039974_G/T"),
        *("chr1 55039974 G T", "CHR1-55039974-g-t", "1:55,039,974 G>T", "1\t55039974\t.\tG\tT", "1|55039974|G|T"),
        *("1 55039974 rs11591147 G T", "1 55039974 55039974 G/T 1", "chr1:55039974-55039974:G:T", "1/55039974/G/T"),
        *("1-55039973-AG-AT", "1-55039974-GA-TA", "1-55039973-CGA-CTA"),
        *("NC_000001.11-55039974-G-T", "NC_000001.11:55039973:G:T", "nc_000001.11:55039973:g:t"),
        *("NC_000001.11:g.55039974G>T", "chr1:g.55039974G>T", "1:g.55039974g>t", "NC_000001.11: g.55039974G>T"),
        *("GRCh38:1-55039974-G-T", "hg38 chr1:55039974:G:T", "GRCh38.p14/1-55039974-G-T", "1-55039974-G-T (GRCh38)"),
        *("1-55039974-G-T hg38", "b38_1_55039974_G_T"),
    ),
    DELETION: (DELETION, "chr13:20189346:AG:A", "NC_000013.11:20189345:AG:A", "13-20189345-CAG-CA", "13:20189346 AG>A"),
    "X-5-A-C": ("X-5-A-C", "chrX:5:A:C", "x:5:a:c", "NC_000023.11:4:A:C"),
    "MT-3243-A-G": ("MT-3243-A-G", "chrM:3243:A:G", "m.3243A>G", "NC_012920.1:m.3243A>G", "MT:m.3243A>G"),
    CODING: (
        *(CODING, "enst00000302118.5:c.137g>t", "ENST00000302118.5 c.137G>T", "ENST00000302118.5: c.137G>T"),
        *("ENST00000302118.5(PCSK9):c.137G>T", "ENST00000302118.5(PCSK9):c.137G>T (p.Arg46Leu)"),
        "NC_000001.11(ENST00000302118.5):c.137G>T",
    ),
    "GJB2:c.35del": ("GJB2:c.35del", "GJB2:c.35delG", "gjb2:c.35delg", "GJB2:c.35del1"),
    "A:c.5_6delinsTT": ("A:c.5_6delinsTT", "A:c.5_6delACinsTT", "A:c.5_6delacinstt"),
    "A:c.5_6dup": ("A:c.5_6dup", "A:c.5_6dupAC"),
    "A:c.5_6insGA": ("A:c.5_6insGA", "A:c.5_6insga"),
    "A:c.123+1G>A": ("A:c.123+1G>A",),
    "A:c.-14-2_*9del": ("A:c.-14-2_*9del",),
    "A:n.7C>T": ("A:n.7C>T",),
    "A:c.5=": ("A:c.5=", "A:c.5%3D"),
    PROTEIN: (PROTEIN, "PCSK9:p.R46L", "PCSK9:p.(Arg46Leu)", "PCSK9:p.(R46L)", "pcsk9:p.R46L", "PCSK9 p.R46L"),
    "A:p.Trp212Ter": ("A:p.Trp212Ter", "A:p.W212*", "A:p.W212X", "A:p.Trp212*", "A:p.(Trp212Ter)"),
    "A:p.Pro227=": ("A:p.Pro227=", "A:p.P227=", "A:p.P227P", "A:p.Pro227Pro", "A:p.(Pro227%3D)"),
    "A:p.Leu79ArgfsTer5": ("A:p.Leu79ArgfsTer5", "A:p.L79Rfs*5", "A:p.L79RfsX5", "A:p.(Leu79Argfs*5)"),
    "A:p.Leu79fs": ("A:p.Leu79fs", "A:p.L79fs"),
    "A:p.Met1?": ("A:p.Met1?", "A:p.M1?"),
    "A:p.Met1ext-5": ("A:p.Met1ext-5", "A:p.M1ext-5"),
    "A:p.Ter110GlnextTer17": ("A:p.Ter110GlnextTer17", "A:p.*110Qext*17"),
    "A:p.Lys23_Val25del": ("A:p.Lys23_Val25del", "A:p.K23_V25del"),
    "A:p.Lys2_Met3insGlnSerTer": ("A:p.Lys2_Met3insGlnSerTer", "A:p.K2_M3insQS*"),
    "A:p.Cys28delinsTrpVal": ("A:p.Cys28delinsTrpVal", "A:p.C28delinsWV"),
}
PAIRS = [(written, name) for name, spellings in SPELLINGS.items() for written in spellings]
REFUSED = {
    "bad-variant": (
        *("", "rs", "rs0", "rsx", "ss123", "PCSK9", "rubbish", "1-55039974", "1:55039974", "1-55039974-G", "1-0-A-C"),
        *("1-55039974-G-G", "1-55039974-G-<DEL>", "1-55039974-G-*", "1-55039974-G-.", "1-55039974--T", "1-5-R-A"),
        *("77-5-A-C", "GL000192.1-5-A-C", "chrUn:5:A:C", "1-99999999999-A-C", "1:100-101:G:T", "1 5 5 A/C -1"),
        *("NC_000001.11:5::T", "NC_000001.11:5:2:A", "NC_000001.11:g.5del", "NC_000001.11:g.5_6delinsA", "g.5A>C"),
        *("NC_000001.11:c.5A>C", "NG_009061.1:g.5A>C", "1:m.5A>C", "c.137G>T", "p.Arg46Leu", "A:c.G137T", "A:c.137G>U"),
        *("A:p.Arg46", "A:p.46Leu", "A:p.Arx46Leu", "A:p.ARG46LEU", "a b:c.5A>C", "A:r.5a>c", "A" * 257),
    ),
    "other-assembly": (
        *("GRCh37:1-55505647-G-T", "hg19 chr1:55505647:G:T", "b37/1-55505647-G-T", "1-55505647-G-T (GRCh37)"),
        *("GRCh37.p13 1:55505647 G>T", "hg18:1-5-A-C", "T2T-CHM13v2.0:1-5-A-C", "hg19"),
        *("NC_000001.10:g.55505647G>T", "NC_000001.10:55505646:G:T", "NC_000023.10-5-A-C", "NC_000001.12-5-A-C"),
        *("NC_000001:55505646:G:T", "NC_060925.1:g.5A>C", "NC_001807.4:m.3243A>G"),
    ),
}


@pytest.mark.parametrize(("written", "name"), PAIRS)
def test_one_variant_one_name(written: str, name: str) -> None:
    assert read_variant_name(written).name == name


@pytest.mark.parametrize(("name", "kind"), [("rs671", "rsid"), (SNV, "allele"), (CODING, "hgvs"), (PROTEIN, "hgvs")])
def test_the_kind_follows_from_the_name(name: str, kind: str) -> None:
    assert read_variant_name(name).kind is VariantName(kind)


@pytest.mark.parametrize(("name", "code"), [(name, code) for code, names in REFUSED.items() for name in names])
def test_what_names_no_variant_of_grch38_is_refused(name: str, code: str) -> None:
    with pytest.raises(AnalysisProblem) as caught:
        read_variant_name(name)
    assert caught.value.code == code


def test_the_refusal_of_another_assembly_says_what_to_write() -> None:
    with pytest.raises(AnalysisProblem) as caught:
        read_variant_name("NC_000012.11:g.112241766G>A")
    assert caught.value.message == ("NC_000012.11 is of GRCh37; chromosome 12 of GRCh38 is NC_000012.12")
    assert "never converted" in (caught.value.hint or "")


def hash_of(name: str) -> str:
    escaped = name.replace("\t", " ")
    return canonical_hash(parse(f'cohort "x"\nindex drug\ninclude "r" when carries variant "{escaped}"'))


@pytest.mark.parametrize("name", [SNV, DELETION, CODING, PROTEIN, "rs671"])
def test_one_variant_one_hash(name: str) -> None:
    assert len({hash_of(written) for written in SPELLINGS[name]}) == 1


bases = st.text("ACGT", min_size=1, max_size=4)


@given(st.sampled_from(("1", "22", "X")), st.integers(1, 10**8), bases, bases, bases, st.data())
def test_however_an_allele_is_spelled(contig: str, position: int, ref: str, alt: str, more: str, data) -> None:
    """Bases that both alleles share may stand on either side."""
    name = f"{contig}-{position}-{ref}-{alt}"
    if ref == alt:
        with pytest.raises(AnalysisProblem):
            read_variant_name(name)
        return
    wanted = read_variant_name(name)
    padded = data.draw(
        st.sampled_from((
            f"chr{contig}:{position}:{ref}{more}:{alt}{more}",
            f"{contig}_{position}_{ref}/{alt}",
            f"{contig}:{position:,} {ref.lower()}>{alt.lower()}",
        ))
    )  # fmt: skip
    assert read_variant_name(padded) == wanted
    before = position - len(more)
    if before > 0 and len(ref) == len(alt):  # an insertion or deletion may be moved by it, within a repeat
        assert read_variant_name(f"{contig}-{before}-{more}{ref}-{more}{alt}") == wanted


@given(st.text("rsNC_0123456789.:-/>|ACGTgtchrXM*()p=fde insu\t<>", max_size=40))
def test_any_text_is_read_or_refused_and_read_back_the_same(text: str) -> None:
    try:
        found = read_variant_name(text)
    except AnalysisProblem as problem:
        assert problem.code in ("bad-variant", "other-assembly")
        unread = VariantById(kind=VariantName.ALLELE, name=text)
        assert unread.name == text
        return
    assert read_variant_name(found.name) == found
