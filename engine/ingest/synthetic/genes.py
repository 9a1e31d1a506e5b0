"""Genes and the variants in them that matter, at GRCh38 coordinates (1-based), from public annotation.

Frequencies are rounded and, for a few loss-of-function variants, higher than in Korea, so that a demonstration of
20,000 people has carriers; nothing here estimates a real frequency.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene; `effect` names the score that its rare loss-of-function variants add to, `lof_frequency` their sum."""

    symbol: str
    contig: str
    start: int
    end: int
    name: str
    effect: str | None = None
    lof_frequency: float = 0.0


GENES = (
    Gene("PCSK9", "1", 55039447, 55064852, "proprotein convertase subtilisin/kexin type 9", "pcsk9_lof", 0.011),
    Gene("MTHFR", "1", 11785723, 11806455, "methylenetetrahydrofolate reductase"),
    Gene("MUTYH", "1", 45329163, 45340924, "mutY DNA glycosylase"),
    Gene("ANGPTL3", "1", 62597520, 62606313, "angiopoietin like 3"),
    Gene("SORT1", "1", 109309575, 109397951, "sortilin 1"),
    Gene("GBA1", "1", 155234452, 155244699, "glucosylceramidase beta 1"),
    Gene("LMNA", "1", 156082573, 156140081, "lamin A/C"),
    Gene("F5", "1", 169511951, 169586588, "coagulation factor V"),
    Gene("APOB", "2", 21001429, 21044073, "apolipoprotein B"),
    Gene("MSH2", "2", 47403067, 47634501, "mutS homolog 2", "lynch", 0.0012),
    Gene("MSH6", "2", 47695530, 47810101, "mutS homolog 6"),
    Gene("SCN1A", "2", 165989160, 166149214, "sodium voltage-gated channel alpha subunit 1", "scn1a", 0.0008),
    Gene("TTN", "2", 178525989, 178830802, "titin"),
    Gene("UGT1A1", "2", 233760270, 233773300, "UDP glucuronosyltransferase family 1 member A1"),
    Gene("VHL", "3", 10141778, 10153667, "von Hippel-Lindau tumor suppressor"),
    Gene("PPARG", "3", 12287368, 12434356, "peroxisome proliferator activated receptor gamma"),
    Gene("MLH1", "3", 36993226, 37050846, "mutL homolog 1", "lynch", 0.0012),
    Gene("SCN5A", "3", 38548062, 38649687, "sodium voltage-gated channel alpha subunit 5"),
    Gene("ABCG2", "4", 88090150, 88231628, "ATP binding cassette subfamily G member 2"),
    Gene("ADH1B", "4", 99304971, 99321401, "alcohol dehydrogenase 1B"),
    Gene("HMGCR", "5", 75336329, 75364001, "3-hydroxy-3-methylglutaryl-CoA reductase"),
    Gene("APC", "5", 112707498, 112846239, "APC regulator of WNT signaling pathway"),
    Gene("TPMT", "6", 18128311, 18155169, "thiopurine S-methyltransferase"),
    Gene("CDKAL1", "6", 20534457, 21232404, "CDK5 regulatory subunit associated protein 1 like 1"),
    Gene("HFE", "6", 26087281, 26098343, "homeostatic iron regulator"),
    Gene("HLA-B", "6", 31353872, 31367067, "major histocompatibility complex, class I, B"),
    Gene("LPA", "6", 160531482, 160664275, "lipoprotein(a)"),
    Gene("GCK", "7", 44143213, 44198170, "glucokinase"),
    Gene("NPC1L1", "7", 44512535, 44541330, "NPC1 like intracellular cholesterol transporter 1"),
    Gene("CFTR", "7", 117480025, 117668665, "CF transmembrane conductance regulator"),
    Gene("KCNH2", "7", 150944961, 150978321, "potassium voltage-gated channel subfamily H member 2"),
    Gene("LPL", "8", 19901717, 19967259, "lipoprotein lipase"),
    Gene("SLC30A8", "8", 116950273, 117176714, "solute carrier family 30 member 8"),
    Gene("CDKN2B", "9", 22002903, 22009313, "cyclin dependent kinase inhibitor 2B"),
    Gene("ABCA1", "9", 104781006, 104928155, "ATP binding cassette subfamily A member 1"),
    Gene("RET", "10", 43077027, 43130351, "ret proto-oncogene"),
    Gene("PTEN", "10", 87863113, 87971930, "phosphatase and tensin homolog"),
    Gene("CYP2C19", "10", 94762681, 94855547, "cytochrome P450 family 2 subfamily C member 19"),
    Gene("CYP2C9", "10", 94938658, 94990091, "cytochrome P450 family 2 subfamily C member 9"),
    Gene("TCF7L2", "10", 112950247, 113167678, "transcription factor 7 like 2"),
    Gene("KCNQ1", "11", 2444684, 2849105, "potassium voltage-gated channel subfamily Q member 1", "kcnq1", 0.0015),
    Gene("HBB", "11", 5225464, 5229395, "hemoglobin subunit beta", "hbb", 0.0015),
    Gene("KCNJ11", "11", 17385248, 17389331, "potassium inwardly rectifying channel subfamily J member 11"),
    Gene("F2", "11", 46719196, 46739506, "coagulation factor II, thrombin"),
    Gene("MYBPC3", "11", 47331406, 47352702, "myosin binding protein C3"),
    Gene("ATM", "11", 108223044, 108369102, "ATM serine/threonine kinase"),
    Gene("APOC3", "11", 116829706, 116833072, "apolipoprotein C3"),
    Gene("SLCO1B1", "12", 21131194, 21239796, "solute carrier organic anion transporter family member 1B1"),
    Gene("LRRK2", "12", 40196744, 40369285, "leucine rich repeat kinase 2"),
    Gene("PAH", "12", 102836889, 102958441, "phenylalanine hydroxylase"),
    Gene("ALDH2", "12", 111766887, 111817532, "aldehyde dehydrogenase 2 family member"),
    Gene("HNF1A", "12", 120978543, 121002512, "HNF1 homeobox A", "hnf1a", 0.0008),
    Gene("GJB2", "13", 20187470, 20192898, "gap junction protein beta 2"),
    Gene("BRCA2", "13", 32315086, 32400268, "BRCA2 DNA repair associated", "brca_lof", 0.0035),
    Gene("NUDT15", "13", 48037726, 48052755, "nudix hydrolase 15"),
    Gene("ATP7B", "13", 51930436, 52012125, "ATPase copper transporting beta"),
    Gene("MYH7", "14", 23412740, 23435660, "myosin heavy chain 7"),
    Gene("PALB2", "16", 23603160, 23641310, "partner and localizer of BRCA2"),
    Gene("VKORC1", "16", 31090842, 31095980, "vitamin K epoxide reductase complex subunit 1"),
    Gene("FTO", "16", 53701692, 54158512, "FTO alpha-ketoglutarate dependent dioxygenase"),
    Gene("CETP", "16", 56961923, 56985845, "cholesteryl ester transfer protein"),
    Gene("CDH1", "16", 68737225, 68835537, "cadherin 1", "cdh1", 0.0006),
    Gene("TP53", "17", 7661779, 7687538, "tumor protein p53"),
    Gene("BRCA1", "17", 43044295, 43170245, "BRCA1 DNA repair associated", "brca_lof", 0.0028),
    Gene("SMAD4", "18", 51028394, 51085045, "SMAD family member 4"),
    Gene("MC4R", "18", 60371062, 60372775, "melanocortin 4 receptor"),
    Gene("STK11", "19", 1205778, 1228431, "serine/threonine kinase 11"),
    Gene("LDLR", "19", 11089362, 11133820, "low density lipoprotein receptor", "ldlr_lof", 0.0022),
    Gene("TM6SF2", "19", 19264364, 19273391, "transmembrane 6 superfamily member 2"),
    Gene("APOE", "19", 44905791, 44909393, "apolipoprotein E"),
    Gene("HNF4A", "20", 44355700, 44434596, "hepatocyte nuclear factor 4 alpha"),
    Gene("CHEK2", "22", 28687743, 28742422, "checkpoint kinase 2"),
    Gene("CYP2D6", "22", 42126499, 42130865, "cytochrome P450 family 2 subfamily D member 6"),
    Gene("PNPLA3", "22", 43923792, 43964488, "patatin like phospholipase domain containing 3"),
)


