"""Sequence Ontology consequences of a variant, from the most to the least severe (the order Ensembl publishes)."""

SEVERITY: tuple[str, ...] = (
    "transcript_ablation",
    "splice_acceptor_variant",
    "splice_donor_variant",
    "stop_gained",
    "frameshift_variant",
    "stop_lost",
    "start_lost",
    "transcript_amplification",
    "feature_elongation",
    "feature_truncation",
    "inframe_insertion",
    "inframe_deletion",
    "missense_variant",
    "protein_altering_variant",
    "splice_donor_5th_base_variant",
    "splice_region_variant",
    "splice_donor_region_variant",
    "splice_polypyrimidine_tract_variant",
    "incomplete_terminal_codon_variant",
    "start_retained_variant",
    "stop_retained_variant",
    "synonymous_variant",
    "coding_sequence_variant",
    "mature_miRNA_variant",
    "5_prime_UTR_variant",
    "3_prime_UTR_variant",
    "non_coding_transcript_exon_variant",
    "intron_variant",
    "NMD_transcript_variant",
    "non_coding_transcript_variant",
    "coding_transcript_variant",
    "upstream_gene_variant",
    "downstream_gene_variant",
    "TFBS_ablation",
    "TFBS_amplification",
    "TF_binding_site_variant",
    "regulatory_region_ablation",
    "regulatory_region_amplification",
    "regulatory_region_variant",
    "intergenic_variant",
    "sequence_variant",
)

INTERGENIC = frozenset({"intergenic_variant", "intergenic_region"})
"""Terms of variants that lie in no gene, whatever gene the annotation names as nearest."""

_RANK = {term: rank for rank, term in enumerate(SEVERITY)}
_SNPEFF = {
    "conservative_inframe_insertion": "inframe_insertion",
    "disruptive_inframe_insertion": "inframe_insertion",
    "conservative_inframe_deletion": "inframe_deletion",
    "disruptive_inframe_deletion": "inframe_deletion",
    "5_prime_UTR_premature_start_codon_gain_variant": "5_prime_UTR_variant",
    "intergenic_region": "intergenic_variant",
    "intragenic_variant": "intron_variant",
}


def rank(term: str) -> int:
    """0 for the most severe; a term that is not listed comes after all that are."""
    return _RANK.get(_SNPEFF.get(term, term), len(SEVERITY))


def most_severe(terms: str) -> str:
    """Of terms joined by `&`, the most severe, as it was written."""
    return min(terms.split("&"), key=rank)
