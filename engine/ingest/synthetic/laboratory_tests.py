"""Laboratory tests and vital signs: codes, units, reference ranges, and what moves them.

Values follow `mean + shifts + person + noise`; where `log` is set the same sum is of logarithms. Shifts of diseases
begin at their onset, those of drugs a month after the first prescription; genetic scores shift from birth.
EDI codes have the form of the national fee schedule's and are illustrative, not to be looked up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM unit; `concept_id` is OMOP's."""

    concept_id: int
    code: str
    name: str


UNITS = {
    unit.code: unit
    for unit in (
        Unit(8554, "%", "percent"), Unit(8840, "mg/dL", "milligram per deciliter"),
        Unit(8876, "mm[Hg]", "millimeter mercury column"), Unit(9531, "kg/m2", "kilogram per square meter"),
        Unit(8645, "[U]/L", "unit per liter"), Unit(8713, "g/dL", "gram per deciliter"),
        Unit(8582, "cm", "centimeter"), Unit(8541, "/min", "per minute"), Unit(9448, "a", "year"),
        Unit(720870, "mL/min/(173.10*-2.m2)", "milliliter per minute per 1.73 square meter"),
        Unit(8587, "mL", "milliliter"), Unit(8576, "mg", "milligram"), Unit(8505, "h", "hour"),
        Unit(8512, "d", "day"), Unit(8511, "wk", "week"), Unit(44777566, "{score}", "score"),
        Unit(9040, "10*-3.[iU]/L", "milli-international unit per liter"),
    )
}  # fmt: skip
"""UCUM code -> unit."""


@dataclass(frozen=True, slots=True)
class LaboratoryTest:
    """`person` and `noise` are the standard deviations between people and between results of one person.

    `screened` is the probability of the test at a national health screening.
    """

    key: str
    concept_id: int
    loinc: str
    edi: str
    name: str
    korean: str
    unit: str
    mean: float
    person: float
    noise: float
    decimals: int
    low: float | None
    high: float | None
    screened: float = 0.0
    log: bool = False
    male: float = 0.0
    per_decade: float = 0.0
    bmi: float = 0.0
    diseases: tuple[tuple[str, float], ...] = ()
    therapies: tuple[tuple[str, float], ...] = ()
    scores: tuple[tuple[str, float], ...] = ()


