"""The vocabulary of a synthetic release, gathered from every table of knowledge."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.ingest.synthetic import catalogue
from engine.ingest.synthetic.care import CONFIRMED, PROVISIONAL
from engine.ingest.synthetic.diseases import DISEASES
from engine.ingest.synthetic.drugs import ATC_CLASSES, INGREDIENTS
from engine.ingest.synthetic.findings import COMPLAINTS, GROUPS
from engine.ingest.synthetic.laboratory_tests import LABORATORY_TESTS, UNITS, URINE_PROTEIN
from engine.ingest.synthetic.questions import QUESTIONS
from engine.ingest.synthetic.regions import REGIONS
from engine.ingest.synthetic.services import SERVICES
from schemas.races import RACE_CONCEPTS

QUESTION_CONCEPT_BASE = 2_050_000_000
KOREAN, ENGLISH = 4175771, 4180186


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A concept; `maps_to` is set for source codes, `parents` are its direct ancestors."""

    concept_id: int
    name: str
    domain: str
    vocabulary: str
    concept_class: str
    code: str
    standard: str | None = "S"
    korean: str | None = None
    maps_to: int | None = None
    parents: tuple[int, ...] = ()


_PLAIN: tuple[tuple[int, str, str, str, str, str, str | None], ...] = (
    (8507, "MALE", "Gender", "Gender", "Gender", "M", "남성"),
    (8532, "FEMALE", "Gender", "Gender", "Gender", "F", "여성"),
    (38003564, "Not Hispanic or Latino", "Ethnicity", "Ethnicity", "Ethnicity", "Not Hispanic", None),
    (9201, "Inpatient Visit", "Visit", "Visit", "Visit", "IP", "입원"),
    (9202, "Outpatient Visit", "Visit", "Visit", "Visit", "OP", "외래"),
    (9203, "Emergency Room Visit", "Visit", "Visit", "Visit", "ER", "응급"),
    (32037, "Intensive Care", "Visit", "Visit", "Visit", "OMOP4822460", "중환자실"),
    (8717, "Inpatient Hospital", "Visit", "CMS Place of Service", "Visit", "21", "병원"),
    (8940, "Office", "Visit", "CMS Place of Service", "Visit", "11", "의원"),
    (38004693, "Ambulatory Clinic / Center", "Visit", "Medicare Specialty", "Visit", "A0", "검진센터"),
    (38004456, "Internal Medicine", "Provider", "Medicare Specialty", "Physician Specialty", "11", "내과"),
    (38004453, "Family Practice", "Provider", "Medicare Specialty", "Physician Specialty", "08", "가정의학과"),
    (38004451, "Cardiology", "Provider", "Medicare Specialty", "Physician Specialty", "06", "심장내과"),
    (38004447, "General Surgery", "Provider", "Medicare Specialty", "Physician Specialty", "02", "외과"),
    (catalogue.CLAIM, "Claim", "Type Concept", "Type Concept", "Type Concept", "OMOP4976861", "청구"),
    (catalogue.EHR, "EHR", "Type Concept", "Type Concept", "Type Concept", "OMOP4976890", "전자의무기록"),
    (catalogue.LABORATORY, "Lab", "Type Concept", "Type Concept", "Type Concept", "OMOP4976929", "검사실"),
    (catalogue.EXAMINATION, "EHR physical examination", "Type Concept", "Type Concept", "Type Concept",
     "OMOP4976909", "신체검사"),
    (catalogue.REGISTRY, "Registry", "Type Concept", "Type Concept", "Type Concept", "OMOP4976952", "등록"),
    (catalogue.PERIOD_TYPE, "Standard algorithm from EHR", "Type Concept", "Type Concept", "Type Concept",
     "OMOP4976955", None),
    (CONFIRMED, "Confirmed diagnosis", "Condition Status", "Condition Status", "Condition Status", "OMOP4976966",
     "확진"),
    (PROVISIONAL, "Preliminary diagnosis", "Condition Status", "Condition Status", "Condition Status",
     "OMOP4976972", "임상적 추정"),
    (catalogue.BLOOD, "Blood specimen", "Specimen", "SNOMED", "Specimen", "119297000", "혈액 검체"),
    (catalogue.SMOKING, "Tobacco smoking behavior - finding", "Observation", "SNOMED", "Clinical Finding", "365981007",
     "흡연 행태"),
    (4144272, "Never smoked tobacco", "Observation", "SNOMED", "Clinical Finding", "266919005", "비흡연자"),
    (4310250, "Ex-smoker", "Observation", "SNOMED", "Clinical Finding", "8517006", "과거 흡연자"),
    (4298794, "Smoker", "Observation", "SNOMED", "Clinical Finding", "77176002", "흡연자"),
    (9189, "Negative", "Meas Value", "SNOMED", "Qualifier Value", "260385009", "음성"),
    (9191, "Positive", "Meas Value", "SNOMED", "Qualifier Value", "10828004", "양성"),
    (4132161, "Oral", "Route", "SNOMED", "Qualifier Value", "26643006", "경구"),
    (4142048, "Subcutaneous", "Route", "SNOMED", "Qualifier Value", "34206005", "피하"),
    (45956874, "Inhalation", "Route", "SNOMED", "Qualifier Value", "447694001", "흡입"),
    (KOREAN, "Korean language", "Language", "SNOMED", "Qualifier Value", "297504001", "한국어"),
    (ENGLISH, "English language", "Language", "SNOMED", "Qualifier Value", "297487008", "영어"),
    (catalogue.NATIONAL_INSURANCE, "National Health Insurance", "Payer", "Kohort", "Payer", "NHI", "건강보험"),
    (catalogue.MEDICAL_AID, "Medical Aid", "Payer", "Kohort", "Payer", "MAID", "의료급여"),
)  # fmt: skip


