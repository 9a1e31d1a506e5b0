"""Long-lasting diseases: their codes, their place in the hierarchy, who gets them and when.

Concept ids are those of the OMOP vocabularies; an id from 2,000,000,000 up is local, as OHDSI reserves them.
`risk60` is the share of people without any risk factor who have the disease by the age of 60; `shape` is how steeply
the hazard grows with age; `risks` are log hazard ratios of the factors that `illness.py` knows. The figures are round
numbers of the right order for Korean adults, chosen so that known associations can be found again.
"""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """Where a disease is first treated."""

    OUTPATIENT = 0
    INPATIENT = 1
    EMERGENCY = 2


@dataclass(frozen=True, slots=True)
class Disease:
    """`kcd` are the KCD-7 codes records use; all map to `concept_id`. `lethality` is a log hazard ratio of death.

    A risk named like another disease's `key` acts in those who have it; that disease must come earlier in the table.
    """

    key: str
    concept_id: int
    snomed: str
    name: str
    korean: str
    kcd: tuple[str, ...]
    parent: int
    risk60: float
    shape: float
    risks: tuple[tuple[str, float], ...] = ()
    sex: str | None = None
    severity: Severity = Severity.OUTPATIENT
    lethality: float = 0.0


_IN, _ER = Severity.INPATIENT, Severity.EMERGENCY

