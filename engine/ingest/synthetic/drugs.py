"""Drugs, their place in ATC, and which disease each is given for.

Ingredient concepts are OMOP's RxNorm ids. Products are the clinical drugs records name, with an illustrative
nine-digit EDI code (the national fee schedule's form, not a real product's number).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ingredient:
    """`strength` in milligrams per tablet; `product_id` is the RxNorm clinical drug, local where not known."""

    key: str
    concept_id: int
    rxnorm: str
    korean: str
    atc: str
    strength: float
    product_id: int | None = None
    form: str = "Oral Tablet"


INGREDIENTS = (
    Ingredient("metformin", 1503297, "6809", "메트포르민", "A10BA", 500, 40163924),
    Ingredient("glimepiride", 1597756, "25789", "글리메피리드", "A10BB", 2),
    Ingredient("sitagliptin", 1580747, "593411", "시타글립틴", "A10BH", 100),
    Ingredient("linagliptin", 40239216, "1100699", "리나글립틴", "A10BH", 5),
    Ingredient("dapagliflozin", 44785829, "1488564", "다파글리플로진", "A10BK", 10),
    Ingredient("empagliflozin", 45774751, "1545653", "엠파글리플로진", "A10BK", 10),
    Ingredient("insulin glargine", 1502905, "274783", "인슐린 글라진", "A10AE", 10, None, "Injectable Solution"),
    Ingredient("atorvastatin", 1545958, "83367", "아토르바스타틴", "C10AA", 20),
    Ingredient("rosuvastatin", 1510813, "301542", "로수바스타틴", "C10AA", 10),
    Ingredient("simvastatin", 1539403, "36567", "심바스타틴", "C10AA", 20, 1539411),
    Ingredient("pitavastatin", 40165636, "861634", "피타바스타틴", "C10AA", 2),
    Ingredient("ezetimibe", 1526475, "341248", "에제티미브", "C10AX", 10),
    Ingredient("fenofibrate", 1551803, "8703", "페노피브레이트", "C10AB", 160),
    Ingredient("amlodipine", 1332418, "17767", "암로디핀", "C08CA", 5, 1332419),
    Ingredient("losartan", 1367500, "52175", "로사르탄", "C09CA", 50, 40185304),
    Ingredient("valsartan", 1308842, "69749", "발사르탄", "C09CA", 80),
    Ingredient("telmisartan", 1317640, "73494", "텔미사르탄", "C09CA", 40),
    Ingredient("ramipril", 1334456, "35296", "라미프릴", "C09AA", 5),
    Ingredient("lisinopril", 1308216, "29046", "리시노프릴", "C09AA", 10, 19080128),
    Ingredient("hydrochlorothiazide", 974166, "5487", "히드로클로로티아지드", "C03AA", 25, 19078106),
    Ingredient("bisoprolol", 1338005, "19484", "비소프롤롤", "C07AB", 5),
    Ingredient("carvedilol", 1346823, "20352", "카르베딜롤", "C07AG", 12.5),
    Ingredient("furosemide", 956874, "4603", "푸로세미드", "C03CA", 40, 957136),
    Ingredient("spironolactone", 970250, "9997", "스피로노락톤", "C03DA", 25),
    Ingredient("aspirin", 1112807, "1191", "아스피린", "B01AC", 100),
    Ingredient("clopidogrel", 1322184, "32968", "클로피도그렐", "B01AC", 75, 19075601),
    Ingredient("warfarin", 1310149, "11289", "와파린", "B01AA", 5, 40163554),
    Ingredient("apixaban", 43013024, "1364430", "아픽사반", "B01AF", 5),
    Ingredient("tiotropium", 1106776, "69120", "티오트로피움", "R03BB", 0.018, None, "Inhalation Powder"),
    Ingredient("budesonide", 939259, "19831", "부데소니드", "R03BA", 0.2, None, "Inhalation Powder"),
    Ingredient("albuterol", 1154343, "435", "살부타몰", "R03AC", 0.1, None, "Metered Dose Inhaler"),
    Ingredient("montelukast", 1154161, "88249", "몬테루카스트", "R03DC", 10),
    Ingredient("rabeprazole", 911735, "114979", "라베프라졸", "A02BC", 10),
    Ingredient("esomeprazole", 904453, "283742", "에스오메프라졸", "A02BC", 20),
    Ingredient("alendronate", 1557272, "46041", "알렌드로네이트", "M05BA", 70),
    Ingredient("denosumab", 40222444, "993449", "데노수맙", "M05BX", 60, None, "Prefilled Syringe"),
    Ingredient("escitalopram", 715939, "321988", "에스시탈로프람", "N06AB", 10),
    Ingredient("sertraline", 739138, "36437", "설트랄린", "N06AB", 50),
    Ingredient("levetiracetam", 711584, "114477", "레비티라세탐", "N03AX", 500),
    Ingredient("carbamazepine", 740275, "2002", "카르바마제핀", "N03AF", 200),
    Ingredient("donepezil", 715997, "135447", "도네페질", "N06DA", 5),
    Ingredient("memantine", 701322, "6719", "메만틴", "N06DX", 10),
    Ingredient("levothyroxine", 1501700, "10582", "레보티록신", "H03AA", 0.075, 40174880),
    Ingredient("allopurinol", 1167322, "519", "알로푸리놀", "M04AA", 100),
    Ingredient("febuxostat", 19017742, "73689", "페북소스타트", "M04AA", 40),
    Ingredient("tamsulosin", 924566, "77492", "탐스로신", "G04CA", 0.2),
    Ingredient("tamoxifen", 1436678, "10324", "타목시펜", "L02BA", 20),
    Ingredient("letrozole", 1315946, "72965", "레트로졸", "L02BG", 2.5),
    Ingredient("oxaliplatin", 1318011, "32592", "옥살리플라틴", "L01XA", 50, None, "Injection"),
    Ingredient("capecitabine", 1337620, "194000", "카페시타빈", "L01BC", 500),
    Ingredient("sorafenib", 1363387, "495881", "소라페닙", "L01EX", 200),
    Ingredient("entecavir", 1711246, "306266", "엔테카비르", "J05AF", 0.5),
    Ingredient("tenofovir", 1710281, "117466", "테노포비르", "J05AF", 300),
    Ingredient("celecoxib", 1118084, "140587", "세레콕시브", "M01AH", 200),
    Ingredient("ibuprofen", 1177480, "5640", "이부프로펜", "M01AE", 200, 19078461),
    Ingredient("acetaminophen", 1125315, "161", "아세트아미노펜", "N02BE", 500, 19020053),
    Ingredient("cetirizine", 1149196, "20610", "세티리진", "R06AE", 10),
    Ingredient("amoxicillin", 1713332, "723", "아목시실린", "J01CA", 250, 19073183),
)

ATC_CLASSES: tuple[tuple[str, str, int | None], ...] = (
    ("A", "Alimentary tract and metabolism", None),
    ("A02", "Drugs for acid related disorders", None), ("A02B", "Drugs for peptic ulcer and reflux disease", None),
    ("A02BC", "Proton pump inhibitors", None),
    ("A10", "Drugs used in diabetes", 21600712), ("A10A", "Insulins and analogues", None),
    ("A10AE", "Insulins and analogues for injection, long-acting", None),
    ("A10B", "Blood glucose lowering drugs, excl. insulins", 21600744), ("A10BA", "Biguanides", None),
    ("A10BB", "Sulfonylureas", None), ("A10BH", "Dipeptidyl peptidase 4 (DPP-4) inhibitors", None),
    ("A10BK", "Sodium-glucose co-transporter 2 (SGLT2) inhibitors", None),
    ("B", "Blood and blood forming organs", None), ("B01", "Antithrombotic agents", None),
    ("B01A", "Antithrombotic agents", None), ("B01AA", "Vitamin K antagonists", None),
    ("B01AC", "Platelet aggregation inhibitors excl. heparin", None), ("B01AF", "Direct factor Xa inhibitors", None),
    ("C", "Cardiovascular system", None), ("C03", "Diuretics", None),
    ("C03A", "Low-ceiling diuretics, thiazides", None),
    ("C03AA", "Thiazides, plain", None), ("C03C", "High-ceiling diuretics", None),
    ("C03CA", "Sulfonamides, plain", None), ("C03D", "Potassium-sparing agents", None),
    ("C03DA", "Aldosterone antagonists", None), ("C07", "Beta blocking agents", None),
    ("C07A", "Beta blocking agents", None), ("C07AB", "Beta blocking agents, selective", None),
    ("C07AG", "Alpha and beta blocking agents", None), ("C08", "Calcium channel blockers", None),
    ("C08C", "Selective calcium channel blockers with mainly vascular effects", None),
    ("C08CA", "Dihydropyridine derivatives", None), ("C09", "Agents acting on the renin-angiotensin system", 21601782),
    ("C09A", "ACE inhibitors, plain", None), ("C09AA", "ACE inhibitors, plain", None),
    ("C09C", "Angiotensin II receptor blockers (ARBs), plain", None),
    ("C09CA", "Angiotensin II receptor blockers (ARBs), plain", None), ("C10", "Lipid modifying agents", 21601853),
    ("C10A", "Lipid modifying agents, plain", None), ("C10AA", "HMG CoA reductase inhibitors", 21601855),
    ("C10AB", "Fibrates", None), ("C10AX", "Other lipid modifying agents", None),
    ("G", "Genito urinary system and sex hormones", None), ("G04", "Urologicals", None),
    ("G04C", "Drugs used in benign prostatic hypertrophy", None),
    ("G04CA", "Alpha-adrenoreceptor antagonists", None), ("H", "Systemic hormonal preparations", None),
    ("H03", "Thyroid therapy", None), ("H03A", "Thyroid preparations", None), ("H03AA", "Thyroid hormones", None),
    ("J", "Antiinfectives for systemic use", None), ("J01", "Antibacterials for systemic use", None),
    ("J01C", "Beta-lactam antibacterials, penicillins", None), ("J01CA", "Penicillins with extended spectrum", None),
    ("J05", "Antivirals for systemic use", None), ("J05A", "Direct acting antivirals", None),
    ("J05AF", "Nucleoside and nucleotide reverse transcriptase inhibitors", None),
    ("L", "Antineoplastic and immunomodulating agents", None), ("L01", "Antineoplastic agents", None),
    ("L01B", "Antimetabolites", None), ("L01BC", "Pyrimidine analogues", None),
    ("L01E", "Protein kinase inhibitors", None), ("L01EX", "Other protein kinase inhibitors", None),
    ("L01X", "Other antineoplastic agents", None), ("L01XA", "Platinum compounds", None),
    ("L02", "Endocrine therapy", None), ("L02B", "Hormone antagonists and related agents", None),
    ("L02BA", "Anti-estrogens", None), ("L02BG", "Aromatase inhibitors", None),
    ("M", "Musculo-skeletal system", None), ("M01", "Antiinflammatory and antirheumatic products", None),
    ("M01A", "Antiinflammatory and antirheumatic products, non-steroids", None),
    ("M01AE", "Propionic acid derivatives", None), ("M01AH", "Coxibs", None), ("M04", "Antigout preparations", None),
    ("M04A", "Antigout preparations", None), ("M04AA", "Preparations inhibiting uric acid production", None),
    ("M05", "Drugs for treatment of bone diseases", None),
    ("M05B", "Drugs affecting bone structure and mineralization", None), ("M05BA", "Bisphosphonates", None),
    ("M05BX", "Other drugs affecting bone structure and mineralization", None),
    ("N", "Nervous system", None), ("N02", "Analgesics", None), ("N02B", "Other analgesics and antipyretics", None),
    ("N02BE", "Anilides", None), ("N03", "Antiepileptics", None), ("N03A", "Antiepileptics", None),
    ("N03AF", "Carboxamide derivatives", None), ("N03AX", "Other antiepileptics", None),
    ("N06", "Psychoanaleptics", None), ("N06A", "Antidepressants", None),
    ("N06AB", "Selective serotonin reuptake inhibitors", None), ("N06D", "Anti-dementia drugs", None),
    ("N06DA", "Anticholinesterases", None), ("N06DX", "Other anti-dementia drugs", None),
    ("R", "Respiratory system", None), ("R03", "Drugs for obstructive airway diseases", None),
    ("R03A", "Adrenergics, inhalants", None), ("R03AC", "Selective beta-2-adrenoreceptor agonists", None),
    ("R03B", "Other drugs for obstructive airway diseases, inhalants", None), ("R03BA", "Glucocorticoids", None),
    ("R03BB", "Anticholinergics", None), ("R03D", "Other systemic drugs for obstructive airway diseases", None),
    ("R03DC", "Leukotriene receptor antagonists", None), ("R06", "Antihistamines for systemic use", None),
    ("R06A", "Antihistamines for systemic use", None), ("R06AE", "Piperazine derivatives", None),
)  # fmt: skip
"""(ATC code, name, OMOP concept id where known); each class's parent is the next shorter code."""