@dataclass(frozen=True, slots=True)
class KnownVariant:
    """A real variant; each alternate allele adds `weight` to the score `effect`. `clade`: see `Site`."""

    contig: str
    position: int
    ref: str
    alt: str
    rsid: str
    gene: str | None
    consequence: str
    frequency: float
    hgvs_p: str | None = None
    lof: str | None = None
    clinvar: str | None = None
    effect: str | None = None
    weight: float = 1.0
    clade: int | None = None


_MISSENSE, _INTRON, _STOP, _FRAMESHIFT = "missense_variant", "intron_variant", "stop_gained", "frameshift_variant"

KNOWN_VARIANTS = (
    KnownVariant(
        "12", 111803962, "G", "A", "rs671", "ALDH2", _MISSENSE, 0.16, "p.Glu504Lys", None, "drug_response", "aldh2"
    ),
    KnownVariant("4", 99318162, "T", "C", "rs1229984", "ADH1B", _MISSENSE, 0.25, "p.His48Arg", None, "drug_response"),
    KnownVariant(
        "19",
        44908684,
        "T",
        "C",
        "rs429358",
        "APOE",
        _MISSENSE,
        0.10,
        "p.Cys130Arg",
        None,
        "risk_factor",
        "apoe_e4",
        clade=0,
    ),
    KnownVariant(
        "19",
        44908822,
        "C",
        "T",
        "rs7412",
        "APOE",
        _MISSENSE,
        0.05,
        "p.Arg176Cys",
        None,
        "drug_response",
        "apoe_e2",
        clade=2,
    ),
    KnownVariant(
        "1", 55039974, "G", "T", "rs11591147", "PCSK9", _MISSENSE, 0.006, "p.Arg46Leu", None, "benign", "pcsk9_lof", 0.6
    ),
    KnownVariant(
        "22", 43928847, "C", "G", "rs738409", "PNPLA3", _MISSENSE, 0.42, "p.Ile148Met", None, "risk_factor", "pnpla3"
    ),
    KnownVariant(
        "19", 19268740, "C", "T", "rs58542926", "TM6SF2", _MISSENSE, 0.08, "p.Glu167Lys", None, None, "tm6sf2"
    ),
    KnownVariant(
        "10", 112998590, "C", "T", "rs7903146", "TCF7L2", _INTRON, 0.04, None, None, "risk_factor", "t2d_score", 0.35
    ),
    KnownVariant("16", 53786615, "T", "A", "rs9939609", "FTO", _INTRON, 0.13, None, None, None, "fto"),
    KnownVariant("1", 11796321, "G", "A", "rs1801133", "MTHFR", _MISSENSE, 0.42, "p.Ala222Val", None, "drug_response"),
    KnownVariant(
        "12", 21178615, "T", "C", "rs4149056", "SLCO1B1", _MISSENSE, 0.14, "p.Val174Ala", None, "drug_response"
    ),
    KnownVariant(
        "10", 94781859, "G", "A", "rs4244285", "CYP2C19", "synonymous_variant", 0.28, "p.Pro227=", None, "drug_response"
    ),
    KnownVariant("10", 94780653, "G", "A", "rs4986893", "CYP2C19", _STOP, 0.09, "p.Trp212Ter", "HC", "drug_response"),
    KnownVariant(
        "10", 94981296, "A", "C", "rs1057910", "CYP2C9", _MISSENSE, 0.04, "p.Ile359Leu", None, "drug_response"
    ),
    KnownVariant(
        "16", 31096368, "C", "T", "rs9923231", "VKORC1", "upstream_gene_variant", 0.91, None, None, "drug_response"
    ),
    KnownVariant("2", 233760498, "G", "A", "rs4148323", "UGT1A1", _MISSENSE, 0.19, "p.Gly71Arg", None, "drug_response"),
    KnownVariant(
        "13", 48045719, "C", "T", "rs116855232", "NUDT15", _MISSENSE, 0.10, "p.Arg139Cys", None, "drug_response"
    ),
    KnownVariant("6", 26092913, "G", "A", "rs1800562", "HFE", _MISSENSE, 0.0003, "p.Cys282Tyr", None, "pathogenic"),
    KnownVariant("1", 169549811, "C", "T", "rs6025", "F5", _MISSENSE, 0.0004, "p.Arg534Gln", None, "risk_factor"),
    KnownVariant("11", 46739505, "G", "A", "rs1799963", "F2", "3_prime_UTR_variant", 0.0003, None, None, "risk_factor"),
    KnownVariant("13", 20189346, "AG", "A", "rs80338943", "GJB2", _FRAMESHIFT, 0.005, "p.Leu79fs", "HC", "pathogenic"),
    KnownVariant(
        "9", 22124478, "A", "G", "rs10757278", None, "intergenic_variant", 0.48, None, None, None, "cad_score", 0.22
    ),
    KnownVariant("8", 19962213, "C", "G", "rs328", "LPL", _STOP, 0.12, "p.Ser474Ter", "LC", "benign"),
    KnownVariant("16", 56962376, "G", "A", "rs708272", "CETP", _INTRON, 0.38, None, None, None, "cetp"),
    KnownVariant(
        "4", 88131171, "G", "T", "rs2231142", "ABCG2", _MISSENSE, 0.28, "p.Gln141Lys", None, "risk_factor", "abcg2"
    ),
    KnownVariant("19", 11091630, "G", "T", "rs6511720", "LDLR", _INTRON, 0.012, None, None, None, "ldl_score", -0.6),
    KnownVariant(
        "8",
        117172544,
        "C",
        "T",
        "rs13266634",
        "SLC30A8",
        _MISSENSE,
        0.42,
        "p.Arg325Trp",
        None,
        "risk_factor",
        "t2d_score",
        -0.12,
    ),
    KnownVariant(
        "3", 12351626, "C", "G", "rs1801282", "PPARG", _MISSENSE, 0.04, "p.Pro12Ala", None, "benign", "t2d_score", -0.15
    ),
    KnownVariant("6", 20661019, "G", "C", "rs7754840", "CDKAL1", _INTRON, 0.47, None, None, None, "t2d_score", 0.18),
    KnownVariant(
        "11", 17388025, "T", "C", "rs5219", "KCNJ11", _MISSENSE, 0.62, "p.Lys23Glu", None, "benign", "t2d_score", -0.08
    ),
    KnownVariant("11", 5226774, "G", "A", "rs11549407", "HBB", _STOP, 0.0004, "p.Gln40Ter", "HC", "pathogenic", "hbb"),
    KnownVariant("11", 5227002, "T", "A", "rs334", "HBB", _MISSENSE, 0.0001, "p.Glu7Val", None, "pathogenic"),
    KnownVariant(
        "12",
        40340400,
        "G",
        "A",
        "rs34637584",
        "LRRK2",
        _MISSENSE,
        0.0002,
        "p.Gly2019Ser",
        None,
        "pathogenic",
        "lrrk2",
        3.0,
    ),
    KnownVariant(
        "12", 40320043, "G", "C", "rs33949390", "LRRK2", _MISSENSE, 0.011, "p.Arg1628Pro", None, "risk_factor", "lrrk2"
    ),
)

SCORES = ("pcsk9_lof", "ldlr_lof", "brca_lof", "lynch", "cdh1", "kcnq1", "hbb", "hnf1a", "scn1a", "aldh2", "apoe_e4",
          "apoe_e2", "pnpla3", "tm6sf2", "cetp", "abcg2", "lrrk2", "fto", "t2d_score", "cad_score", "ldl_score",
          "atrial_prone")  # fmt: skip
"""What variants add to; the last four are polygenic, standardised to mean 0 and variance 1."""

POLYGENIC = SCORES[-4:]
POLYGENIC_SITES = 24
"""Common variants drawn for each polygenic score, besides the known ones."""
