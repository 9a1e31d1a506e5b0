"""Where a published list comes from, in Korean: a cube says it in English."""

from typing import Final

_KOREAN: Final = {
    "everybody, and by the kinds of data there are": "전체와 자료 종류별",
    "KCD, first three characters of the source code": "원천 자료의 KCD 코드 앞 세 자리",
    "uppermost conditions with at most 1/500 of all, and at least 20, below them": (
        "하위 개념이 전체의 1/500 이하(최소 20개)인 최상위 진단 개념"
    ),
    "uppermost measurements with at most 1/500 of all, and at least 20, below them": (
        "하위 개념이 전체의 1/500 이하(최소 20개)인 최상위 검사 개념"
    ),
    "uppermost procedures with at most 1/500 of all, and at least 20, below them": (
        "하위 개념이 전체의 1/500 이하(최소 20개)인 최상위 시술 개념"
    ),
    "uppermost observations with at most 1/500 of all, and at least 20, below them": (
        "하위 개념이 전체의 1/500 이하(최소 20개)인 최상위 관찰 소견 개념"
    ),
    "uppermost devices with at most 1/500 of all, and at least 20, below them": (
        "하위 개념이 전체의 1/500 이하(최소 20개)인 최상위 의료기기 개념"
    ),
    "uppermost kinds of visit, with all below them": "최상위 방문 유형(하위 유형 포함)",
    "named by the policy, each with all below it": "정책이 지정한 개념(하위 개념 포함)",
    "variants named by the policy, by genotype": "정책이 지정한 변이의 유전형별",
    "ATC, third level": "ATC 세 번째 수준",
    "ingredients": "성분",
    "answers of choice questions; a person's last one": "선택형 문항의 응답(한 사람의 가장 최근 응답)",
}


def rule_in_korean(rule: str) -> str | None:
    """The rule of a list, or nothing where it is one that this version does not know."""
    return _KOREAN.get(rule)
