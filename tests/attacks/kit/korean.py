"""What the report of the attacks says, in Korean: a text by its English, with `{}` where a run puts something in."""

import re
from functools import cache
from typing import Final

_GAP: Final = "{}"

_ATTACKS: Final = {
    "Averaging repeats": "반복의 평균",
    "asks one question again and again, from twenty accounts, and takes the mean": (
        "한 질의를 스무 계정에서 되풀이해 묻고 평균을 냄"
    ),
    "Rewriting": "바꿔 쓰기",
    "writes one question in many ways (other order, De Morgan, always-true conditions, split ranges) and averages": (
        "한 질의를 여러 방식(순서 바꾸기, 드모르간 법칙, 언제나 참인 조건, 나눈 범위)으로 바꿔 쓰고 평균을 냄"
    ),
    "Splitting": "나누기",
    "adds up carriers and non-carriers of one variant after another": (
        "변이를 하나씩 바꿔 가며 보유자와 비보유자의 수를 더함"
    ),
    "Differencing pairs": "쌍의 차이",
    'subtracts "everybody with the pad but this one" from "everybody with the pad", and looks whether the two are ever equal': (
        "‘덧댄 사람 모두’에서 ‘이 사람을 뺀 덧댄 사람 모두’를 빼고, 두 응답이 같아지는 일이 있는지 봄"
    ),
    "Padding to a boundary": "경계까지 덧대기",
    "knows everybody else, and asks for cohorts of every size that the victim may be in": (
        "나머지 사람을 모두 알고, 피해자가 들어 있을지 모르는 모든 크기의 코호트를 물음"
    ),
    "Hidden or shown": "표시 여부",
    "gathers known people up to the threshold, and sees whether the victim makes the number appear": (
        "아는 사람을 최소 표시 기준까지 모으고, 피해자 때문에 숫자가 표시되는지 봄"
    ),
    "Reconstruction": "재구성",
    "asks how many carriers of one variant after another have the secret, and solves for all at once": (
        "변이를 하나씩 바꿔 가며 보유자 가운데 비밀을 가진 사람의 수를 묻고, 모두를 한꺼번에 풂"
    ),
    "Exploiting the noise": "잡음 상쇄",
    "asks clones of one question, and one question at two precisions, to cancel the noise": (
        "한 질의의 복제본들을 묻고, 한 질의를 두 정밀도로 물어 잡음을 상쇄하려 함"
    ),
    "Searching for attacks": "공격 탐색",
    "evolves sets of questions and learns a rule on services of its own, then asks the best set here": (
        "따로 띄운 서비스에서 질의 묶음을 진화시키고 규칙을 배운 다음, 가장 좋은 묶음을 여기서 물음"
    ),
    "Complementary cells": "나머지 칸",
    "bounds each hidden cell of a table by the shown ones and the totals": (
        "표에서 가려진 칸의 범위를 보이는 칸과 합계로 좁힘"
    ),
    "A step of one person": "한 사람의 단계",
    "subtracts two steps of an attrition between which only the victim can be lost": (
        "선정 과정에서 피해자만 빠질 수 있는 두 단계의 인원을 뺌"
    ),
    "Membership from genotypes": "유전형으로 소속 알아내기",
    "compares allele counts of a cohort with the victim's genome": ("코호트의 대립유전자 수를 피해자의 유전체와 견줌"),
    "Timing": "응답 시간",
    "times answers about somebody who matches and about nobody": (
        "해당하는 사람이 있는 질의와 없는 질의의 응답 시간을 잼"
    ),
    "Bytes, headers and status": "바이트, 헤더, 상태 코드",
    "compares all of a reply but its numbers between a world with and one without the victim's secret": (
        "피해자의 비밀이 있는 세계와 없는 세계에서 숫자를 뺀 회신 전체를 비교함"
    ),
    "Refusals": "거절",
    "provokes every refusal in a world with and in one without the victim's secret": (
        "피해자의 비밀이 있는 세계와 없는 세계에서 모든 거절을 일으켜 봄"
    ),
    "Races and crashes": "경쟁과 강제 종료",
    "asks from many threads at once, and kills the server right after an answer": (
        "여러 스레드에서 한꺼번에 묻고, 응답 직후에 서버를 강제로 끝냄"
    ),
    "Collusion": "공모",
    "pools the answers of unrelated projects that all ask about one victim": (
        "관련 없는 과제들이 모두 한 피해자를 묻고 응답을 모음"
    ),
    "Differencing releases": "릴리스의 차이",
    "subtracts what one release says from what the next one says": "다음 릴리스의 응답에서 앞 릴리스의 응답을 뺌",
    "Privacy audit": "프라이버시 감사",
    "plants canaries and asks how much privacy the answers disprove": (
        "카나리아를 심고, 약속한 보호가 응답으로 얼마나 반증되는지 봄"
    ),
    "Law of the noise": "잡음의 분포",
    "counts how often each value of the noise is drawn": "잡음의 값마다 몇 번 뽑히는지 셈",
    "Sensitivity": "민감도",
    "replaces one person's record and looks how far the true histogram moves": (
        "한 사람의 기록을 바꾸고 실제 도수분포가 얼마나 움직이는지 봄"
    ),
}