_RACES: tuple[tuple[str, str, str], ...] = (
    ("Asian", "2", "아시아인"),
    ("Korean", "2.12", "한국인"),
    ("Chinese", "2.06", "중국인"),
    ("Japanese", "2.11", "일본인"),
    ("Vietnamese", "2.19", "베트남인"),
    ("Filipino", "2.08", "필리핀인"),
    ("Thai", "2.18", "태국인"),
    ("Asian Indian", "2.01", "인도인"),
    ("White", "5", "백인"),
    ("Black or African American", "3", "흑인"),
)
"""Name, code and Korean name."""


def all_concepts() -> tuple[Concept, ...]:
    """Every concept of a synthetic release, by id."""
    found: dict[int, Concept] = {}
    for group in (_plain(), _races(), _findings(), _kcd(), _drugs(), _tests(), _services(), _others()):
        for concept in group:
            known = found.setdefault(concept.concept_id, concept)
            assert known == concept, f"two concepts share the id {concept.concept_id}"
    return tuple(found[concept_id] for concept_id in sorted(found))


def _plain() -> Iterator[Concept]:
    for concept_id, name, domain, vocabulary, concept_class, code, korean in _PLAIN:
        yield Concept(concept_id=concept_id, name=name, domain=domain, vocabulary=vocabulary,
                      concept_class=concept_class, code=code, korean=korean)  # fmt: skip
    yield Concept(concept_id=262, name="Emergency Room and Inpatient Visit", domain="Visit", vocabulary="Visit",
                  concept_class="Visit", code="ERIP", korean="응급 입원", parents=(9201, 9203))  # fmt: skip


def _races() -> Iterator[Concept]:
    for name, code, korean in _RACES:
        parents = (RACE_CONCEPTS["Asian"],) if code.startswith("2.") else ()
        yield Concept(concept_id=RACE_CONCEPTS[name], name=name, domain="Race", vocabulary="Race",
                      concept_class="Race", code=code, korean=korean, parents=parents)  # fmt: skip


def _findings() -> Iterator[Concept]:
    for group in GROUPS:
        yield _condition(group.concept_id, group.name, group.snomed, group.korean, group.parent)
    for row in (*DISEASES, *COMPLAINTS):
        yield _condition(row.concept_id, row.name, row.snomed, row.korean, row.parent)


def _condition(concept_id: int, name: str, code: str, korean: str, parent: int | None) -> Concept:
    return Concept(concept_id=concept_id, name=name, domain="Condition", vocabulary="SNOMED", concept_class="Disorder",
                   code=code, korean=korean, parents=() if parent is None else (parent,))  # fmt: skip


