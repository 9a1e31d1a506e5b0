"""How a variant is named."""

from cohort_dsl.ast import VariantById, VariantName
from cohort_dsl.spelling.names import read_name


def read_variant_name(text: str) -> VariantById:
    """The variant a text names, in any common spelling of rsIDs, HGVS names and alleles (`cohort_dsl.spelling`).

    `AnalysisProblem` `bad-variant` when it names none, `other-assembly` when its position is not of GRCh38.

    >>> read_variant_name("chr1:55,039,974 G>T").name, read_variant_name("PCSK9:p.(R46L)").name
    ('1-55039974-G-T', 'PCSK9:p.Arg46Leu')
    """
    read_name(text)  # the node leaves alone what cannot be read, for a check to speak of
    return VariantById(kind=VariantName.ALLELE, name=text)
