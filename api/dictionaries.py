"""The dictionaries of a release as wire models, for the HTTP routes and the command line alike."""

from engine import FoundVariant, Session
from schemas.fields import FIELDS, PERSON_FIELDS, VARIANT_FIELDS
from schemas.omop import EVENT_TABLES, Domain
from schemas.wire import (
    ConceptInfo,
    ConceptList,
    DomainInfo,
    DomainList,
    FieldInfo,
    GeneInfo,
    GeneList,
    KnownVariantInfo,
    KnownVariantList,
    OptionInfo,
    PanelInfo,
    PanelList,
    QuestionInfo,
    QuestionList,
    ScoreInfo,
    ScoreList,
    VocabularyList,
)


def domain_list() -> DomainList:
    """Kinds of event with their fields, and the fields of variants and persons, from `schemas.fields`."""
    return DomainList(
        domains=[
            DomainInfo(
                name=domain.words,
                description=EVENT_TABLES[domain].description,
                fields=[
                    FieldInfo(name=spec.field.value, kind=spec.kind.value, description=spec.description)
                    for spec in FIELDS.values()
                    if domain in spec.domains
                ],
            )
            for domain in Domain
        ],
        variant_fields=[
            FieldInfo(name=field.value, kind=kind.value, description=description)
            for field, (kind, description) in VARIANT_FIELDS.items()
        ],
        person_fields=[
            FieldInfo(name=field.value, kind=kind.value, description=description)
            for field, (kind, description) in PERSON_FIELDS.items()
        ],
    )


def concept_list(session: Session, text: str, *, vocabulary: str | None, domain: str | None, limit: int) -> ConceptList:
    """Concepts by label, code or id."""
    return ConceptList(
        release=session.release.id,
        concepts=[
            ConceptInfo(
                concept_id=concept.concept_id,
                name=concept.name,
                name_ko=concept.name_ko,
                domain=concept.domain,
                vocabulary=concept.vocabulary,
                code=concept.code,
                standard=concept.standard,
            )
            for concept in session.concepts(text, vocabulary=vocabulary, domain=domain, limit=limit)
        ],
    )


def vocabulary_list(session: Session) -> VocabularyList:
    """Vocabulary ids."""
    return VocabularyList(release=session.release.id, vocabularies=list(session.vocabularies()))


def question_list(session: Session, text: str) -> QuestionList:
    """Survey questions by id or label."""
    return QuestionList(
        release=session.release.id,
        questions=[
            QuestionInfo(
                question_id=question.question_id,
                survey_id=question.survey_id,
                kind=question.kind,
                label=question.label,
                label_ko=question.label_ko,
                unit=question.unit,
                options=[
                    OptionInfo(answer=option.answer, label=option.label, label_ko=option.label_ko)
                    for option in question.options
                ],
            )
            for question in session.questions(text)
        ],
    )


def gene_list(session: Session, text: str, *, limit: int) -> GeneList:
    """Genes by symbol or name; the nearest symbol where there is none."""
    found = session.genes(text, limit=limit)
    near = None if found else session.gene_near(text)
    return GeneList(
        release=session.release.id,
        genes=[
            GeneInfo(gene=gene.gene, contig=gene.contig, start=gene.start, end=gene.end, name=gene.name)
            for gene in found
        ],
        hint=f"did you mean `{near}`?" if near else None,
    )


def variant_list(session: Session, text: str, *, limit: int) -> KnownVariantList:
    """Known variants by name, gene or region."""
    found = session.variants(text, limit=limit)
    return KnownVariantList(
        release=session.release.id,
        kind=found.kind.value,
        words=found.words,
        known=found.is_known,
        total=found.total,
        variants=list(map(_variant, found.found)),
        near=list(map(_variant, found.near)),
        hint=found.hint,
    )


def _variant(found: FoundVariant) -> KnownVariantInfo:
    row = found.variant
    return KnownVariantInfo(
        variant=row.name,
        words=found.words,
        rsid=row.rsid,
        gene=row.gene,
        transcript=row.transcript,
        consequence=row.consequence,
        hgvs_c=row.hgvs_c,
        hgvs_p=row.hgvs_p,
        lof=row.lof,
        clinvar=row.clinvar,
        af_external=row.af_external,
    )


def panel_list(session: Session, text: str, *, limit: int) -> PanelList:
    """Gene panels by name, or by a gene they have."""
    return PanelList(
        release=session.release.id,
        panels=[
            PanelInfo(panel=panel.name, words=panel.words, genes=list(panel.genes))
            for panel in session.panels(text, limit=limit)
        ],
    )


def score_list(session: Session, text: str, *, limit: int, is_exact: bool) -> ScoreList:
    """Weighted scores by name, label or source id; how many of their variants the release has only where numbers are
    exact."""
    return ScoreList(
        release=session.release.id,
        scores=[
            ScoreInfo(
                score=score.info.score,
                words=score.words,
                label=score.info.label,
                source_id=score.info.source_id,
                listed=score.info.listed,
                matched=score.info.matched if is_exact else None,
            )
            for score in session.scores(text, limit=limit)
        ],
    )
