"""Everything there is to look up, as values."""

from api.client.asking import Asked, look_up
from schemas.wire.dictionaries import (
    BudgetAnswer,
    ConceptList,
    DomainList,
    ExampleList,
    FieldInfo,
    GeneList,
    KnownVariantList,
    PanelList,
    QuestionList,
    ReleaseInfo,
    ScoreList,
    VocabularyList,
)

RELEASE: Asked[ReleaseInfo] = look_up("/v1/release", ReleaseInfo)
BUDGET: Asked[BudgetAnswer] = look_up("/v1/budget", BudgetAnswer)
DOMAINS: Asked[DomainList] = look_up("/v1/domains", DomainList)
VOCABULARIES: Asked[VocabularyList] = look_up("/v1/vocabularies", VocabularyList)
EXAMPLES: Asked[ExampleList] = look_up("/v1/examples", ExampleList)


def concepts(search: str, vocabulary: str | None, domain: str | None, limit: int) -> Asked[ConceptList]:
    """Concepts of the vocabulary."""
    return look_up("/v1/concepts", ConceptList, search=search, vocabulary=vocabulary, domain=domain, limit=limit)


def genes(search: str, limit: int) -> Asked[GeneList]:
    """Genes by name."""
    return look_up("/v1/genes", GeneList, search=search, limit=limit)


def variants(search: str, limit: int) -> Asked[KnownVariantList]:
    """What is known of variants of a gene, a region, an rsID or an HGVS name."""
    return look_up("/v1/variants", KnownVariantList, search=search, limit=limit)


def questions(search: str) -> Asked[QuestionList]:
    """Survey questions."""
    return look_up("/v1/survey/questions", QuestionList, search=search)


def panels(search: str, limit: int) -> Asked[PanelList]:
    """Gene panels."""
    return look_up("/v1/panels", PanelList, search=search, limit=limit)


def scores(search: str, limit: int) -> Asked[ScoreList]:
    """Weighted scores."""
    return look_up("/v1/scores", ScoreList, search=search, limit=limit)


def fields_of(domains: DomainList, search: str) -> dict[str, FieldInfo]:
    """Fields whose name or description has a text in it, by `domain.name`."""
    kinds = [(domain.name, domain.fields) for domain in domains.domains]
    kinds += [("variant", domains.variant_fields), ("person", domains.person_fields)]
    named = {f"{kind}.{field.name}": field for kind, fields in kinds for field in fields}
    wanted = search.casefold()
    return {name: field for name, field in named.items() if wanted in f"{name} {field.description}".casefold()}
