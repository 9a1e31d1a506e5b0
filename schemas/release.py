"""The tables of a release that are not events: persons, vocabulary, surveys, genotypes, consent.

A release is one immutable folder (see docs/reference/release.md, generated from this file and
`schemas.omop`). All Parquet paths are relative to it; everything under `index/` is derived and may be
deleted and rebuilt.
"""

from schemas.omop import EVENT_TABLES
from schemas.tables import ColumnSpec, ColumnType, TableSpec

RELEASE_SCHEMA_VERSION = 2
"""Raised whenever a reader of the previous version would misread a release."""


def _column(name: str, type: ColumnType, description: str, *, required: bool = False, source: str | None = None,
            unit: str | None = None, codes: str | None = None, missing: str = "null") -> ColumnSpec:  # fmt: skip
    return ColumnSpec(name=name, type=type, description=description, required=required, source=source,
                      unit=unit, codes=codes, missing=missing)  # fmt: skip


_T = ColumnType

PERSON = TableSpec(
    name="person", path="person.parquet", source="person", key=("person",), clustered_by=("person",),
    description="one row a person; the row number is the person index",
    columns=(
        _column("person", _T.PERSON, "dense person index, equal to the row number", required=True),
        _column("source_person_id", _T.INT64, "person_id of the source; never leaves", required=True, source="person_id"),
        _column("gender_concept_id", _T.CONCEPT, "sex: 8507 male, 8532 female, 0 unknown", required=True,
                source="gender_concept_id", missing="0"),
        _column("year_of_birth", _T.INT32, "year of birth", required=True, source="year_of_birth", unit="year"),
        _column("month_of_birth", _T.INT32, "month of birth", source="month_of_birth"),
        _column("day_of_birth", _T.INT32, "day of the month of birth", source="day_of_birth"),
        _column("birth_date", _T.DATE, "date of birth; an absent month or day is taken as the first", required=True),
        _column("race_concept_id", _T.CONCEPT, "race", source="race_concept_id", missing="0"),
        _column("ethnicity_concept_id", _T.CONCEPT, "ethnicity", source="ethnicity_concept_id", missing="0"),
        _column("location_id", _T.INT64, "place of residence", source="location_id"),
        _column("care_site_id", _T.INT64, "primary care site", source="care_site_id"),
        _column("provider_id", _T.INT64, "primary care provider", source="provider_id"),
        _column("region", _T.TEXT, "province or metropolitan city of residence (location.state)"),
        _column("family_id", _T.INT64, "family the person belongs to, where the source knows it"),
    ),
)  # fmt: skip

LOCATION = TableSpec(
    name="location", path="location.parquet", source="location", key=("location_id",), clustered_by=("location_id",),
    description="places, as far as released: no street and no postcode",
    columns=(
        _column("location_id", _T.INT64, "key", required=True, source="location_id"),
        _column("city", _T.TEXT, "city or district", source="city"),
        _column("state", _T.TEXT, "province or metropolitan city", source="state"),
        _column("country_concept_id", _T.CONCEPT, "country", source="country_concept_id"),
        _column("region_concept_id", _T.CONCEPT, "region (location history)", source="region_concept_id"),
    ),
)  # fmt: skip

REGION = TableSpec(
    name="region", path="region.parquet", key=("region",), clustered_by=("region",),
    description="regions that people are told apart by: given by the operator, or chosen with noise; never those that "
                "somebody happens to live in. Who lives elsewhere is `unknown` in breakdowns",
    columns=(
        _column("region", _T.TEXT, "province or metropolitan city, as in `person.region`", required=True),
    ),
)  # fmt: skip

CARE_SITE = TableSpec(
    name="care_site", path="care_site.parquet", source="care_site", key=("care_site_id",), clustered_by=("care_site_id",),
    description="places of care",
    columns=(
        _column("care_site_id", _T.INT64, "key", required=True, source="care_site_id"),
        _column("care_site_name", _T.TEXT, "name", source="care_site_name"),
        _column("place_of_service_concept_id", _T.CONCEPT, "kind of place", source="place_of_service_concept_id"),
        _column("location_id", _T.INT64, "where it is", source="location_id"),
    ),
)  # fmt: skip

PROVIDER = TableSpec(
    name="provider", path="provider.parquet", source="provider", key=("provider_id",), clustered_by=("provider_id",),
    description="people who give care, without name or licence number",
    columns=(
        _column("provider_id", _T.INT64, "key", required=True, source="provider_id"),
        _column("specialty_concept_id", _T.CONCEPT, "specialty", source="specialty_concept_id"),
        _column("care_site_id", _T.INT64, "care site", source="care_site_id"),
    ),
)  # fmt: skip

