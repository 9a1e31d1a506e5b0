"""Consequences, ClinVar and frequencies as VEP, SnpEff and others write them."""

import pytest

from engine.ingest.variants.annotation import Annotation, Annotator
from engine.ingest.variants.consequences import most_severe
from engine.ingest.variants.frequencies import by_preference
from engine.ingest.variants.source import Record

VEP = (
    "Consequence annotations from Ensembl VEP. Format: "
    "Allele|Consequence|SYMBOL|Feature|BIOTYPE|CANONICAL|HGVSc|HGVSp|LoF|CLIN_SIG|gnomADe_AF"
)
SNPEFF = (
    "Functional annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | "
    "Feature_ID | Transcript_BioType | Rank | HGVS.c | HGVS.p'"
)


def _annotate(info, described, *, ref="A", alts=("G",), number=1, is_external=False):
    annotator = Annotator.of(described, is_external=is_external)
    kept = {name: value for name, value in info.items() if name in annotator.info}
    record = Record(contig="1", position=1, id=None, ref=ref, alts=alts, filter=None, alleles=None, info=kept)
    return annotator.annotate(record, number)


def test_vep_the_most_severe_transcript_wins_and_canonical_breaks_ties():
    entries = (
        "G|intron_variant|OTHER|ENST9|protein_coding|YES||||",
        "G|missense_variant&splice_region_variant|PCSK9|ENST2|protein_coding||ENST2.1:c.9A>G|ENSP2.1:p.Lys3Glu||",
        "G|missense_variant|PCSK9|ENST1|protein_coding|YES|ENST1.5:c.137A>G|ENSP1.1:p.Leu46%3D||benign&likely_benign|0.02",
        "T|stop_gained|PCSK9|ENST1|protein_coding|YES||||",
    )
    assert _annotate({"CSQ": ",".join(entries)}, {"CSQ": VEP}) == Annotation(
        gene="PCSK9",
        transcript="ENST1",
        consequence="missense_variant",
        hgvs_c="ENST1.5:c.137A>G",
        hgvs_p="ENSP1.1:p.Leu46=",
        clinvar="benign|likely_benign",
        af_external=0.02,
    )


@pytest.mark.parametrize(
    ("ref", "alts", "number", "allele"),
    [
        ("CT", ("C",), 1, "-"),
        ("C", ("CAG",), 1, "AG"),
        ("C", ("T", "CAG"), 1, "T"),
        ("CT", ("C", "CTT"), 2, "TT"),
        ("CT", ("GA",), 1, "GA"),
    ],
)
def test_vep_writes_indels_without_the_shared_base(ref, alts, number, allele):
    entry = f"{allele}|frameshift_variant|PCSK9|ENST1|protein_coding|YES|||HC||"
    found = _annotate({"CSQ": entry}, {"CSQ": VEP}, ref=ref, alts=alts, number=number)
    assert (found.gene, found.lof) == ("PCSK9", "HC")


def test_allele_numbers_decide_where_vep_gives_them():
    described = {"CSQ": "Format: Allele|Consequence|SYMBOL|ALLELE_NUM"}
    info = {"CSQ": "-|stop_gained|A|2,-|missense_variant|B|1"}
    found = [_annotate(info, described, alts=("G", "T"), number=number).gene for number in (1, 2)]
    assert found == ["B", "A"]


def test_snpeff_with_its_loss_of_function():
    info = {
        "ANN": "G|stop_gained|HIGH|PCSK9|ENSG1|transcript|ENST1.4|protein_coding|1/12|c.137A>G|p.Arg46*",
        "LOF": "(PCSK9|ENSG1|3|0.67)",
    }
    described = {"ANN": SNPEFF, "LOF": "Predicted loss of function"}
    found = _annotate(info, described)
    assert (found.gene, found.hgvs_c, found.hgvs_p, found.lof) == ("PCSK9", "ENST1.4:c.137A>G", "p.Arg46Ter", "HC")
    assert _annotate(info | {"LOF": "(PCSK9|ENSG1|3|0.33)"}, described).lof == "LC"


def test_a_variant_between_genes_has_no_gene():
    found = _annotate({"ANN": "G|intergenic_region|MODIFIER|A-B|X|intergenic_region|X|||n.1A>G|"}, {"ANN": SNPEFF})
    assert found == Annotation(consequence="intergenic_region")


@pytest.mark.parametrize(
    ("value", "alts", "expected"),
    [
        ("Pathogenic/Likely_pathogenic|drug_response", ("G",), "pathogenic/likely_pathogenic|drug_response"),
        ("5|255", ("G",), "pathogenic|other"),
        ("2,5", ("T", "G"), "benign"),
        (("Benign", "Pathogenic"), ("T", "G"), "benign"),
        ("Pathogenic,_low_penetrance", ("T", "G"), "pathogenic,_low_penetrance"),
        ("Benign,Pathogenic,_low_penetrance", ("T", "G"), "benign"),
        (".", ("G",), None),
    ],
)
def test_clinvar_in_words(value, alts, expected):
    assert _annotate({"CLNSIG": value}, {"CLNSIG": "significance"}, alts=alts).clinvar == expected


