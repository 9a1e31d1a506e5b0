"""What pictures say, in English and in Korean."""

import re
from dataclasses import dataclass
from typing import Final

from schemas.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every sentence of a picture; `{}` is filled in."""

    attrition: str
    pyramid: str
    breakdown: str
    trend: str
    genotypes: str
    overlap: str
    comparison: str
    everyone: str
    all_persons: str
    persons: str
    per_cent: str
    rate: str
    interval: str
    dashed: str
    not_to_scale: str
    more_rows: str
    more_series: str
    elsewhere: str
    other_sex: str
    hidden_others: str
    regions: str
    frequency: str
    mean: str
    share_of_cohort: str
    cite: str
    total: str
    only: str
    nothing: str


WORDS: Final[dict[Language, Words]] = {
    Language.ENGLISH: Words(
        attrition="Who is left after each step",
        pyramid="By sex and age",
        breakdown="By {}",
        trend="Over time",
        genotypes="Genotypes",
        overlap="Overlap of the cohorts",
        comparison="Two cohorts compared, by {}",
        everyone="everyone in the release",
        all_persons="all",
        persons="persons",
        per_cent="per cent",
        rate="per 1,000 person-years",
        interval="Whiskers and ±: the true number lies there in 95 of 100 answers.",
        dashed="Dashed: too few to show, or nobody.",
        not_to_scale="broken bar: not to scale",
        more_rows="More rows are in the table: {}.",
        more_series="More groups are in the table: {}.",
        elsewhere="Not drawn: {}",
        other_sex="Of another or unknown sex, not drawn: {}",
        hidden_others="groups too small to show: {}",
        regions="In just these cohorts:",
        frequency="allele frequency {}",
        mean="mean {} {} ({}–{})",
        share_of_cohort="share of the cohort, per cent",
        cite="Release {}, policy {}, query {}",
        total="total",
        only="only",
        nothing="There is nothing to draw.",
    ),
    Language.KOREAN: Words(
        attrition="단계별 남은 사람",
        pyramid="성별·나이별",
        breakdown="{}별",
        trend="시간에 따른 변화",
        genotypes="유전형",
        overlap="코호트의 겹침",
        comparison="두 코호트 비교: {}별",
        everyone="릴리스 전체",
        all_persons="전체",
        persons="명",
        per_cent="%",
        rate="1,000인년당",
        interval="막대 끝 선과 ±: 100번 중 95번은 실제 인원이 이 범위에 있습니다.",
        dashed="점선: 너무 적어 보이지 않거나 없습니다.",
        not_to_scale="끊긴 막대: 길이가 비례하지 않습니다",
        more_rows="나머지 {}개 행은 표에 있습니다.",
        more_series="나머지 {}개 집단은 표에 있습니다.",
        elsewhere="그리지 않은 것: {}",
        other_sex="성별이 다르거나 알 수 없어 그리지 않음: {}",
        hidden_others="너무 작아 보이지 않는 집단 {}개",
        regions="해당 코호트에만 속한 사람:",
        frequency="대립유전자 빈도 {}",
        mean="{} 평균 {} ({}–{})",
        share_of_cohort="코호트 내 비율(%)",
        cite="릴리스 {}, 정책 {}, 질의 {}",
        total="합계",
        only="만",
        nothing="그릴 내용이 없습니다.",
    ),
}

_KOREAN: Final = {
    "sex": "성",
    "region": "지역",
    "race": "인종(기록)",
    "index year": "기준 연도",
    "year": "연도",
    "male": "남성",
    "female": "여성",
    "Korean": "한국인",
    "Chinese": "중국인",
    "Japanese": "일본인",
    "Vietnamese": "베트남인",
    "Filipino": "필리핀인",
    "Thai": "태국인",
    "Asian Indian": "인도인",
    "Asian": "그 밖의 아시아인",
    "White": "백인",
    "Black or African American": "흑인",
    "American Indian or Alaska Native": "아메리카·알래스카 원주민",
    "Native Hawaiian or Other Pacific Islander": "하와이·태평양 원주민",
    "other": "기타",
    "unknown": "알 수 없음",
    "earlier": "이전",
    "later": "이후",
    "total": "합계",
    "consents and has an index event": "동의했고 기준 사건이 있음",
    "reference": "참조형 동형접합",
    "heterozygous": "이형접합",
    "homozygous": "변이 동형접합",
    "hemizygous reference": "참조형 반접합",
    "hemizygous": "변이 반접합",
    "no call": "판정되지 않음",
    "no copy": "해당 염색체 없음",
    "not genotyped": "유전체 자료 없음",
}
"""Words of the service itself; names that people gave stay as they are."""


def told(label: str, language: Language) -> str:
    """A label of the service in the reader's language.

    >>> told("exclude diabetes", Language.KOREAN), told("male", Language.ENGLISH)
    ('제외: diabetes', 'male')
    """
    if language is Language.ENGLISH:
        return label
    if found := re.fullmatch(r"(include|exclude) (.*)", label, re.DOTALL):
        return f"{'포함' if found[1] == 'include' else '제외'}: {found[2]}"
    if found := re.fullmatch(r"age\((\d{1,3})\)", label):
        return f"나이({found[1]}세 단위)"
    if found := re.fullmatch(r"genotype of variant (.*)", label, re.DOTALL):
        return f"{found[1]} 유전형"
    if found := re.fullmatch(r"survey (.*)", label, re.DOTALL):
        return f"설문 {found[1]}"
    return _KOREAN.get(label, label)