DISEASES = (
    Disease("fh", 2_040_000_001, "398036000", "Familial hypercholesterolemia", "가족성 고콜레스테롤혈증", ("E78.0",),
            432867, 0.002, 1.0, (("ldlr_lof", 4.5),)),
    Disease("obesity", 433736, "414916001", "Obesity", "비만", ("E66.9",), 436670, 0.05, 1.5, (("bmi", 0.9),)),
    Disease("hypertension", 320128, "59621000", "Essential hypertension", "본태성 고혈압", ("I10.9", "I10"),
            316866, 0.24, 3.6, (("bmi", 0.45), ("male", 0.2), ("heavy_drinker", 0.35), ("inactive", 0.15))),
    Disease("dyslipidaemia", 432867, "55822004", "Hyperlipidemia", "고지혈증", ("E78.5", "E78"),
            436670, 0.24, 3.0, (("bmi", 0.35), ("fh", 2.0), ("ldl_score", 0.3), ("pcsk9_lof", -0.9),
                                ("apoe_e4", 0.25), ("apoe_e2", -0.3))),
    Disease("t1dm", 201254, "46635009", "Type 1 diabetes mellitus", "1형 당뇨병", ("E10.9", "E10"),
            201820, 0.003, 0.5),
    Disease("t2dm", 201826, "44054006", "Type 2 diabetes mellitus", "2형 당뇨병", ("E11.9", "E11.2", "E11"),
            201820, 0.10, 3.6, (("t2d_score", 0.55), ("bmi", 0.5), ("male", 0.25), ("inactive", 0.2),
                                ("current_smoker", 0.2), ("hnf1a", 2.2))),
    Disease("retinopathy", 4174977, "4855003", "Retinopathy due to diabetes mellitus", "당뇨병성 망막병증", ("H36.0",),
            4274025, 0.002, 3.0, (("t2dm", 4.2), ("t1dm", 4.5))),
    Disease("nafld", 4059290, "197321007", "Steatosis of liver", "지방간", ("K76.0",),
            194984, 0.14, 2.2, (("bmi", 0.6), ("pnpla3", 0.35), ("t2dm", 0.4), ("tm6sf2", 0.3))),
    Disease("hepatitis_b", 439674, "61977001", "Chronic type B viral hepatitis", "만성 B형 바이러스간염", ("B18.1",),
            194984, 0.025, 0.8),
    Disease("cirrhosis", 4064161, "19943007", "Cirrhosis of liver", "간경변증", ("K74.6",),
            194984, 0.004, 4.0, (("hepatitis_b", 2.5), ("heavy_drinker", 1.4), ("pnpla3", 0.3)), None, _IN, 1.3),
    Disease("ckd", 46271022, "709044004", "Chronic kidney disease", "만성 신장병", ("N18.3", "N18"),
            198124, 0.02, 5.0, (("t2dm", 1.1), ("hypertension", 0.8)), None, Severity.OUTPATIENT, 0.6),
    Disease("angina", 321318, "194828000", "Angina pectoris", "협심증", ("I20.9",),
            4185932, 0.02, 5.0, (("cad_score", 0.4), ("hypertension", 0.5), ("dyslipidaemia", 0.5), ("male", 0.4))),
    Disease("mi", 4329847, "22298006", "Myocardial infarction", "심근경색증", ("I21.9", "I21"),
            4185932, 0.008, 5.0, (("cad_score", 0.5), ("current_smoker", 0.9), ("former_smoker", 0.3), ("t2dm", 0.6),
                                  ("hypertension", 0.5), ("dyslipidaemia", 0.5), ("fh", 1.6), ("male", 0.8),
                                  ("pcsk9_lof", -0.7)), None, _ER, 0.9),
    Disease("stroke", 381316, "230690007", "Cerebrovascular accident", "뇌졸중", ("I63.9", "I64", "I63"),
            381591, 0.012, 5.2, (("hypertension", 0.9), ("t2dm", 0.5), ("current_smoker", 0.5), ("atrial_prone", 0.2)),
            None, _ER, 0.9),
    Disease("af", 313217, "49436004", "Atrial fibrillation", "심방세동", ("I48.9",),
            321588, 0.008, 6.0, (("hypertension", 0.4), ("heavy_drinker", 0.3), ("atrial_prone", 0.6))),
    Disease("heart_failure", 316139, "84114007", "Heart failure", "심부전", ("I50.9", "I50"),
            321588, 0.006, 6.0, (("mi", 1.6), ("hypertension", 0.7), ("af", 1.0), ("ckd", 0.6)), None, _IN, 1.2),
    Disease("long_qt", 314664, "9651007", "Long QT syndrome", "QT 연장 증후군", ("I45.8",),
            321588, 0.0002, 0.7, (("kcnq1", 6.0),)),
    Disease("asthma", 317009, "195967001", "Asthma", "천식", ("J45.9", "J45"), 320136, 0.05, 0.9),
    Disease("copd", 255573, "13645005", "Chronic obstructive pulmonary disease", "만성 폐쇄성 폐질환",
            ("J44.9", "J44"), 320136, 0.008, 5.0, (("current_smoker", 1.7), ("former_smoker", 0.9),
                                                   ("pack_years", 0.35), ("asthma", 0.7)), None,
            Severity.OUTPATIENT, 0.8),
    Disease("lung_cancer", 443388, "363358000", "Malignant tumor of lung", "폐암", ("C34.9", "C34"),
            443392, 0.003, 6.0, (("current_smoker", 2.2), ("former_smoker", 1.1), ("copd", 0.5)), None, _IN, 2.6),
    Disease("gastric_cancer", 443387, "363349007", "Malignant tumor of stomach", "위암", ("C16.9", "C16"),
            443392, 0.010, 5.0, (("male", 0.7), ("salty", 0.3), ("current_smoker", 0.4), ("cdh1", 3.0)),
            None, _IN, 1.4),
    Disease("colorectal_cancer", 4180790, "363406005", "Malignant tumor of colon", "대장암", ("C18.9", "C18"),
            443392, 0.008, 5.0, (("male", 0.3), ("red_meat", 0.3), ("lynch", 3.0)), None, _IN, 1.4),
    Disease("liver_cancer", 4001171, "109841003", "Liver cell carcinoma", "간세포암", ("C22.0", "C22"),
            443392, 0.002, 5.0, (("hepatitis_b", 2.6), ("cirrhosis", 2.2), ("male", 0.8)), None, _IN, 2.4),
    Disease("breast_cancer", 4112853, "254837009", "Malignant tumor of breast", "유방암", ("C50.9", "C50"),
            443392, 0.032, 3.0, (("brca_lof", 2.4),), "female", _IN, 0.8),
    Disease("prostate_cancer", 4163261, "399068003", "Malignant tumor of prostate", "전립선암", ("C61",),
            443392, 0.008, 7.0, (("brca_lof", 1.0),), "male", _IN, 0.6),
    Disease("thyroid_cancer", 4178976, "363478007", "Malignant tumor of thyroid gland", "갑상선암", ("C73",),
            443392, 0.012, 1.6, (("female", 1.1),), None, _IN, 0.1),
    Disease("depression", 4152280, "370143000", "Major depressive disorder", "주요우울장애", ("F32.9", "F32"),
            432586, 0.05, 1.0, (("female", 0.6), ("stressed", 0.6), ("low_income", 0.3))),
    Disease("anxiety", 442077, "197480006", "Anxiety disorder", "불안장애", ("F41.9",),
            432586, 0.05, 1.0, (("female", 0.4), ("stressed", 0.5), ("depression", 0.7))),
    Disease("insomnia", 436962, "193462001", "Insomnia", "불면증", ("G47.0",),
            376337, 0.06, 1.8, (("female", 0.3), ("depression", 0.8))),
    Disease("epilepsy", 380378, "84757009", "Epilepsy", "뇌전증", ("G40.9", "G40"),
            376337, 0.006, 0.6, (("scn1a", 4.0), ("stroke", 0.8))),
    Disease("dementia", 378419, "26929004", "Alzheimer's disease", "알츠하이머병", ("G30.9", "F00.9"),
            376337, 0.003, 9.0, (("apoe_e4", 1.1), ("apoe_e2", -0.5), ("low_education", 0.3)), None,
            Severity.OUTPATIENT, 0.7),
    Disease("parkinson", 381270, "49049000", "Parkinson's disease", "파킨슨병", ("G20",),
            376337, 0.002, 7.0, (("lrrk2", 0.9),), None, Severity.OUTPATIENT, 0.4),
    Disease("osteoporosis", 80502, "64859006", "Osteoporosis", "골다공증", ("M81.9", "M81"),
            4244662, 0.03, 5.0, (("female", 1.5), ("bmi", -0.3), ("inactive", 0.2))),
    Disease("osteoarthritis", 80180, "396275006", "Osteoarthritis", "골관절염", ("M17.9", "M19.9"),
            4244662, 0.16, 3.6, (("female", 0.5), ("bmi", 0.3))),
    Disease("rheumatoid", 80809, "69896004", "Rheumatoid arthritis", "류마티스 관절염", ("M06.9", "M05.9"),
            4244662, 0.006, 1.8, (("female", 1.0), ("current_smoker", 0.4))),
    Disease("gout", 440674, "90560007", "Gout", "통풍", ("M10.9",),
            4244662, 0.012, 2.5, (("male", 1.7), ("abcg2", 0.6), ("heavy_drinker", 0.5))),
    Disease("hypothyroidism", 140673, "40930008", "Hypothyroidism", "갑상선기능저하증", ("E03.9",),
            31821, 0.015, 2.0, (("female", 1.3), ("thyroid_cancer", 3.0))),
    Disease("gerd", 318800, "235595009", "Gastroesophageal reflux disease", "위식도역류병", ("K21.9", "K21.0"),
            4201745, 0.16, 1.6, (("bmi", 0.2),)),
    Disease("gastric_ulcer", 4265600, "397825006", "Gastric ulcer", "위궤양", ("K25.9",),
            4201745, 0.06, 2.0, (("current_smoker", 0.4),)),
    Disease("bph", 198803, "266569009", "Benign prostatic hyperplasia", "전립선비대증", ("N40",),
            4171379, 0.18, 5.0, (), "male"),
    Disease("cataract", 375545, "193570009", "Cataract", "백내장", ("H26.9", "H25.9"),
            4274025, 0.10, 6.0, (("t2dm", 0.4),)),
    Disease("allergic_rhinitis", 257007, "61582004", "Allergic rhinitis", "알레르기비염", ("J30.4", "J30.1"),
            320136, 0.22, 0.7, (("asthma", 0.7),)),
    Disease("thalassaemia", 2_040_000_002, "65959000", "Beta thalassemia", "베타지중해빈혈", ("D56.1",),
            439777, 0.0003, 0.5, (("hbb", 6.0),)),
    Disease("anaemia", 439777, "271737000", "Anemia", "빈혈", ("D64.9",),
            4274025, 0.04, 1.0, (("female", 1.0), ("ckd", 0.8), ("thalassaemia", 2.0))),
)  # fmt: skip

DISEASE_INDEX = {disease.key: number for number, disease in enumerate(DISEASES)}
"""Key of a disease -> its row, which is its column in every person by disease array."""
