"""What is done to people besides drugs and tests: procedures and devices, at a diagnosis or at a screening."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A procedure or device with its OMOP concept (local from 2,000,000,000) and illustrative EDI code."""

    key: str
    concept_id: int
    snomed: str
    edi: str
    name: str
    korean: str
    device: bool = False


SERVICES = (
    Service("gastroscopy", 4249893, "386831008", "E7611", "Upper gastrointestinal endoscopy", "위내시경"),
    Service("colonoscopy", 4249894, "73761001", "E7660", "Colonoscopy", "대장내시경"),
    Service("mammography", 4324693, "71651007", "G2702", "Mammography", "유방촬영"),
    Service("chest_xray", 4163872, "399208008", "G2101", "Plain chest X-ray", "흉부 X선 촬영"),
    Service("pci", 4216130, "415070008", "M6561", "Percutaneous coronary intervention", "경피적 관상동맥중재술"),
    Service("angiography", 4284104, "33367005", "HA670", "Coronary angiography", "관상동맥조영술"),
    Service("brain_mri", 4082979, "241601008", "HE101", "MRI of head", "뇌 MRI"),
    Service("ecg", 4145308, "29303009", "E6541", "Electrocardiographic procedure", "심전도"),
    Service("spirometry", 4133840, "127783003", "F6001", "Spirometry", "폐활량검사"),
    Service("gastrectomy", 4082995, "53442002", "Q2533", "Gastrectomy", "위절제술"),
    Service("colectomy", 4242997, "23968004", "Q2671", "Colectomy", "결장절제술"),
    Service("mastectomy", 4066543, "69031006", "N7130", "Excision of breast tissue", "유방절제술"),
    Service("thyroidectomy", 4030858, "13619001", "P4551", "Thyroidectomy", "갑상선절제술"),
    Service("phacoemulsification", 4125906, "84149000", "S5119", "Phacoemulsification of cataract", "수정체유화술"),
    Service("dialysis", 4120120, "302497006", "O7020", "Hemodialysis", "혈액투석"),
    Service("liver_ultrasound", 4037673, "45036003", "EB441", "Ultrasonography of abdomen", "복부 초음파"),
    Service("bone_densitometry", 4184771, "312681000", "HC341", "Bone density scan", "골밀도검사"),
    Service("stent", 2_070_000_001, "705643001", "J8083", "Coronary artery stent", "관상동맥 스텐트", True),
    Service("glucose_meter", 2_070_000_002, "337414009", "BM101", "Blood glucose meter", "혈당측정기", True),
    Service("inhaler_spacer", 2_070_000_003, "334980009", "BM102", "Inhaler spacer", "흡입 보조기", True),
    Service("intraocular_lens", 2_070_000_004, "2282003", "BM103", "Intraocular lens", "인공수정체", True),
)

AT_DIAGNOSIS: tuple[tuple[str, str, float], ...] = (
    ("mi", "angiography", 0.95), ("mi", "pci", 0.75), ("mi", "stent", 0.7), ("mi", "ecg", 0.98),
    ("angina", "angiography", 0.4), ("angina", "ecg", 0.8), ("af", "ecg", 0.98), ("long_qt", "ecg", 1.0),
    ("stroke", "brain_mri", 0.9), ("dementia", "brain_mri", 0.6), ("epilepsy", "brain_mri", 0.5),
    ("copd", "spirometry", 0.85), ("asthma", "spirometry", 0.5), ("lung_cancer", "chest_xray", 0.9),
    ("gastric_cancer", "gastroscopy", 0.98), ("gastric_cancer", "gastrectomy", 0.6),
    ("colorectal_cancer", "colonoscopy", 0.97), ("colorectal_cancer", "colectomy", 0.7),
    ("breast_cancer", "mammography", 0.9), ("breast_cancer", "mastectomy", 0.85),
    ("thyroid_cancer", "thyroidectomy", 0.85), ("gerd", "gastroscopy", 0.4), ("gastric_ulcer", "gastroscopy", 0.9),
    ("cataract", "phacoemulsification", 0.6), ("cataract", "intraocular_lens", 0.55), ("ckd", "dialysis", 0.06),
    ("nafld", "liver_ultrasound", 0.8), ("osteoporosis", "bone_densitometry", 0.9),
    ("t2dm", "glucose_meter", 0.3), ("t1dm", "glucose_meter", 0.9), ("asthma", "inhaler_spacer", 0.2),
)  # fmt: skip
"""(disease, service, probability at its first diagnosis)."""

AT_SCREENING: tuple[tuple[str, int, str | None, float], ...] = (
    ("chest_xray", 20, None, 0.35), ("gastroscopy", 40, None, 0.25),
    ("mammography", 40, "female", 0.3), ("colonoscopy", 50, None, 0.08),
)  # fmt: skip
"""(service, youngest age in years, sex, probability at a screening)."""
