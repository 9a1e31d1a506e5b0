"""How alleles are written, as the rest of the engine imports it from `cohort_dsl.spelling`."""

from cohort_dsl.spelling.alleles import CONTIG_RANK, CONTIGS, Allele, canonical_contig, is_sequence, trim
from cohort_dsl.spelling.places import parse_allele

__all__ = ["CONTIGS", "CONTIG_RANK", "Allele", "canonical_contig", "is_sequence", "parse_allele", "trim"]