CONCEPT = TableSpec(
    name="concept", path="vocabulary/concept.parquet", source="concept", key=("concept_id",), clustered_by=("concept_id",),
    description="every concept of the vocabularies, standard and source",
    columns=(
        _column("concept_id", _T.CONCEPT, "key", required=True, source="concept_id"),
        _column("concept_name", _T.TEXT, "English label", required=True, source="concept_name"),
        _column("domain_id", _T.TEXT, "domain", source="domain_id"),
        _column("vocabulary_id", _T.TEXT, "vocabulary: SNOMED, RxNorm, LOINC, KCD7, EDI, ATC, UCUM…",
                required=True, source="vocabulary_id"),
        _column("concept_class_id", _T.TEXT, "class within the vocabulary", source="concept_class_id"),
        _column("standard_concept", _T.TEXT, "S standard, C classification, null source code", source="standard_concept"),
        _column("concept_code", _T.TEXT, "code within the vocabulary", required=True, source="concept_code"),
        _column("valid_start_date", _T.DATE, "valid from", source="valid_start_date"),
        _column("valid_end_date", _T.DATE, "valid to", source="valid_end_date"),
        _column("invalid_reason", _T.TEXT, "D deleted, U replaced, null valid", source="invalid_reason"),
    ),
)  # fmt: skip

CONCEPT_ANCESTOR = TableSpec(
    name="concept_ancestor", path="vocabulary/concept_ancestor.parquet", source="concept_ancestor",
    key=("ancestor_concept_id", "descendant_concept_id"), clustered_by=("ancestor_concept_id", "descendant_concept_id"),
    description="every ancestor and descendant; each concept is its own descendant",
    columns=(
        _column("ancestor_concept_id", _T.CONCEPT, "ancestor", required=True, source="ancestor_concept_id"),
        _column("descendant_concept_id", _T.CONCEPT, "descendant", required=True, source="descendant_concept_id"),
    ),
)  # fmt: skip

CONCEPT_RELATIONSHIP = TableSpec(
    name="concept_relationship", path="vocabulary/concept_relationship.parquet", source="concept_relationship",
    key=("concept_id_1", "concept_id_2", "relationship_id"), clustered_by=("relationship_id", "concept_id_1"),
    description="relations between concepts; `Maps to` takes source codes to standard concepts",
    columns=(
        _column("concept_id_1", _T.CONCEPT, "from", required=True, source="concept_id_1"),
        _column("concept_id_2", _T.CONCEPT, "to", required=True, source="concept_id_2"),
        _column("relationship_id", _T.TEXT, "relation", required=True, source="relationship_id"),
        _column("invalid_reason", _T.TEXT, "D deleted, U replaced, null valid", source="invalid_reason"),
    ),
)  # fmt: skip

CONCEPT_SYNONYM = TableSpec(
    name="concept_synonym", path="vocabulary/concept_synonym.parquet", source="concept_synonym",
    clustered_by=("concept_id",), description="other labels of concepts, Korean ones among them",
    columns=(
        _column("concept_id", _T.CONCEPT, "concept", required=True, source="concept_id"),
        _column("concept_synonym_name", _T.TEXT, "label", required=True, source="concept_synonym_name"),
        _column("language_concept_id", _T.CONCEPT, "language: 4180186 English, 4175771 Korean",
                source="language_concept_id"),
    ),
)  # fmt: skip

SURVEY_QUESTION = TableSpec(
    name="survey_question", path="survey/question.parquet", key=("question_id",), clustered_by=("question_id",),
    description="the survey dictionary, one row a question",
    columns=(
        _column("question_id", _T.TEXT, "name used in the language: lower-case words joined by dots", required=True),
        _column("survey_id", _T.TEXT, "survey the question belongs to", required=True),
        _column("kind", _T.TEXT, "what an answer is", required=True, codes="choice, multiple, number, date, text"),
        _column("label", _T.TEXT, "the question in English", required=True),
        _column("label_ko", _T.TEXT, "the question in Korean"),
        _column("unit", _T.TEXT, "UCUM unit of a number"),
        _column("concept_id", _T.CONCEPT, "OMOP concept of the question"),
    ),
)  # fmt: skip