def test_frequencies_come_from_gnomad_before_others_and_own_af_only_from_sites():
    described = dict.fromkeys(("AF", "ExAC_AF", "gnomADg_AF", "gnomADg_AF_eas"), "")
    info = {"AF": (0.5,), "ExAC_AF": 0.3, "gnomADg_AF": (0.1, 0.2)}
    assert _annotate(info, described, alts=("G", "T"), number=2).af_external == 0.2
    assert _annotate({"AF": 0.5}, described).af_external is None
    assert _annotate({"AF": 0.5}, described, is_external=True).af_external == 0.5


def test_severity():
    assert most_severe("intron_variant&splice_donor_variant&unheard_of") == "splice_donor_variant"
    assert most_severe("unheard_of") == "unheard_of"


def test_frequencies_in_order_of_preference():
    names = ("ExAC_AF", "1000Gp3_AF", "AF_TGP", "TOPMED", "gnomAD_AF", "gnomADe_AF", "AF_gnomad_v4_genomes", "gnomADg_AF",
             "gnomad41_exome_AF", "gnomAD4.1_joint_AF", "gnomad-AF")  # fmt: skip
    of_some = (
        "gnomADg_AF_eas",
        "gnomADe_AFR_AF",
        "gnomad_AF_popmax",
        "EUR_AF",
        "AF_eas",
        "gnomad_AC",
        "MAX_AF",
        "gnomad",
    )
    found = by_preference((*names, *of_some))
    assert found[0] == "gnomAD4.1_joint_AF"
    assert set(found[1:3]) == {"AF_gnomad_v4_genomes", "gnomADg_AF"}
    assert set(found[3:5]) == {"gnomADe_AF", "gnomad41_exome_AF"}
    assert found[-1] == "ExAC_AF"
    assert set(found) == set(names)


def test_a_frequency_is_of_its_own_allele():
    described = {"gnomADg_AF": "", "TOPMED": ""}
    two = {"alts": ("G", "T"), "number": 2}
    assert _annotate({"gnomADg_AF": (0.1, 0.2)}, described, **two).af_external == 0.2
    assert _annotate({"TOPMED": "0.7,0.1,0.2"}, described, **two).af_external == 0.2
    assert _annotate({"gnomADg_AF": 0.1}, described, **two).af_external is None
    assert _annotate({"gnomADg_AF": (0.1, None), "TOPMED": "0.7,0.1,0.2"}, described, **two).af_external == 0.2
    assert [_annotate({"gnomADg_AF": value}, described).af_external for value in (1.5, -1.0, "x", "0.5")] == [
        None
    ] * 3 + [0.5]


def test_sites_without_a_frequency_have_their_counts():
    described = dict.fromkeys(("AC", "AN"), "")
    info = {"AC": (1, 3), "AN": 8}
    assert _annotate(info, described, alts=("G", "T"), number=2, is_external=True).af_external == 3 / 8
    assert _annotate(info, described, alts=("G", "T"), number=2).af_external is None
    assert _annotate({"AC": 0, "AN": 0}, described, is_external=True).af_external is None


def test_vep_columns_give_frequency_and_clinvar_where_fields_do_not():
    described = {"CSQ": "Format: Allele|Consequence|SYMBOL|Gene|AF|gnomADe_AF|ClinVar_CLNSIG|CLIN_SIG"}
    found = _annotate({"CSQ": "G|intron_variant||ENSG1|0.3||Likely_benign|benign"}, described)
    assert found == Annotation(gene="ENSG1", consequence="intron_variant", clinvar="likely_benign", af_external=0.3)
    found = _annotate({"CSQ": "G|intron_variant|A|ENSG1|0.3|0.2||benign&other"}, described)
    assert (found.gene, found.af_external, found.clinvar) == ("A", 0.2, "benign|other")


def test_allele_numbers_of_the_record_before_it_was_split_are_not_used():
    described = {"CSQ": "Format: Allele|Consequence|SYMBOL|ALLELE_NUM"}
    assert _annotate({"CSQ": "G|stop_gained|A|2"}, described).gene == "A"


def test_loss_of_function_is_of_the_gene_and_hc_before_lc():
    def entry(gene, consequence, lof):
        return f"G|{consequence}|{gene}|ENST1|protein_coding|YES|||{lof}||"

    lines = (
        entry("A", "stop_gained", "LC"),
        entry("A", "frameshift_variant", "HC"),
        entry("B", "intron_variant", "HC"),
    )
    assert _annotate({"CSQ": ",".join(lines)}, {"CSQ": VEP}).lof == "HC"
    assert _annotate({"CSQ": ",".join((lines[0], lines[2]))}, {"CSQ": VEP}).lof == "LC"
    assert _annotate({"CSQ": lines[0].replace("LC", "OS")}, {"CSQ": VEP}).lof is None


def test_absent_and_broken_annotations_say_nothing():
    for value in (None, "", ".", "G", "G|", "||||||||||||||||", "T|stop_gained|A", "|".join("G" * 40)):
        info = {} if value is None else {"CSQ": value}
        assert _annotate(info, {"CSQ": VEP}).gene in (None, "G")
    assert _annotate({}, {"CSQ": "no columns"}) == Annotation()
    assert _annotate({}, {}) == Annotation()
