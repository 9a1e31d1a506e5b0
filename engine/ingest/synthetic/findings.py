"""The SNOMED groups above the diseases, and the short complaints that fill ordinary visits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A classification above diseases; `parent` is its own group."""

    concept_id: int
    snomed: str
    name: str
    korean: str
    parent: int | None


GROUPS = (
    Group(441840, "404684003", "Clinical finding", "임상 소견", None),
    Group(4274025, "64572001", "Disease", "질환", 441840),
    Group(134057, "49601007", "Disorder of cardiovascular system", "심혈관계 질환", 4274025),
    Group(316866, "38341003", "Hypertensive disorder", "고혈압성 질환", 134057),
    Group(321588, "56265001", "Heart disease", "심장 질환", 134057),
    Group(4185932, "414545008", "Ischemic heart disease", "허혈성 심장 질환", 321588),
    Group(381591, "62914000", "Cerebrovascular disease", "뇌혈관 질환", 134057),
    Group(436670, "75934005", "Metabolic disease", "대사 질환", 4274025),
    Group(31821, "362969004", "Disorder of endocrine system", "내분비계 질환", 4274025),
    Group(201820, "73211009", "Diabetes mellitus", "당뇨병", 31821),
    Group(320136, "50043002", "Disorder of respiratory system", "호흡기계 질환", 4274025),
    Group(443392, "363346000", "Malignant neoplastic disease", "악성 신생물", 4274025),
    Group(432586, "74732009", "Mental disorder", "정신 질환", 4274025),
    Group(376337, "118940003", "Disorder of nervous system", "신경계 질환", 4274025),
    Group(4201745, "53619000", "Disorder of digestive system", "소화기계 질환", 4274025),
    Group(194984, "235856003", "Disease of liver", "간 질환", 4201745),
    Group(4171379, "42030000", "Disorder of the genitourinary system", "비뇨생식기계 질환", 4274025),
    Group(198124, "90708001", "Kidney disease", "신장 질환", 4171379),
    Group(4244662, "928000", "Disorder of musculoskeletal system", "근골격계 질환", 4274025),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A short illness: `young` and `old` weigh how often it brings people under and over 50 to a doctor.

    `drugs` are (drug key, probability of a prescription).
    """

    concept_id: int
    snomed: str
    name: str
    korean: str
    kcd: str
    parent: int
    young: float
    old: float
    drugs: tuple[tuple[str, float], ...] = ()


COMPLAINTS = (
    Complaint(4181583, "54150009", "Upper respiratory infection", "급성 상기도감염", "J06.9", 320136, 24, 13,
              (("acetaminophen", 0.6), ("cetirizine", 0.3))),
    Complaint(260139, "10509002", "Acute bronchitis", "급성 기관지염", "J20.9", 320136, 16, 13,
              (("amoxicillin", 0.4), ("acetaminophen", 0.4))),
    Complaint(4112343, "195662009", "Acute viral pharyngitis", "급성 바이러스 인두염", "J02.9", 320136, 10, 5,
              (("ibuprofen", 0.5),)),
    Complaint(255848, "233604007", "Pneumonia", "폐렴", "J18.9", 320136, 1, 3, (("amoxicillin", 0.7),)),
    Complaint(201340, "4556007", "Gastritis", "위염", "K29.7", 4201745, 10, 12, (("rabeprazole", 0.5),)),
    Complaint(196523, "62315008", "Diarrhea", "설사", "K59.1", 4201745, 6, 3),
    Complaint(194133, "279039007", "Low back pain", "요통", "M54.5", 4244662, 9, 17,
              (("celecoxib", 0.4), ("acetaminophen", 0.3))),
    Complaint(4150062, "30989003", "Knee pain", "무릎 통증", "M25.5", 4244662, 3, 10, (("celecoxib", 0.4),)),
    Complaint(81902, "68566005", "Urinary tract infectious disease", "요로감염", "N39.0", 4171379, 4, 5),
    Complaint(378253, "25064002", "Headache", "두통", "R51", 376337, 5, 4, (("acetaminophen", 0.7),)),
    Complaint(318736, "37796009", "Migraine", "편두통", "G43.9", 376337, 3, 1, (("ibuprofen", 0.5),)),
    Complaint(4223659, "84229001", "Fatigue", "피로", "R53", 441840, 2, 3),
    Complaint(133228, "80967001", "Dental caries", "치아우식", "K02.9", 4201745, 6, 4),
    Complaint(133834, "24079001", "Atopic dermatitis", "아토피피부염", "L20.9", 4274025, 3, 1,
              (("cetirizine", 0.4),)),
    Complaint(443329, "4740000", "Herpes zoster", "대상포진", "B02.9", 376337, 1, 3),
)  # fmt: skip
