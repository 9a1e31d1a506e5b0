"""Gene panels and weighted scores of the synthetic release."""

from collections.abc import Sequence

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.arrow import write_rows
from engine.ingest.synthetic.variants import Site
from schemas.release import PANEL, SCORE, SCORE_WEIGHT

PANELS = {
    "Actionable genes": ("APC", "APOB", "ATP7B", "BRCA1", "BRCA2", "F9", "GLA", "HFE", "HNF1A", "KCNH2", "KCNQ1",
                         "LDLR", "LMNA", "MLH1", "MSH2", "MSH6", "MUTYH", "MYBPC3", "MYH7", "PALB2", "PCSK9", "PTEN",
                         "RET", "SCN5A", "SMAD4", "STK11", "TP53", "TTN", "VHL"),
    "Cardiomyopathy": ("DMD", "GLA", "LAMP2", "LMNA", "MYBPC3", "MYH7", "SCN5A", "TTN"),
    "Familial hypercholesterolaemia": ("APOB", "LDLR", "PCSK9"),
    "Hereditary breast and ovarian cancer": ("ATM", "BRCA1", "BRCA2", "CDH1", "CHEK2", "PALB2", "PTEN", "STK11",
                                             "TP53"),
}  # fmt: skip
"""Panel -> its genes. The first are genes of the release among those whose findings the American College of Medical
Genetics asks to report."""

_SCORES = {
    "ldl_cholesterol": ("LDL cholesterol", "ldl_score"),
    "type_2_diabetes": ("Type 2 diabetes", "t2d_score"),
}
"""Score -> (label, the polygenic score of `genes.SCORES` it is made from)."""


def write_panels(builder: ReleaseBuilder) -> None:
    """Write the gene panels."""
    pairs = [(panel, gene) for panel, genes in sorted(PANELS.items()) for gene in sorted(genes)]
    write_rows(
        builder.path(PANEL), PANEL, {"panel": [panel for panel, _ in pairs], "gene": [gene for _, gene in pairs]}
    )


def write_scores(builder: ReleaseBuilder, sites: Sequence[Site]) -> None:
    """Write the scores with the weights health was made from.

    Published scores count the allele that raises the risk; so where the alternate allele lowers it, the effect allele
    is the reference one, which adds twice its weight to everybody's sum.
    """
    weights = {
        score: [(number, site.weight) for number, site in enumerate(sites) if site.effect == effect]
        for score, (_, effect) in sorted(_SCORES.items())
    }
    write_rows(builder.path(SCORE), SCORE, {
        "score": list(weights), "label": [_SCORES[score][0] for score in weights],
        "constant": [2 * sum(-weight for _, weight in rows if weight < 0) for rows in weights.values()],
        "listed": [len(rows) for rows in weights.values()],
        "matched": [len(rows) for rows in weights.values()]})  # fmt: skip
    listed = [(score, *row) for score, rows in weights.items() for row in rows]
    write_rows(builder.path(SCORE_WEIGHT), SCORE_WEIGHT, {
        "score": [score for score, _, _ in listed], "variant": [number for _, number, _ in listed],
        "weight": [weight for _, _, weight in listed]})  # fmt: skip
