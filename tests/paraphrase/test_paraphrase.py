"""A document in words: all of it, in both languages, and as reviewed."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl import ast, parse
from cohort_dsl.paraphrase import Item, Names, Paraphrase, Section, paraphrase, plain_text
from cohort_dsl.tree import walk
from schemas.errors import Problems
from schemas.language import Language
from tests.language.test_round_trip import NODES
from tests.lib.cohort_strategies import cohorts
from tests.paraphrase.changes import can_be_meant, changes

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
FOLDERS = {
    "examples": ROOT / "examples",
    "questions": ROOT / "benchmarks" / "scale" / "questions",
    "documents": Path(__file__).parent / "documents",
}
relaxed = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("folder", FOLDERS)
def test_paraphrases_are_as_reviewed(folder: str, language: Language, request: pytest.FixtureRequest) -> None:
    paths = sorted(FOLDERS[folder].glob("*.kohort"))
    found = "\n".join(f"# {path.name}\n{plain_text(paraphrase(parse(path.read_text()), language))}" for path in paths)
    golden = GOLDEN / f"{folder}.{language.value}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(found)
    assert golden.read_text() == found


@pytest.mark.parametrize("language", Language)
@relaxed
@given(cohort=cohorts())
def test_every_document_can_be_said(language: Language, cohort: ast.Cohort) -> None:
    said = paraphrase(cohort, language)
    assert said.title == cohort.name
    assert all(section.heading and (section.text or section.items) for section in said.sections)
    assert "None" not in plain_text(said).replace(repr(cohort), "")


@pytest.mark.parametrize("language", Language)
@relaxed
@given(data=st.data())
def test_a_document_that_says_something_else_reads_differently(language: Language, data: st.DataObject) -> None:
    """Nothing is left out: whichever value of the tree is changed, the words change with it."""
    cohort = data.draw(cohorts())
    others = [(place, other) for place, other in changes(cohort) if can_be_meant(other)]
    place, other = data.draw(st.sampled_from(others))
    assert plain_text(paraphrase(other, language)) != plain_text(paraphrase(cohort, language)), place


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_each_kind_of_node_is_in_a_paraphrase_that_was_reviewed(node: type) -> None:
    assert node in _reviewed()


@cache
def _reviewed() -> set[type]:
    documents = [parse(path.read_text()) for folder in FOLDERS.values() for path in folder.glob("*.kohort")]
    return {type(visit.value) for document in documents for visit in walk(document)}


@pytest.mark.parametrize("language", Language)
def test_what_is_nested_is_listed_below_what_it_is_part_of(language: Language) -> None:
    cohort = parse(
        'cohort "x" index everyone include "r" when at least 2 of '
        '(sex is female, any of (age at index >= 65, not carries variant rs671), unknown (region is "Seoul"))'
    )
    (rule,) = next(section for section in paraphrase(cohort, language).sections if section.items).items
    female, either, unknown = rule.items
    assert (female.items, len(either.items), len(unknown.items)) == ((), 2, 1)
    assert [len(part.items) for part in either.items] == [0, 1]
    text = plain_text(paraphrase(cohort, language))
    assert f"\n    - {either.items[0].text}\n" in text


LABELS = {
    Language.ENGLISH: ("type 2 diabetes", "Do you smoke?", "Yes, now"),
    Language.KOREAN: ("제2형 당뇨병", "현재 흡연하십니까?", "예, 현재"),
}


@pytest.mark.parametrize("language", Language)
def test_labels_come_from_the_dictionary_then_from_the_document(language: Language) -> None:
    text = (
        'cohort "x" let dm = code KCD7:"E11" let other = concept 5 "five of the document" '
        'index first condition in dm include "o" when any drug in other '
        'include "s" when survey smoking.status is "current"'
    )
    concept, question, answer = LABELS[language]
    names = Names(
        codes={("KCD7", "E11"): concept},
        questions={"smoking.status": question},
        answers={("smoking.status", "current"): answer},
    )
    said = plain_text(paraphrase(parse(text), language, names))
    assert all(words in said for words in (concept, question, answer, "five of the document", "smoking.status"))
    assert concept not in plain_text(paraphrase(parse(text), language))


@pytest.mark.parametrize(
    ("document", "english", "korean"),
    [
        (
            "index everyone on 2024-01-31",
            "Everyone under observation on 31 January 2024",
            "2024년 1월 31일에 관찰 중인",
        ),
        (
            "index 2nd last drug where age >= 40",
            "with the 2nd-last prescription, where the age on the first day is 40 or more",
            "약물 처방(조건: 시작일 나이 40세 이상)이 2번 이상 있는 사람을 대상으로 하며, 그중 끝에서 2번째가 있었던 날이",
        ),
        (
            "index first ever drug in none where age >= 40",
            "with the first-ever prescription of nothing (no concept is named), counted only if the age",
            "생애 최초 해당 없음(지정된 개념 없음) 약물 처방(다음 경우에만 인정: 시작일 나이 40세 이상)",
        ),
        (
            'index visit include "x" when at least 2 distinct dates of measurement within 1 year before index',
            "there are at least 2 distinct days among measurements, in the year before the index date or on it",
            "기준일 전 1년 이내에(기준일 포함) 검사 기록의 서로 다른 날짜 2개 이상",
        ),
        (
            'index visit exclude "x" when no condition before index',
            "there is no diagnosis, before the index date",
            "기준일 전에(당일 제외) 진단 기록 없음",
        ),
        (
            'index visit include "x" when carries homozygous variant rs671',
            "the person is homozygous for variant rs671",
            "변이 rs671 동형접합으로 보유",
        ),
        (
            'index visit include "x" when any condition on or before index',
            "there is a diagnosis, on or before the index date",
            "기준일 이전에(당일 포함) 진단 기록 있음",
        ),
        (
            'index visit include "x" when any drug from 30 days after index to any time after',
            "there is a prescription, no earlier than 30 days after the index date",
            "기준일 30일 후나 그 뒤에 약물 처방 기록 있음",
        ),
        (
            'index visit include "x" when any condition ending before index at the same visit ignoring observation',
            "there is a diagnosis, ending before the index date, at the same visit as the index event",
            "관찰 기간 밖까지 포함하여, 기준 사건과 같은 방문에서 기준일 전에(당일 제외) 끝난 진단 기록 있음",
        ),
        (
            "index drug where date >= 2015-01-01 and visit type in (concept 9201, concept 9203)",
            "the kind of its visit is concept 9201 or concept 9203",
            "(조건: 시작일 2015년 1월 1일 이후(당일 포함) 및 (방문 유형: 개념 9201 또는 개념 9203))",
        ),
        (
            'index condition where source text starts with "C50"',
            "starts with",
            "원천 코드 문자열: 「C50」으로 시작",
        ),
        (
            'index everyone include "x" when survey family_history.cancer is "sibling"',
            "answered “sibling”",
            "「sibling」으로 응답",
        ),
        (
            'index everyone include "x" when carries at least 2 variants in (rs1, rs2)',
            "at least 2 variants, counting any of the variants listed (rs1 or rs2)",
            "변이 목록(rs1, rs2)의 변이 중 2가지 이상 보유",
        ),
        (
            'index everyone include "x" when no call at variant in gene LDLR',
            "a genotype is missing at any variant in gene LDLR, or the person has none at all",
            "유전자 LDLR의 변이 중 하나라도 유전형을 알 수 없거나 유전체 자료가 없음",
        ),
        (
            'index everyone include "x" when carries variant in region X:100-200',
            "between positions 100 and 200 of chromosome X",
            "X 염색체 100~200 위치의 변이 보유",
        ),
        (
            "mode circe-exact index visit end 30 days after end",
            "- 30 days after the end of the index event",
            "- 기준 사건 종료일 30일 후",
        ),
        (
            'index visit include "x" when any drug having (any visit on it) before index',
            "there is a prescription (such that there is a visit, on the day of that event), before the index date",
            "기준일 전에(당일 제외) 약물 처방(조건: 해당 기록일 당일에 방문 기록 있음) 기록 있음",
        ),
        (
            'index visit include "x" when at least 1 distinct visit of drug where duration in 1..3 days',
            "there is at least 1 distinct visit among prescriptions, where the duration is from 1 day to 3 days",
            "약물 처방(조건: 기간 1일부터 3일까지) 기록의 서로 다른 방문 1개 이상",
        ),
        (
            'index visit include "x" when no drug from 1 day before index to 1 day before index',
            "there is no prescription, exactly 1 day before the index date",
            "정확히 기준일 1일 전에 약물 처방 기록 없음",
        ),
        (
            'index visit include "x" when any drug on index',
            "there is a prescription, on the index date",
            "기준일 당일에 약물 처방 기록 있음",
        ),
        (
            'index visit include "x" when any visit ending from index to observation end',
            "there is a visit, ending from the index date to the end of observation",
            "기준일부터 관찰 종료일까지의 기간에 끝난 방문 기록 있음",
        ),
        (
            'index visit include "x" when any drug from 7 days before index to any time after',
            "there is a prescription, no earlier than 7 days before the index date",
            "기준일 7일 전이나 그 뒤에 약물 처방 기록 있음",
        ),
        (
            "index measurement where value >= 126 unit concept 8840",
            "the value is 126 or more in the unit concept 8840",
            "수치 결과 126 이상(단위: 개념 8840)",
        ),
        (
            "index condition in (concept 1 excluding concept 2) where age >= 40",
            "diagnosis of concept 1 (leaving out concept 2), where the age on the first day is 40 or more",
            "개념 1(단, 개념 2 제외) 진단(조건: 시작일 나이 40세 이상)",
        ),
        (
            'index visit include "x" when none of (sex is female, any drug)',
            "none of these holds:",
            "다음 중 어느 것에도 해당하지 않음:",
        ),
        (
            "index death in concept 5",
            "People enter with each death from concept 5.",
            "원인이 개념 5인 사망이 있는 사람을 대상으로 하며,",
        ),
        (
            'index visit include "x" when any era of drug in concept 5 with gaps of at most 30 days before index',
            "there is an unbroken spell (at most 30 days apart) of prescriptions of concept 5, before the index date",
            "기준일 전에(당일 제외) 연속 기간(개념 5 약물 처방, 최대 30일 간격까지 이어 봄) 기록 있음",
        ),
        (
            "index drug end with exposure to concept 5 with gaps of at most 0 days",
            "the end of continuous exposure to concept 5 (no gap allowed)",
            "개념 5의 연속 투여가 끝난 날(공백 없음)",
        ),
    ],
)
def test_words_are_those_of_the_field(document: str, english: str, korean: str) -> None:
    cohort = parse(f'cohort "x" {document}')
    assert english in plain_text(paraphrase(cohort, Language.ENGLISH))
    assert korean in plain_text(paraphrase(cohort, Language.KOREAN))


@pytest.mark.parametrize("events", ["visit", "visit or drug"])
def test_a_day_of_each_event_is_promised_only_where_none_is_picked(events: str) -> None:
    """`each visit` and `only the earliest` would contradict one another."""
    every, one = (parse(f'cohort "x" index {pick}{events}') for pick in ("", "earliest of "))
    for cohort, is_each in ((every, True), (one, False)):
        english, korean = (plain_text(paraphrase(cohort, language)) for language in Language)
        assert ("each visit" in english or "Each such day" in english) is is_each
        assert ("해당하는 날이 여럿이면 각각이 기준일입니다." in korean) is is_each
        assert ("only the earliest counts" in english) is not is_each


def test_a_nested_line_can_stand_in_a_sentence() -> None:
    said = Paraphrase(
        language=Language.ENGLISH,
        title="t",
        sections=(Section(heading="h", items=(Item(text="of:", items=(Item(text="a"), Item(text="b"))),)),),
    )
    assert plain_text(said) == "t\n\nh\n- of:\n  - a\n  - b\n"


def test_what_is_no_document_is_refused_before_it_is_said() -> None:
    with pytest.raises(Problems):
        paraphrase(parse('cohort "x" index'))