SURVEY_OPTION = TableSpec(
    name="survey_option", path="survey/option.parquet", key=("question_id", "answer"),
    clustered_by=("question_id", "position"), description="the answers a choice question offers",
    columns=(
        _column("question_id", _T.TEXT, "question", required=True),
        _column("answer", _T.TEXT, "answer code used in the language", required=True),
        _column("position", _T.INT32, "order on the form", required=True),
        _column("label", _T.TEXT, "the answer in English", required=True),
        _column("label_ko", _T.TEXT, "the answer in Korean"),
        _column("concept_id", _T.CONCEPT, "OMOP concept of the answer"),
    ),
)  # fmt: skip

SURVEY_ANSWER = TableSpec(
    name="survey_answer", path="survey/answer.parquet", clustered_by=("question_id", "person", "answered_on"),
    description="answers, one row an answer (a multiple-choice question has one row an option ticked)",
    columns=(
        _column("question_id", _T.TEXT, "question", required=True),
        _column("person", _T.PERSON, "person index", required=True),
        _column("answered_on", _T.DATE, "day of the survey", required=True),
        _column("answer", _T.TEXT, "answer code of a choice, or the text or ISO date given"),
        _column("value", _T.FLOAT64, "answer of a number question"),
        _column("missing_reason", _T.TEXT, "why there is no answer; null means answered",
                codes="skipped, declined, unknown, not_asked", missing="null = answered"),
    ),
)  # fmt: skip

VARIANT = TableSpec(
    name="variant", path="genotypes/variant.parquet", key=("variant",), clustered_by=("contig", "position", "ref", "alt"),
    description="one row an alternate allele; the row number is the variant index of the calls",
    columns=(
        _column("variant", _T.INT32, "variant index, equal to the row number", required=True),
        _column("contig", _T.TEXT, "chromosome without prefix: 1 … 22, X, Y, MT", required=True),
        _column("position", _T.INT32, "1-based position of the first base of ref", required=True, unit="base"),
        _column("ref", _T.TEXT, "reference allele", required=True),
        _column("alt", _T.TEXT, "alternate allele", required=True),
        _column("rsid", _T.TEXT, "dbSNP id"),
        _column("gene", _T.TEXT, "HGNC symbol of the most severe consequence"),
        _column("transcript", _T.TEXT, "transcript of the most severe consequence"),
        _column("consequence", _T.TEXT, "most severe Sequence Ontology term"),
        _column("hgvs_c", _T.TEXT, "HGVS coding change"),
        _column("hgvs_p", _T.TEXT, "HGVS protein change"),
        _column("lof", _T.TEXT, "loss of function: HC high confidence, LC low confidence", missing="null = not LoF"),
        _column("clinvar", _T.TEXT, "ClinVar significance, lower case with underscores"),
        _column("af_external", _T.FLOAT64, "allele frequency in an external reference (gnomAD)"),
        _column("filter", _T.TEXT, "VCF FILTER", missing="null = PASS or not filtered"),
        _column("allele_count", _T.INT32, "alternate alleles called in this release", required=True),
        _column("allele_number", _T.INT32, "alleles called in this release", required=True),
        _column("homozygotes", _T.INT32, "people with two copies, both alt", required=True),
        _column("hemizygotes", _T.INT32, "people with one copy (X and Y of males, MT), which is alt", required=True),
        _column("missing_calls", _T.INT32, "people with a sample and no call", required=True),
        _column("source_variant", _T.TEXT, "contig:position:ref:alts of the record it was split from"),
    ),
)  # fmt: skip

SAMPLE = TableSpec(
    name="sample", path="genotypes/sample.parquet", key=("sample",), clustered_by=("sample",),
    description="samples in the order of the calls; samples are sorted by person",
    columns=(
        _column("sample", _T.INT32, "sample index in the calls, equal to the row number", required=True),
        _column("person", _T.PERSON, "person index", required=True),
        _column("sex", _T.TEXT, "decides the copies of X and Y; unknown counts as two copies of X", codes="male, female"),
        _column("source_sample_id", _T.TEXT, "sample id of the source; never leaves", required=True),
    ),
)  # fmt: skip

CALLS_PATH = "genotypes/calls.pgen"
"""Genotype calls in PLINK 2's PGEN format, samples and variants in the order of the two tables above."""

GENE = TableSpec(
    name="gene", path="genotypes/gene.parquet", key=("gene",), clustered_by=("gene",),
    description="gene dictionary, from the annotation and not from the people",
    columns=(
        _column("gene", _T.TEXT, "HGNC symbol", required=True),
        _column("contig", _T.TEXT, "chromosome", required=True),
        _column("start", _T.INT32, "first annotated base", unit="base"),
        _column("end", _T.INT32, "last annotated base", unit="base"),
        _column("name", _T.TEXT, "full name"),
    ),
)  # fmt: skip