LABORATORY_TESTS = (
    LaboratoryTest("hba1c", 3004410, "4548-4", "D3061", "Hemoglobin A1c/Hemoglobin.total in Blood", "당화혈색소",
                   "%", 5.4, 0.25, 0.15, 1, 4.0, 5.6, 0.15, per_decade=0.07, bmi=0.05,
                   diseases=(("t2dm", 2.1), ("t1dm", 2.6)),
                   therapies=(("metformin", -0.6), ("dpp4", -0.4), ("sglt2", -0.4), ("sulfonylurea", -0.3),
                              ("insulin", -0.5)), scores=(("t2d_score", 0.05),)),
    LaboratoryTest("glucose", 3037110, "1558-6", "D3022", "Fasting glucose [Mass/volume] in Serum or Plasma",
                   "공복혈당", "mg/dL", 93, 7, 6, 0, 70, 99, 1.0, male=2, per_decade=1.5, bmi=1.5,
                   diseases=(("t2dm", 48), ("t1dm", 65)),
                   therapies=(("metformin", -14), ("dpp4", -8), ("sglt2", -8), ("insulin", -12)),
                   scores=(("t2d_score", 1.2),)),
    LaboratoryTest("ldl", 3028437, "13457-7", "D2263",
                   "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation",
                   "LDL 콜레스테롤", "mg/dL", 114, 24, 12, 0, 0, 130, 1.0, per_decade=1.5, bmi=3,
                   diseases=(("dyslipidaemia", 32), ("fh", 85)),
                   therapies=(("statin", -58), ("statin_fh", -75), ("ezetimibe", -18)),
                   scores=(("pcsk9_lof", -32), ("ldlr_lof", 60), ("apoe_e4", 7), ("apoe_e2", -11), ("ldl_score", 9))),
    LaboratoryTest("hdl", 3007070, "2085-9", "D2262", "Cholesterol in HDL [Mass/volume] in Serum or Plasma",
                   "HDL 콜레스테롤", "mg/dL", 57, 11, 4, 0, 40, 100, 1.0, male=-8, bmi=-3,
                   diseases=(("t2dm", -3),), scores=(("cetp", 2.5),)),
    LaboratoryTest("triglyceride", 3022192, "2571-8", "D2264", "Triglyceride [Mass/volume] in Serum or Plasma",
                   "중성지방", "mg/dL", 4.6, 0.38, 0.2, 0, 0, 150, 1.0, log=True, male=0.18, bmi=0.12,
                   diseases=(("dyslipidaemia", 0.25), ("t2dm", 0.15)), therapies=(("fibrate", -0.35),)),
    LaboratoryTest("cholesterol", 3027114, "2093-3", "D2261", "Cholesterol [Mass/volume] in Serum or Plasma",
                   "총콜레스테롤", "mg/dL", 192, 28, 14, 0, 0, 200, 1.0, bmi=3,
                   diseases=(("dyslipidaemia", 30), ("fh", 85)),
                   therapies=(("statin", -55), ("statin_fh", -72), ("ezetimibe", -17)),
                   scores=(("pcsk9_lof", -32), ("ldlr_lof", 60), ("ldl_score", 9))),
    LaboratoryTest("creatinine", 3016723, "2160-0", "D2280", "Creatinine [Mass/volume] in Serum or Plasma",
                   "크레아티닌",
                   "mg/dL", 0.70, 0.09, 0.06, 2, 0.5, 1.3, 1.0, male=0.22, per_decade=0.015, diseases=(("ckd", 0.75),)),
    LaboratoryTest("egfr", 46236952, "77147-7", "D2281",
                   "Glomerular filtration rate/1.73 sq M.predicted by Creatinine-based formula (MDRD)",
                   "사구체여과율",
                   "mL/min/(173.10*-2.m2)", 94, 10, 6, 0, 60, None, 1.0, per_decade=-6, diseases=(("ckd", -40),)),
    LaboratoryTest("ast", 3013721, "1920-8", "D1850",
                   "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
                   "AST", "[U]/L", 3.08,
                   0.2, 0.16, 0, 0, 40, 1.0, log=True, male=0.1, bmi=0.05,
                   diseases=(("nafld", 0.25), ("cirrhosis", 0.8), ("hepatitis_b", 0.3)), scores=(("pnpla3", 0.04),)),
    LaboratoryTest("alt", 3006923, "1742-6", "D1860",
                   "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
                   "ALT", "[U]/L", 2.9,
                   0.3, 0.2, 0, 0, 40, 1.0, log=True, male=0.25, bmi=0.12,
                   diseases=(("nafld", 0.45), ("cirrhosis", 0.6), ("hepatitis_b", 0.35)), scores=(("pnpla3", 0.06),)),
    LaboratoryTest("ggt", 3026910, "2324-2", "D1870", "Gamma glutamyl transferase [Enzymatic activity/volume]", "GGT",
                   "[U]/L",
                   2.95, 0.4, 0.2, 0, 0, 63, 1.0, log=True, male=0.45, bmi=0.1, diseases=(("nafld", 0.4),)),
    LaboratoryTest("haemoglobin", 3000963, "718-7", "D0002", "Hemoglobin [Mass/volume] in Blood", "혈색소", "g/dL",
                   13.1, 0.8, 0.4, 1, 12.0, 17.0, 1.0, male=1.9, per_decade=-0.06,
                   diseases=(("anaemia", -2.3), ("ckd", -0.9), ("thalassaemia", -2.0)), scores=(("hbb", -2.2),)),
    LaboratoryTest("uric_acid", 3037556, "3084-1", "D2300", "Urate [Mass/volume] in Serum or Plasma", "요산", "mg/dL",
                   4.6, 0.9, 0.4, 1, 2.5, 7.0, 0.0, male=1.3, bmi=0.3, diseases=(("gout", 1.9),),
                   therapies=(("urate", -2.0),), scores=(("abcg2", 0.3),)),
    LaboratoryTest("tsh", 3009201, "3016-3", "D3250", "Thyrotropin [Units/volume] in Serum or Plasma",
                   "갑상선자극호르몬",
                   "10*-3.[iU]/L", 0.65, 0.4, 0.25, 2, 0.4, 4.5, 0.0, log=True, diseases=(("hypothyroidism", 1.4),),
                   therapies=(("thyroxine", -1.2),)),
    LaboratoryTest("systolic", 3004249, "8480-6", "VS001", "Systolic blood pressure", "수축기혈압", "mm[Hg]", 118, 9, 6,
                   0, 90, 139, 1.0, male=4, per_decade=2.5, bmi=2.5, diseases=(("hypertension", 24),),
                   therapies=(("ccb", -11), ("arb", -10), ("acei", -9), ("thiazide", -7))),
    LaboratoryTest("diastolic", 3012888, "8462-4", "VS002", "Diastolic blood pressure", "이완기혈압", "mm[Hg]", 74, 6,
                   4, 0, 60, 89, 1.0, male=3, per_decade=0.5, bmi=1.5, diseases=(("hypertension", 14),),
                   therapies=(("ccb", -7), ("arb", -6), ("acei", -6), ("thiazide", -4))),
    LaboratoryTest("bmi", 3038553, "39156-5", "VS003", "Body mass index (BMI) [Ratio]", "체질량지수", "kg/m2", 23.4,
                   0.6, 0.5, 1, 18.5, 24.9, 1.0, male=0.8, per_decade=0.1, bmi=3.1),
    LaboratoryTest("waist", 3016258, "8280-0", "VS004", "Waist Circumference at umbilicus by Tape measure", "허리둘레",
                   "cm", 78, 3.5, 1.5, 1, None, 90, 1.0, male=6, per_decade=1, bmi=7.5),
    LaboratoryTest("pulse", 3027018, "8867-4", "VS005", "Heart rate", "심박수", "/min", 71, 8, 6, 0, 60, 100, 0.3,
                   therapies=(("beta_blocker_mi", -10), ("beta_blocker_qt", -10))),
)  # fmt: skip