def _kcd() -> Iterator[Concept]:
    seen: set[str] = set()
    rows = [(row, row.kcd) for row in DISEASES] + [(row, (row.kcd,)) for row in COMPLAINTS]
    for row, codes in rows:
        for code in codes:
            if code not in seen:
                yield Concept(
                    concept_id=catalogue.kcd_concept(code), name=row.name, domain="Condition", vocabulary="KCD7",
                    concept_class="KCD7 code", code=code, standard=None, korean=row.korean, maps_to=row.concept_id,
                )  # fmt: skip
            seen.add(code)


def _drugs() -> Iterator[Concept]:
    levels = {1: "1st", 3: "2nd", 4: "3rd", 5: "4th"}
    codes = {code for code, _, _ in ATC_CLASSES}
    for code, name, _ in ATC_CLASSES:
        above = [code[:length] for length in levels if length < len(code) and code[:length] in codes]
        yield Concept(
            concept_id=catalogue.atc_concept(code), name=name, domain="Drug", vocabulary="ATC",
            concept_class=f"ATC {levels[len(code)]}", code=code, standard="C",
            parents=tuple(catalogue.atc_concept(parent) for parent in above[-1:]),
        )  # fmt: skip
    for row in INGREDIENTS:
        product, (edi, edi_code) = catalogue.product_concept(row), catalogue.edi_drug(row)
        label, korean = f"{row.key} {row.strength:g} MG {row.form}", f"{row.korean} {row.strength:g}mg"
        local = row.product_id is None
        yield Concept(
            concept_id=row.concept_id,
            name=row.key,
            domain="Drug",
            vocabulary="RxNorm",
            korean=row.korean,
            concept_class="Ingredient",
            code=row.rxnorm,
            parents=(catalogue.atc_concept(row.atc),),
        )
        yield Concept(
            concept_id=product,
            name=label,
            domain="Drug",
            korean=korean,
            parents=(row.concept_id,),
            vocabulary="RxNorm Extension" if local else "RxNorm",
            concept_class="Clinical Drug",
            code=f"SYN{product - 2_030_000_000:05d}" if local else f"OMOP{product}",
        )
        yield Concept(concept_id=edi, name=label, domain="Drug", vocabulary="EDI", concept_class="Proprietary",
                      code=edi_code, standard=None, korean=korean, maps_to=product)  # fmt: skip


def _tests() -> Iterator[Concept]:
    rows = [(row.concept_id, row.loinc, row.edi, row.name, row.korean) for row in LABORATORY_TESTS]
    for number, (concept_id, loinc, edi, name, korean) in enumerate((*rows, URINE_PROTEIN)):
        yield Concept(
            concept_id=concept_id,
            name=name,
            domain="Measurement",
            vocabulary="LOINC",
            code=loinc,
            concept_class="Lab Test",
            korean=korean,
        )
        yield Concept(concept_id=catalogue.edi_test_concept(number), name=name, domain="Measurement", vocabulary="EDI",
                      concept_class="Measurement", code=edi, standard=None, korean=korean,
                      maps_to=concept_id)  # fmt: skip
    for unit in UNITS.values():
        yield Concept(concept_id=unit.concept_id, name=unit.name, domain="Unit", vocabulary="UCUM",
                      concept_class="Unit", code=unit.code)  # fmt: skip


def _services() -> Iterator[Concept]:
    for number, row in enumerate(SERVICES):
        domain = "Device" if row.device else "Procedure"
        yield Concept(
            concept_id=row.concept_id,
            name=row.name,
            domain=domain,
            vocabulary="SNOMED",
            code=row.snomed,
            concept_class="Physical Object" if row.device else "Procedure",
            korean=row.korean,
        )
        yield Concept(concept_id=catalogue.edi_service_concept(number), name=row.name, domain=domain, code=row.edi,
                      vocabulary="EDI", concept_class=domain, standard=None, korean=row.korean,
                      maps_to=row.concept_id)  # fmt: skip


def _others() -> Iterator[Concept]:
    for region in REGIONS:
        yield Concept(
            concept_id=region.concept_id,
            name=region.name,
            domain="Geography",
            vocabulary="KOSTAT",
            concept_class="Province",
            code=region.code,
            korean=region.korean,
        )
    for number, question in enumerate(QUESTIONS):
        yield Concept(concept_id=QUESTION_CONCEPT_BASE + number, name=question.label, domain="Observation",
                      vocabulary="Kohort", concept_class="Survey question", code=question.id,
                      korean=question.korean)  # fmt: skip