PANEL = TableSpec(
    name="panel", path="genotypes/panel.parquet", key=("panel", "gene"), clustered_by=("panel", "gene"),
    description="gene panels, by name",
    columns=(
        _column("panel", _T.TEXT, "name used in the language", required=True),
        _column("gene", _T.TEXT, "HGNC symbol", required=True),
    ),
)  # fmt: skip

SCORE = TableSpec(
    name="score", path="genotypes/score.parquet", key=("score",), clustered_by=("score",),
    description="weighted scores of genotypes, by name (the PGS Catalog's, for instance)",
    columns=(
        _column("score", _T.TEXT, "name used in the language: lower-case words joined by _ or .", required=True),
        _column("label", _T.TEXT, "what it predicts, in words"),
        _column("source_id", _T.TEXT, "id where it was published, as PGS000018"),
        _column("constant", _T.FLOAT64, "added to every sum: twice the weights whose effect allele is ref, of common variants", required=True),
        _column("listed", _T.INT32, "variants its file lists", required=True),
        _column("matched", _T.INT32, "of them, variants of this release", required=True),
    ),
)  # fmt: skip

SCORE_WEIGHT = TableSpec(
    name="score_weight", path="genotypes/score_weight.parquet", key=("score", "variant"),
    clustered_by=("score", "variant"), description="the weights of each score's variants",
    columns=(
        _column("score", _T.TEXT, "score", required=True),
        _column("variant", _T.INT32, "variant index", required=True),
        _column("weight", _T.FLOAT64, "of each alternate allele; negative where the file's effect allele is ref", required=True),
    ),
)  # fmt: skip

KNOWN_VARIANT = TableSpec(
    name="known_variant", path="genotypes/known_variant.parquet", key=("contig", "position", "ref", "alt"),
    clustered_by=("contig", "position", "ref", "alt"),
    description="variants the annotation describes, whether or not anybody of the release carries them: what a search "
                "may show to everyone",
    columns=tuple(column for column in VARIANT.columns if column.name in (
        "contig", "position", "ref", "alt", "rsid", "gene", "transcript", "consequence", "hgvs_c", "hgvs_p", "lof",
        "clinvar", "af_external")),
)  # fmt: skip

CONSENT = TableSpec(
    name="consent", path="consent.parquet", key=("person", "permission"), clustered_by=("permission", "person"),
    description="what each person permits; a person with no row permits nothing",
    columns=(
        _column("person", _T.PERSON, "person index", required=True),
        _column("permission", _T.TEXT, "use permitted, or restriction of it (GA4GH DUO)", required=True,
                codes="GRU, HMB, DS:concept, NPU…: docs/reference/consent.md"),
        _column("granted_on", _T.DATE, "day consent was given", required=True),
        _column("withdrawn_on", _T.DATE, "day consent was withdrawn", missing="null = in force"),
    ),
)  # fmt: skip

REJECTED = TableSpec(
    name="rejected", path="rejected.parquet", clustered_by=("table", "reason"),
    description="rows the ingest could not place, by table and reason, with their source key: nothing is dropped silently",
    columns=(
        _column("table", _T.TEXT, "source table", required=True),
        _column("reason", _T.TEXT, "stable code of the reason", required=True),
        _column("source_row", _T.INT64, "key of the row in the source, or its number where it has none"),
    ),
)  # fmt: skip

CLINICAL_TABLES = (PERSON, REGION, LOCATION, CARE_SITE, PROVIDER)
VOCABULARY_TABLES = (CONCEPT, CONCEPT_ANCESTOR, CONCEPT_RELATIONSHIP, CONCEPT_SYNONYM)
SURVEY_TABLES = (SURVEY_QUESTION, SURVEY_OPTION, SURVEY_ANSWER)
GENOTYPE_TABLES = (VARIANT, SAMPLE, GENE, PANEL, SCORE, SCORE_WEIGHT, KNOWN_VARIANT)

RELEASE_TABLES: tuple[TableSpec, ...] = (
    *CLINICAL_TABLES,
    *EVENT_TABLES.values(),
    *VOCABULARY_TABLES,
    *SURVEY_TABLES,
    *GENOTYPE_TABLES,
    CONSENT,
    REJECTED,
)
"""Every Parquet table of a release, in the order the reference page lists them."""
