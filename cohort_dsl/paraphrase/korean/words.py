"""What domains, fields and ends of events are called in Korean."""

from typing import Final

from cohort_dsl.ast import Anchor, Distinct, TextOperator
from cohort_dsl.words import Subject
from schemas.fields import Field, PersonField, VariantField
from schemas.omop import Domain

EVENTS: Final[dict[Domain, str]] = {
    Domain.CONDITION: "진단",
    Domain.DRUG: "약물 처방",
    Domain.PROCEDURE: "시술·처치",
    Domain.MEASUREMENT: "검사",
    Domain.OBSERVATION: "관찰 소견",
    Domain.DEVICE: "의료기기 사용",
    Domain.VISIT: "방문",
    Domain.VISIT_DETAIL: "세부 방문",
    Domain.DEATH: "사망",
    Domain.SPECIMEN: "검체 채취",
    Domain.CONDITION_ERA: "질환 지속 기간",
    Domain.DRUG_ERA: "약물 투여 기간",
    Domain.DOSE_ERA: "동일 용량 투여 기간",
    Domain.OBSERVATION_PERIOD: "관찰 기간",
    Domain.PAYER_PLAN_PERIOD: "보험 자격 기간",
    Domain.LOCATION_REGION: "거주 지역",
}

FIELD: Final[dict[Field, str]] = {
    Field.AGE: "시작일 나이",
    Field.AGE_AT_END: "종료일 나이",
    Field.DATE: "시작일",
    Field.END_DATE: "종료일",
    Field.DURATION: "기간",
    Field.VALUE: "수치 결과",
    Field.VALUE_CONCEPT: "범주형 결과",
    Field.VALUE_TEXT: "문자 결과",
    Field.UNIT: "단위",
    Field.TYPE: "기록 출처",
    Field.SOURCE: "원천 코드의 개념",
    Field.SOURCE_TEXT: "원천 코드 문자열",
    Field.VISIT_RECORD: "해당 방문 기록",
    Field.VISIT_TYPE: "방문 유형",
    Field.SPECIALTY: "진료과",
    Field.CARE_SITE: "의료기관 기록",
    Field.PLACE_OF_SERVICE: "의료기관 유형",
    Field.SERVICE_REGION: "의료기관 소재 지역",
    Field.GENDER: "성별 개념",
    Field.STATUS: "진단 상태",
    Field.STOP_REASON: "종료 사유",
    Field.REFILLS: "리필 횟수",
    Field.QUANTITY: "수량",
    Field.DAYS_SUPPLY: "처방 일수",
    Field.ROUTE: "투여 경로",
    Field.LOT_NUMBER: "제조 번호",
    Field.DOSE: "투여 용량",
    Field.DOSE_UNIT: "용량 단위",
    Field.MODIFIER: "시술 수식자",
    Field.OPERATOR: "결과 연산자",
    Field.RANGE_LOW: "정상 하한",
    Field.RANGE_HIGH: "정상 상한",
    Field.RANGE_LOW_RATIO: "정상 하한 대비 비",
    Field.RANGE_HIGH_RATIO: "정상 상한 대비 비",
    Field.QUALIFIER: "관찰 소견 한정자",
    Field.DEVICE_ID: "의료기기 고유 식별자",
    Field.ANATOMIC_SITE: "검체 채취 부위",
    Field.DISEASE_STATUS: "검체의 질병 상태",
    Field.SPECIMEN_ID: "원천 검체 번호",
    Field.OCCURRENCES: "묶인 기록 수",
    Field.GAP: "공급이 없던 일수",
    Field.PAYER: "보험자",
    Field.PLAN: "보험 상품",
    Field.SPONSOR: "보험 가입 주체",
    Field.COVER_STOP_REASON: "자격 상실 사유",
    Field.PLAN_SOURCE: "보험 상품의 원천 개념",
    Field.SPONSOR_SOURCE: "가입 주체의 원천 개념",
    Field.COVER_STOP_REASON_SOURCE: "자격 상실 사유의 원천 개념",
}

AGES: Final = (Field.AGE, Field.AGE_AT_END)

PERSON: Final[dict[Subject, dict[PersonField, str]]] = {
    Subject.INDEX: {
        PersonField.SEX: "성별",
        PersonField.GENDER: "성별 개념",
        PersonField.AGE: "기준일 나이",
        PersonField.INDEX_DATE: "기준일",
        PersonField.INDEX_END_DATE: "기준 사건 종료일",
        PersonField.BIRTH_YEAR: "출생 연도",
        PersonField.REGION: "거주 지역",
        PersonField.RACE: "인종",
        PersonField.ETHNICITY: "민족",
    },
}
PERSON[Subject.IT] = PERSON[Subject.INDEX] | {
    PersonField.AGE: "해당 기록일 나이",
    PersonField.INDEX_DATE: "해당 기록일",
    PersonField.INDEX_END_DATE: "해당 기록 종료일",
}

SEXES: Final = {"female": "여성", "male": "남성"}

EVENT: Final = {Subject.INDEX: "기준 사건", Subject.IT: "해당 기록"}

ANCHOR: Final = {
    Subject.INDEX: {
        Anchor.START: "기준일",
        Anchor.END: "기준 사건 종료일",
        Anchor.OBSERVATION_START: "관찰 시작일",
        Anchor.OBSERVATION_END: "관찰 종료일",
    },
    Subject.IT: {
        Anchor.START: "해당 기록일",
        Anchor.END: "해당 기록 종료일",
        Anchor.OBSERVATION_START: "관찰 시작일",
        Anchor.OBSERVATION_END: "관찰 종료일",
    },
}

DISTINCT: Final[dict[Distinct, str]] = {
    Distinct.DATES: "날짜",
    Distinct.END_DATES: "종료일",
    Distinct.VISITS: "방문",
    Distinct.VISIT_DETAILS: "세부 방문",
    Distinct.CONCEPTS: "개념",
    Distinct.SOURCES: "원천 코드",
    Distinct.DURATIONS: "기간",
    Distinct.VALUES: "결과 값",
    Distinct.UNITS: "단위",
    Distinct.RANGE_LOWS: "정상 하한",
    Distinct.RANGE_HIGHS: "정상 상한",
    Distinct.QUANTITIES: "수량",
    Distinct.DAYS_SUPPLIES: "처방 일수",
    Distinct.REFILLS: "리필 횟수",
    Distinct.OCCURRENCES: "묶인 기록 수",
    Distinct.GAPS: "공급이 없던 일수",
}

TEXT: Final[dict[TextOperator, str]] = {
    TextOperator.IS: "{0} 전체 일치",
    TextOperator.CONTAINS: "{0} 포함",
    TextOperator.STARTS_WITH: "{1} 시작",
    TextOperator.ENDS_WITH: "{1} 끝남",
    TextOperator.LIKE: "{0} 형식 일치",
}
"""What the text has to do with the words given, which stand bare or with 로: `「종양」 포함`, `「C50」으로 시작`."""

VARIANT: Final[dict[VariantField, str]] = {
    VariantField.AF: "이 자료의 대립유전자 빈도",
    VariantField.AF_EXTERNAL: "참조 집단의 대립유전자 빈도",
    VariantField.CONSEQUENCE: "가장 심한 변이 결과",
    VariantField.LOF: "기능 상실 예측 신뢰도",
    VariantField.CLINVAR: "ClinVar 임상적 의의",
    VariantField.FILTER: "품질 필터",
}
