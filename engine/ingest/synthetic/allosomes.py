"""Genes and variants of X, Y and the mitochondrial chromosome (GRCh38, 1-based), which not everyone has two copies of.

SHOX, CRLF2 and ASMT lie in the pseudoautosomal region. The ribosomal and transfer RNA of mitochondria have real
variants only.
"""

from engine.ingest.synthetic.genes import Gene, KnownVariant
from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.variants import CONSEQUENCES, Site, draw_sites, known_site, loss_of_function

_PSEUDOAUTOSOMAL = (
    Gene("SHOX", "X", 624344, 659411, "SHOX homeobox"),
    Gene("CRLF2", "X", 1190490, 1212649, "cytokine receptor like factor 2"),
    Gene("ASMT", "X", 1615059, 1643081, "acetylserotonin O-methyltransferase"),
)
_X = (
    Gene("DMD", "X", 31119222, 33339388, "dystrophin", None, 0.0004),
    Gene("OTC", "X", 38352586, 38421446, "ornithine transcarbamylase"),
    Gene("GLA", "X", 101397803, 101407925, "galactosidase alpha", None, 0.0006),
    Gene("LAMP2", "X", 120426148, 120469349, "lysosomal associated membrane protein 2"),
    Gene("F9", "X", 139530739, 139563459, "coagulation factor IX", None, 0.0003),
    Gene("FMR1", "X", 147911951, 147951125, "fragile X messenger ribonucleoprotein 1"),
    Gene("G6PD", "X", 154531390, 154547572, "glucose-6-phosphate dehydrogenase"),
    Gene("F8", "X", 154835788, 155026940, "coagulation factor VIII", None, 0.0005),
)
_Y = (
    Gene("SRY", "Y", 2786855, 2787682, "sex determining region Y"),
    Gene("USP9Y", "Y", 12701231, 12860839, "ubiquitin specific peptidase 9 Y-linked"),
    Gene("DDX3Y", "Y", 12904108, 12920478, "DEAD-box helicase 3 Y-linked"),
    Gene("KDM5D", "Y", 19703865, 19744939, "lysine demethylase 5D"),
)
_MT = (
    Gene("MT-ND1", "MT", 3307, 4262, "mitochondrially encoded NADH dehydrogenase 1"),
    Gene("MT-CO1", "MT", 5904, 7445, "mitochondrially encoded cytochrome c oxidase I"),
    Gene("MT-ATP6", "MT", 8527, 9207, "mitochondrially encoded ATP synthase 6"),
    Gene("MT-ND3", "MT", 10059, 10404, "mitochondrially encoded NADH dehydrogenase 3"),
    Gene("MT-ND4", "MT", 10760, 12137, "mitochondrially encoded NADH dehydrogenase 4"),
    Gene("MT-ND5", "MT", 12337, 14148, "mitochondrially encoded NADH dehydrogenase 5"),
    Gene("MT-CYB", "MT", 14747, 15887, "mitochondrially encoded cytochrome b"),
)
_RNA = (
    Gene("MT-RNR1", "MT", 648, 1601, "mitochondrially encoded 12S rRNA"),
    Gene("MT-TL1", "MT", 3230, 3304, "mitochondrially encoded tRNA-Leu (UUA/G) 1"),
)

ALLOSOMAL_GENES = (*_PSEUDOAUTOSOMAL, *_X, *_Y, *_MT, *_RNA)

_MISSENSE, _EXON = "missense_variant", "non_coding_transcript_exon_variant"
_KNOWN = (
    KnownVariant("X", 154532269, "C", "A", "rs72554665", "G6PD", _MISSENSE, 0.002, "p.Arg459Leu", None, "pathogenic"),
    KnownVariant("MT", 1555, "A", "G", "rs267606617", "MT-RNR1", _EXON, 0.002, None, None, "drug_response"),
    KnownVariant("MT", 3243, "A", "G", "rs199474657", "MT-TL1", _EXON, 0.0006, None, None, "pathogenic"),
    KnownVariant("MT", 8701, "A", "G", "rs2000975", "MT-ATP6", _MISSENSE, 0.6, "p.Thr59Ala", clade=0),
    KnownVariant("MT", 10398, "A", "G", "rs2853826", "MT-ND3", _MISSENSE, 0.63, "p.Thr114Ala", clade=0),
    KnownVariant("MT", 11778, "G", "A", "rs199476112", "MT-ND4", _MISSENSE, 0.0008, "p.Arg340His", None, "pathogenic"),
)

_NO_INTRONS = (("missense_variant", 0.45), ("synonymous_variant", 0.55))
_SHARES = (
    (_PSEUDOAUTOSOMAL, 12, 0.1, CONSEQUENCES),
    (_X, 60, 1.0, CONSEQUENCES),
    (_Y, 15, 0.1, CONSEQUENCES),
    (_MT, 20, 0.2, _NO_INTRONS),
)
"""(genes, variants, variants a square root of persons, consequences)."""


def allosomal_sites(persons: int, founders: int, seed: int, topic: str) -> list[Site]:
    """Drawn variants of X, Y and MT, unordered; each topic has its own."""
    random = stream(seed, topic)
    drawn = [site for gene in ALLOSOMAL_GENES for site in loss_of_function(gene, random)]
    for genes, least, share, consequences in _SHARES:
        drawn += draw_sites(least + int(share * persons**0.5), founders, random, genes, consequences)
    return drawn


def known_allosomal_sites() -> list[Site]:
    """The real ones."""
    return [known_site(variant) for variant in _KNOWN]
