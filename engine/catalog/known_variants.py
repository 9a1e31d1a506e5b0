"""What annotation says of the alleles a name fits, apart from who carries them: where they lie, how frequent they are.

It is public, and so the one source for rules that must not depend on anybody's genotypes.
"""

from dataclasses import dataclass

from cohort_dsl.ast import VariantById, VariantName
from engine.catalog.annotation import AnnotatedVariant, Annotation, Place
from engine.catalog.variant_match import match_allele, match_change
from engine.genotypes.alleles import CONTIG_RANK, Allele, parse_allele
from engine.genotypes.hgvs import parse_hgvs
from schemas.policy import COMMON_FREQUENCY


@dataclass(frozen=True, slots=True)
class KnownVariant:
    """The alleles that annotation knows by a name, and the place of the name, where it or its text says one."""

    alleles: tuple[AnnotatedVariant, ...]
    place: Place | None

    @property
    def frequency(self) -> float | None:
        """What reference data say of the most frequent of the alleles; absent where they know none."""
        return max((row.af_external for row in self.alleles if row.af_external is not None), default=None)

    @property
    def common(self) -> frozenset[Allele]:
        """Those so frequent in reference data that anybody expects them in a release."""
        return frozenset(row.allele for row in self.alleles if (row.af_external or 0) >= COMMON_FREQUENCY)


def known_variant(annotation: Annotation, variant: VariantById) -> KnownVariant:
    """What is known of a name; nothing of one that nobody described."""
    written = None
    match variant.kind:
        case VariantName.RSID:
            alleles = annotation.with_rsid(variant.name.lower())
        case VariantName.HGVS:
            wanted = parse_hgvs(variant.name)
            alleles = match_change(annotation, wanted).rows if wanted.sequence else ()
        case VariantName.ALLELE:
            written = parse_allele(variant.name)
            alleles = match_allele(annotation, written).rows if written else ()
    places = [Place(each.contig, each.position, each.position) for each in (*alleles, *([written] if written else []))]
    return KnownVariant(alleles, min((place for place in places if place.contig in CONTIG_RANK), default=None))