FOLLOW_UP_TESTS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("t2dm", ("hba1c", "glucose"), 0.45),
    ("t2dm", ("creatinine", "egfr"), 0.12),
    ("t1dm", ("hba1c", "glucose"), 0.6),
    ("dyslipidaemia", ("ldl", "hdl", "triglyceride", "cholesterol"), 0.22),
    ("fh", ("ldl", "hdl", "triglyceride", "cholesterol"), 0.4),
    ("hypertension", ("systolic", "diastolic"), 0.6),
    ("hypertension", ("pulse",), 0.2),
    ("ckd", ("creatinine", "egfr", "haemoglobin"), 0.6),
    ("nafld", ("ast", "alt", "ggt"), 0.4),
    ("hepatitis_b", ("ast", "alt"), 0.5),
    ("cirrhosis", ("ast", "alt"), 0.6),
    ("anaemia", ("haemoglobin",), 0.6),
    ("gout", ("uric_acid",), 0.5),
    ("hypothyroidism", ("tsh",), 0.5),
    ("mi", ("systolic", "diastolic", "ldl"), 0.4),
    ("heart_failure", ("creatinine", "pulse"), 0.4),
)
"""(disease, tests done together, probability at a visit for the disease)."""

URINE_PROTEIN = (3014051, "2888-6", "D2250", "Protein [Presence] in Urine by Test strip", "요단백")
"""Concept, LOINC, EDI code and labels of the dipstick test, whose result is a concept and not a number."""

NEGATIVE, POSITIVE = 9189, 9191
"""OMOP concepts of the two results."""
