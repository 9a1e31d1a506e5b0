"""The dictionaries of a release as wire models, for the HTTP routes and the command line alike."""

from engine import Session
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
    OptionInfo,
    QuestionInfo,
    QuestionList,
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
    """Genes by symbol or name."""
    return GeneList(
        release=session.release.id,
        genes=[
            GeneInfo(gene=gene.gene, contig=gene.contig, start=gene.start, end=gene.end, name=gene.name)
            for gene in session.genes(text, limit=limit)
        ],
    )