_FIGURES: Final = {
    "advantage": "이득",
    "counts found exactly": "정확히 알아낸 인원",
    "secrets found": "알아낸 비밀",
    "hidden cells found exactly": "정확히 알아낸 가려진 칸",
    "guesses that are right": "맞힌 추측",
    "replies that differ": "다른 회신",
    "decisions that differ": "다른 결정",
    "answers beyond the budget": "예산을 넘은 응답",
    "epsilon surely lost": "확실히 잃은 ε",
    "confidence that it is another law": "다른 분포라는 확신",
    "share of what is charged for": "비용을 매긴 것 대비 비율",
}

_CHECKS: Final = {
    "different answers to one question asked {} times": "한 질의를 {}번 물어 받은 서로 다른 응답의 수",
    "nano-rho that project, user and institution paid for it": "그 질의에 과제, 사용자, 기관이 낸 비용(나노 ρ)",
    "counts found exactly by averaging": "평균을 내어 정확히 알아낸 인원",
    "true positives at {} false ones stay under the curve of rho {}": (
        "위양성이 {}일 때 참양성이 ρ = {}의 곡선 아래에 머묾"
    ),
    "different answers to {} rewrites with one canonical text": (
        "표준형이 같게 바꿔 쓴 질의 {}개의 서로 다른 응답의 수"
    ),
    "charges for them": "그 질의들에 차감된 비용",
    "of {} rewrites of all kinds, wrongly charged or wrongly free": (
        "온갖 방식으로 바꿔 쓴 질의 {}개 가운데 잘못 차감했거나 잘못 무료로 한 것"
    ),
    "the noise of {} answers is whole": "응답 {}개의 잡음이 온전함",
    "counts found exactly from {} cuts": "{}번 나누어 물어 정확히 알아낸 인원",
    "cuts answered before the budget was spent": "예산이 떨어지기 전에 나누어 물어 응답받은 횟수",
    "nano-rho spent by then": "그때까지 쓴 비용(나노 ρ)",
    "pairs of questions about the same people that get one answer": "같은 사람들에 대한 두 질의의 응답이 같은 쌍",
    "cohorts of exactly {} of which a number is shown": "정확히 {}명인 코호트 가운데 숫자가 표시된 것",
    "different answers for nobody, one person and an unknown code": (
        "아무도 없을 때, 한 명일 때, 없는 코드일 때의 서로 다른 응답의 수"
    ),
    "share of {} secrets found by least squares": "비밀 {}개 가운데 최소제곱법으로 알아낸 비율",
    "share of {} secrets found by a linear program": "비밀 {}개 가운데 선형계획법으로 알아낸 비율",
    "questions answered before the budget was spent": "예산이 떨어지기 전에 응답받은 질의의 수",
    "hidden cells found exactly from total and shown cells": "합계와 보이는 칸으로 정확히 알아낸 가려진 칸",
    "tables whose shown cells add up to something else than their total": "보이는 칸의 합이 합계와 다른 표",
    "Welch's t over {} answers; a difference of {} ms would be seen in 9 of 10 runs": (
        "응답 {}개의 Welch t 값({} ms의 차이라면 10번 중 9번은 드러남)"
    ),
    "{}: Welch's t over {} answers; a difference of {} ms would be seen in 9 of 10 runs; {} came at a later deadline": (
        "{}: 응답 {}개의 Welch t 값({} ms의 차이라면 10번 중 9번은 드러남, {}는 다음 기한에 나옴)"
    ),
    "guesses by time, each half of the answers judged by what the other taught": (
        "시간으로 한 추측(응답의 절반을 다른 절반에서 배운 규칙으로 판정)"
    ),
    "{}: guesses by time, each half of the answers judged by the best rule for the other": (
        "{}: 시간으로 한 추측(응답의 절반을 다른 절반에 가장 잘 맞는 규칙으로 판정)"
    ),
    "{}: answers that came before the deadline": "{}: 기한보다 일찍 나온 응답",
    "the work ends before the deadline of {} ms (99th percentile)": "계산이 기한 {} ms 전에 끝남(99번째 백분위수)",
    "{}: the work ends before the deadline of {} ms (99th percentile)": (
        "{}: 계산이 기한 {} ms 전에 끝남(99번째 백분위수)"
    ),
    "of {} replies, different in more than noisy numbers": "회신 {}개 가운데 잡음이 더해진 숫자 말고도 다른 것",
    "of {} replies without a number, different in any byte": "숫자가 없는 회신 {}개 가운데 한 바이트라도 다른 것",
    "both kinds of reply were compared": "두 종류의 회신을 모두 비교함",
    "of {} decisions, different between the worlds": "결정 {}개 가운데 두 세계에서 다른 것",
    "reasons to refuse that were tried, a spent budget among them": "시험한 거절 사유(예산 소진 포함)",
    "killed servers whose ledger holds less than was answered": "강제로 끝난 서버 가운데 장부가 응답보다 적은 것",
    "answers that were others afterwards, or cost again": "그 뒤에 달라졌거나 비용이 다시 든 응답",
    "answers given before the servers were killed": "서버가 강제로 끝나기 전에 나온 응답",
    "answers that {} threads got of {} asked for": "스레드 {}개가 {}번 물어 받은 응답",
    "nano-rho spent for them": "그 응답에 쓴 비용(나노 ρ)",
    "of {} people, in answers after their cap of rho {}, surely": (
        "{}명 가운데 한도 ρ = {}에 이른 뒤의 응답에 남은 사람(신뢰하한)"
    ),
    "missing from answers before it, surely": "그전의 응답에서 빠진 사람(신뢰하한)",
    "answers of both releases that one budget paid": "예산 하나로 두 릴리스에서 받은 응답",
    "epsilon at delta {} not refuted by {} canaries, by their rates": (
        "δ = {}일 때의 ε 하한(카나리아 {}개의 판정 비율로 구함)"
    ),
    "the same, by {} right guesses in one run": "같은 하한(한 번의 실행에서 맞힌 추측 {}개로 구함)",
    "{} answers follow the rounded discrete Gaussian of sigma {}": (
        "응답 {}개가 시그마 {}인 이산 가우스 분포를 반올림한 것을 따름"
    ),
    "chi-squared of {} draws of {} noise against its exact law": (
        "잡음 {}개의 카이제곱 검정({} 정밀도의 정확한 분포와 비교)"
    ),
    "of the squared distance claimed for {}, reached in {} cases": "주장한 거리 제곱 대비 최댓값({}, {}건)",
    "of {} cases, moved by somebody who did not pay": "{}건 가운데 비용을 내지 않은 사람 때문에 달라진 것",
}

