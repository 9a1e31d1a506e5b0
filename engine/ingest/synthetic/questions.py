"""The survey dictionary: three surveys, their questions and options in English and Korean."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a choice offers; `weight` is its share among people of average trait."""

    answer: str
    label: str
    korean: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `trait` names what answers depend on and `slope` how strongly, 0 to 1.

    Traits are those of `Population.traits`, the genetic scores, `burden` of disease and low `mood`. A `slope` of 1 on a
    choice copies the trait: it is then the option's number. Numbers are `mean + sd * latent`. Of a multiple choice,
    `mean` is the probability of each option but the first, which says that none applies. People whose trait `only_if`
    is 0 are not asked.
    """

    id: str
    survey: str
    kind: str
    label: str
    korean: str
    options: tuple[Option, ...] = ()
    trait: str | None = None
    slope: float = 0.0
    unit: str | None = None
    mean: float = 0.0
    sd: float = 1.0
    range: tuple[float, float] = (0.0, 1e9)
    declined: float = 0.01
    only_if: str | None = None


SURVEYS: dict[str, tuple[int, ...]] = {"lifestyle": (0, 2, 4), "health": (0, 2), "background": (0,)}
"""Survey -> years after enrolment at which it is asked."""


def _options(*rows: tuple[str, str, str, float]) -> tuple[Option, ...]:
    return tuple(Option(*row) for row in rows)


_YES_NO = _options(("no", "No", "아니오", 7), ("yes", "Yes", "예", 3))
_OFTEN = _options(("rarely", "Rarely", "거의 안 먹음", 3), ("sometimes", "1-2 times a week", "주 1-2회", 4),
                  ("often", "3-6 times a week", "주 3-6회", 3), ("daily", "Every day", "매일", 2))  # fmt: skip
_FAMILY = _options(("none", "None of these", "없음", 0), ("father", "Father", "아버지", 1),
                   ("mother", "Mother", "어머니", 1), ("sibling", "Brother or sister", "형제자매", 1))  # fmt: skip


def _family(disease: str, label: str, korean: str, trait: str, mean: float) -> Question:
    return Question(f"family_history.{disease}", "health", "multiple", f"Which relatives had {label}?",
                    f"{korean} 가족력", _FAMILY, trait, 0.5, mean=mean, declined=0.02)  # fmt: skip


_UNSORTED = (
    Question("smoking.status", "lifestyle", "choice", "Do you smoke cigarettes?", "담배를 피우십니까?", _options(
        ("never", "Never smoked", "비흡연", 1), ("former", "Used to smoke", "과거 흡연", 1),
        ("current", "Smoke now", "현재 흡연", 1)), "smoking", 1.0),
    Question("smoking.pack_years", "lifestyle", "number", "Pack-years smoked", "흡연력(갑년)", unit="a",
             trait="pack_years", slope=1.0, sd=20.0, range=(0, 120), only_if="pack_years"),
    Question("smoking.secondhand", "lifestyle", "choice", "Does somebody smoke near you at home or work?",
             "간접흡연 노출", _YES_NO, "current_smoker", 0.3),
    Question("alcohol.frequency", "lifestyle", "choice", "How often do you drink alcohol?", "음주 빈도", _options(
        ("never", "Never", "전혀 안 마심", 1), ("monthly", "Monthly or less", "월 1회 이하", 1),
        ("2-4_monthly", "2-4 times a month", "월 2-4회", 1), ("2-3_weekly", "2-3 times a week", "주 2-3회", 1),
        ("4_weekly", "4 or more times a week", "주 4회 이상", 1)), "drinking", 1.0),
    Question("alcohol.flushing", "lifestyle", "choice", "Does your face turn red when you drink?",
             "음주 시 안면홍조", _options(
        ("never", "Never", "전혀 없음", 1), ("sometimes", "Sometimes", "가끔", 1), ("always", "Always", "항상", 1)),
        "flushing", 1.0),
    Question("alcohol.glasses", "lifestyle", "number", "Glasses on a day when you drink", "1회 음주량(잔)",
             trait="drinking_level", slope=0.7, mean=4, sd=2.5, range=(0, 30), only_if="drinking"),
    Question("activity.level", "lifestyle", "choice", "How active are you?", "신체활동 수준", _options(
        ("high", "High", "높음", 22), ("moderate", "Moderate", "보통", 43), ("low", "Low", "낮음", 35)),
        "inactivity", 0.9),
    Question("activity.walking_minutes", "lifestyle", "number", "Minutes walked a day", "하루 걷기 시간(분)",
             trait="inactivity", slope=-0.6, mean=50, sd=28, range=(0, 600)),
    Question("diet.vegetables", "lifestyle", "choice", "How often do you eat vegetables?", "채소 섭취 빈도", _OFTEN),
    Question("diet.fruit", "lifestyle", "choice", "How often do you eat fruit?", "과일 섭취 빈도", _OFTEN),
    Question("diet.red_meat", "lifestyle", "choice", "How often do you eat red meat?", "붉은 고기 섭취 빈도", _OFTEN,
             "red_meat", 0.8),
    Question("diet.salty", "lifestyle", "choice", "How salty is your food?", "짠 음식 선호", _options(
        ("mild", "Mild", "싱겁게", 3), ("average", "Average", "보통", 5), ("salty", "Salty", "짜게", 2)), "salty", 0.8),
    Question("diet.coffee", "lifestyle", "number", "Cups of coffee a day", "하루 커피(잔)", mean=1.8, sd=1.3,
             range=(0, 15)),
    Question("diet.supplements", "lifestyle", "multiple", "Which supplements do you take?",
             "복용 중인 건강기능식품", _options(
        ("none", "None", "없음", 0), ("vitamins", "Vitamins", "비타민", 1), ("omega3", "Omega-3", "오메가3", 1),
        ("ginseng", "Red ginseng", "홍삼", 1), ("probiotics", "Probiotics", "유산균", 1)), mean=0.22),
    Question("sleep.hours", "lifestyle", "number", "Hours of sleep a night", "수면 시간", unit="h", trait="stress",
             slope=-0.3, mean=6.7, sd=1.0, range=(2, 14)),
    Question("sleep.quality", "lifestyle", "choice", "How well do you sleep?", "수면의 질", _options(
        ("good", "Well", "좋음", 45), ("fair", "Fairly", "보통", 38), ("poor", "Badly", "나쁨", 17)), "stress", 0.5),
    Question("stress.level", "lifestyle", "choice", "How much stress do you feel?", "스트레스 인지", _options(
        ("none", "Hardly any", "거의 없음", 16), ("some", "Some", "조금", 56), ("much", "Much", "많이", 23),
        ("very_much", "Very much", "대단히 많이", 5)), "stress", 0.9),
    Question("health.self_rated", "health", "choice", "How is your health?", "주관적 건강 상태", _options(
        ("good", "Good", "좋음", 32), ("fair", "Fair", "보통", 50), ("poor", "Poor", "나쁨", 18)), "burden", 0.5),
    Question("health.phq9_total", "health", "number", "PHQ-9 total score", "우울증 선별도구(PHQ-9) 총점",
             unit="{score}", trait="mood", slope=0.7, mean=3.2, sd=4.0, range=(0, 27), declined=0.04),
    Question("health.pain", "health", "choice", "Do you have pain that limits you?", "통증으로 인한 제한", _YES_NO,
             "burden", 0.4),
    Question("health.last_dental_visit", "health", "date", "When did you last see a dentist?", "마지막 치과 방문일"),
    Question("health.medicines", "health", "number", "Medicines taken regularly", "정기 복용 약물 수",
             trait="burden", slope=0.8, mean=1.6, sd=1.6, range=(0, 20)),
    Question("health.comment", "health", "text", "Anything else about your health?", "기타 건강 관련 의견"),
    _family("diabetes", "diabetes", "당뇨병", "t2d_score", 0.11),
    _family("heart_attack", "a heart attack", "심근경색", "cad_score", 0.05),
    _family("stroke", "a stroke", "뇌졸중", "cad_score", 0.06),
    _family("cancer", "cancer", "암", "brca_lof", 0.10),
    _family("dementia", "dementia", "치매", "apoe_e4", 0.05),
    Question("background.education", "background", "choice", "Highest school completed", "최종 학력", _options(
        ("elementary", "Elementary or less", "초등학교 이하", 1), ("middle", "Middle school", "중학교", 1),
        ("high", "High school", "고등학교", 1), ("college", "College or more", "대학 이상", 1)), "education", 1.0),
    Question("background.income", "background", "choice", "Monthly household income", "월 가구 소득", _options(
        ("under_2m", "Under 2 million won", "200만원 미만", 1), ("2-4m", "2 to 4 million won", "200-400만원", 1),
        ("4-6m", "4 to 6 million won", "400-600만원", 1), ("over_6m", "Over 6 million won", "600만원 초과", 1)),
        "income", 1.0, declined=0.07),
    Question("background.marital", "background", "choice", "Marital status", "혼인 상태", _options(
        ("single", "Single", "미혼", 24), ("married", "Married", "기혼", 62), ("divorced", "Divorced", "이혼", 8),
        ("widowed", "Widowed", "사별", 6)), "age", 0.7),
    Question("background.occupation", "background", "choice", "Occupation", "직업", _options(
        ("office", "Office", "사무직", 32), ("service", "Service or sales", "서비스/판매", 22),
        ("manual", "Manual or technical", "생산/기술", 21), ("farming", "Farming or fishing", "농림어업", 5),
        ("none", "Not employed", "무직/주부", 20))),
)  # fmt: skip

QUESTIONS = tuple(sorted(_UNSORTED, key=lambda question: question.id))
"""Every question, in the order answers are clustered by."""