@dataclass(frozen=True, slots=True)
class Therapy:
    """A drug class given for a disease to a `share` of patients, on average `delay` years after its onset.

    Each patient gets one of `drugs`, (ingredient key, weight), and keeps it.
    """

    key: str
    disease: str
    drugs: tuple[tuple[str, float], ...]
    share: float
    delay: float


THERAPIES = (
    Therapy("metformin", "t2dm", (("metformin", 1),), 0.85, 0.3),
    Therapy("dpp4", "t2dm", (("sitagliptin", 5), ("linagliptin", 5)), 0.45, 2),
    Therapy("sglt2", "t2dm", (("dapagliflozin", 5), ("empagliflozin", 5)), 0.25, 3),
    Therapy("sulfonylurea", "t2dm", (("glimepiride", 1),), 0.3, 2),
    Therapy("insulin", "t2dm", (("insulin glargine", 1),), 0.1, 6),
    Therapy("insulin_t1", "t1dm", (("insulin glargine", 1),), 1.0, 0),
    Therapy(
        "statin",
        "dyslipidaemia",
        (("atorvastatin", 45), ("rosuvastatin", 38), ("pitavastatin", 10), ("simvastatin", 7)),
        0.7,
        1,
    ),
    Therapy("ezetimibe", "dyslipidaemia", (("ezetimibe", 1),), 0.2, 3),
    Therapy("fibrate", "dyslipidaemia", (("fenofibrate", 1),), 0.08, 2),
    Therapy("ccb", "hypertension", (("amlodipine", 1),), 0.55, 0.5),
    Therapy("arb", "hypertension", (("losartan", 4), ("valsartan", 3), ("telmisartan", 4)), 0.55, 0.7),
    Therapy("acei", "hypertension", (("ramipril", 5), ("lisinopril", 5)), 0.08, 1),
    Therapy("thiazide", "hypertension", (("hydrochlorothiazide", 1),), 0.15, 2),
    Therapy("aspirin_mi", "mi", (("aspirin", 1),), 0.95, 0),
    Therapy("clopidogrel_mi", "mi", (("clopidogrel", 1),), 0.8, 0),
    Therapy("beta_blocker_mi", "mi", (("bisoprolol", 5), ("carvedilol", 5)), 0.75, 0),
    Therapy("aspirin_angina", "angina", (("aspirin", 1),), 0.7, 0.1),
    Therapy("antiplatelet_stroke", "stroke", (("clopidogrel", 5), ("aspirin", 5)), 0.85, 0),
    Therapy("anticoagulant", "af", (("apixaban", 7), ("warfarin", 3)), 0.7, 0.3),
    Therapy("diuretic", "heart_failure", (("furosemide", 1),), 0.8, 0),
    Therapy("mra", "heart_failure", (("spironolactone", 1),), 0.5, 0.5),
    Therapy("beta_blocker_qt", "long_qt", (("bisoprolol", 1),), 0.9, 0),
    Therapy("statin_fh", "fh", (("rosuvastatin", 5), ("atorvastatin", 5)), 0.9, 0.3),
    Therapy("inhaled_steroid", "asthma", (("budesonide", 1),), 0.7, 0.3),
    Therapy("leukotriene", "asthma", (("montelukast", 1),), 0.5, 0.5),
    Therapy("lama", "copd", (("tiotropium", 1),), 0.75, 0.3),
    Therapy("saba", "copd", (("albuterol", 1),), 0.6, 0.1),
    Therapy("antihistamine", "allergic_rhinitis", (("cetirizine", 1),), 0.7, 0),
    Therapy("ppi", "gerd", (("esomeprazole", 5), ("rabeprazole", 5)), 0.85, 0),
    Therapy("ppi_ulcer", "gastric_ulcer", (("rabeprazole", 1),), 0.9, 0),
    Therapy("bone", "osteoporosis", (("alendronate", 6), ("denosumab", 4)), 0.65, 0.5),
    Therapy("nsaid", "osteoarthritis", (("celecoxib", 1),), 0.6, 0.2),
    Therapy("ssri", "depression", (("escitalopram", 6), ("sertraline", 4)), 0.8, 0.1),
    Therapy("ssri_anxiety", "anxiety", (("escitalopram", 1),), 0.5, 0.2),
    Therapy("antiepileptic", "epilepsy", (("levetiracetam", 7), ("carbamazepine", 3)), 0.9, 0),
    Therapy("cholinesterase", "dementia", (("donepezil", 1),), 0.75, 0.3),
    Therapy("nmda", "dementia", (("memantine", 1),), 0.35, 1.5),
    Therapy("thyroxine", "hypothyroidism", (("levothyroxine", 1),), 0.95, 0),
    Therapy("urate", "gout", (("febuxostat", 5), ("allopurinol", 5)), 0.65, 0.5),
    Therapy("alpha_blocker", "bph", (("tamsulosin", 1),), 0.8, 0.1),
    Therapy("antiviral", "hepatitis_b", (("entecavir", 5), ("tenofovir", 5)), 0.5, 2),
    Therapy("endocrine_breast", "breast_cancer", (("tamoxifen", 5), ("letrozole", 5)), 0.75, 0.4),
    Therapy("chemo_colon", "colorectal_cancer", (("oxaliplatin", 5), ("capecitabine", 5)), 0.55, 0.1),
    Therapy("chemo_stomach", "gastric_cancer", (("capecitabine", 6), ("oxaliplatin", 4)), 0.5, 0.1),
    Therapy("kinase_liver", "liver_cancer", (("sorafenib", 1),), 0.4, 0.1),
)

INGREDIENT_INDEX = {ingredient.key: number for number, ingredient in enumerate(INGREDIENTS)}
"""Key of an ingredient -> its row."""

THERAPY_INDEX = {therapy.key: number for number, therapy in enumerate(THERAPIES)}
"""Key of a therapy -> its row, which is its column in every person by therapy array."""