_VALUES: Final = {
    "{}, surely {}": "{}, 신뢰하한 {}",
    "sd {}": "표준편차 {}",
    "at least {}": "{} 이상",
    "at most {}": "{} 이하",
    "below {}": "{} 미만",
    "above {}": "{} 초과",
    "p at least {}": "p {} 이상",
    "{} without and {} with numbers": "숫자 없는 것 {}개, 있는 것 {}개",
    "some of each": "각각 하나 이상",
    "{} reasons": "{}가지",
    "{} reasons, none of a budget": "{}가지(예산 소진 없음)",
    "{}, {} ({} to {})": "{}, {}({}~{})",
    "count": "인원",
    "count of most": "대다수가 해당하는 코호트의 인원",
    "table": "표",
    "attrition": "선정 과정",
    "attrition of most": "대다수가 남는 선정 과정",
    "overlap": "겹침",
    "profile": "프로필",
    "quick": "빠름",
    "medium": "보통",
    "long": "오래 걸림",
    "coarse": "낮음(coarse)",
    "standard": "표준(standard)",
    "fine": "높음(fine)",
    "finest": "최고(finest)",
}

_REPORT: Final = {
    "{} of {} attacks withstood.": "{1}개 가운데 {0}개를 견뎠습니다.",
    "Of these {} ran at the small size of the tests, which finds gross errors only.": (
        "이 가운데 테스트의 작은 규모로 실행한 것({})은 큰 결함만 찾아냅니다."
    ),
    "Every assertion, with its confidence limit:": "판정마다 잰 값과 그 신뢰한계:",
    "attack": "공격",
    "figure": "재는 것",
    "service": "이 서비스",
    "allowed": "허용",
    "suppress and round": "가리고 반올림",
    "suppress, exact margins": "가리기(정확한 합계)",
    "cell key": "셀 키",
    "fresh noise": "매번 새 잡음",
    "{} with exact margins": "합계가 정확하면 {}",
    "{} (small)": "{}(작은 규모)",
    "{}, broken": "{}, 뚫림",
    "assertion": "판정",
    "measured": "잰 값",
    "holds": "지켜짐",
    "fails": "깨짐",
    "true positives by false positives": "위양성률에 따른 참양성률",
    "allowed for ρ = {}": "ρ = {}에 허용된 한계",
    "guessing": "어림짐작",
}

KOREAN: Final = {**_ATTACKS, **_FIGURES, **_CHECKS, **_VALUES, **_REPORT}


def in_korean(text: str) -> str:
    """The text in Korean, with what was put in; as it is where it has no words, as a number has none.

    >>> in_korean("5/64, surely 0.002"), in_korean("37")
    ('5/64, 신뢰하한 0.002', '37')
    """
    for form, korean in _forms():
        if found := form.fullmatch(text):
            return korean.format(*map(in_korean, found.groups()))
    return text


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most words of their own first, so that none takes what is another's."""
    ordered = sorted(KOREAN, key=lambda form: (-len(form.replace(_GAP, "")), form))
    return tuple((re.compile("(.+?)".join(map(re.escape, form.split(_GAP)))), KOREAN[form]) for form in ordered)
