"""What events can be: for each domain a table of kinds, which turns compact facts into full rows.

A generated event names its kind by number; codes, units and reference ranges are added when rows are written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.diseases import DISEASES
from engine.ingest.synthetic.drugs import ATC_CLASSES, INGREDIENTS, Ingredient
from engine.ingest.synthetic.findings import COMPLAINTS
from engine.ingest.synthetic.laboratory_tests import LABORATORY_TESTS, UNITS, URINE_PROTEIN
from engine.ingest.synthetic.regions import REGIONS
from engine.ingest.synthetic.services import SERVICES
from schemas.omop import Domain

CLAIM, EHR, LABORATORY, EXAMINATION, REGISTRY = 32810, 32817, 32856, 32836, 32879
OUTPATIENT, INPATIENT, EMERGENCY, EMERGENCY_INPATIENT = 9202, 9201, 9203, 262
NATIONAL_INSURANCE, MEDICAL_AID = 2_065_000_001, 2_065_000_002
BLOOD = 4001225
SMOKING = 4275495
SMOKING_ANSWERS = (4144272, 4310250, 4298794)
"""Never, former and current smoker."""
PERIOD_TYPE = 32882


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event."""

    concept_id: int
    type_concept_id: int = EHR
    source_concept_id: int = 0
    source_value: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The kinds of a domain as columns; `rank` is the place of a kind's concept among the domain's, ascending."""

    kinds: tuple[Kind, ...]
    concepts: npt.NDArray[np.int32]
    rank: npt.NDArray[np.int32]

    @classmethod
    def of(cls, kinds: Iterable[Kind]) -> "Catalogue":
        """A catalogue of these kinds, numbered as given."""
        kinds = tuple(kinds)
        concepts, rank = np.unique([kind.concept_id for kind in kinds], return_inverse=True)
        return cls(kinds, concepts.astype(np.int32), rank.astype(np.int32))


def kcd_codes() -> tuple[str, ...]:
    """Every KCD-7 code the diseases and complaints use, sorted."""
    return tuple(sorted({code for disease in DISEASES for code in disease.kcd} | {row.kcd for row in COMPLAINTS}))


def kcd_concept(code: str) -> int:
    """Local concept of a KCD-7 code."""
    return 2_010_000_000 + kcd_codes().index(code)


def edi_drug(ingredient: Ingredient) -> tuple[int, str]:
    """Local concept and illustrative nine-digit EDI code of a product."""
    row = INGREDIENTS.index(ingredient)
    return 2_020_000_000 + row, f"64{row:03d}0{row % 97:02d}0"


def edi_test_concept(row: int) -> int:
    """Local concept of the EDI code of a test; the dipstick's row follows the numeric tests."""
    return 2_021_000_000 + row


def edi_service_concept(row: int) -> int:
    """Local concept of the EDI code of a service."""
    return 2_022_000_000 + row


def product_concept(ingredient: Ingredient) -> int:
    """The clinical drug records name: RxNorm's where known, else local."""
    return ingredient.product_id or 2_030_000_000 + INGREDIENTS.index(ingredient)


def atc_concept(code: str) -> int:
    """The concept of an ATC class: OMOP's where known, else local."""
    for row, (found, _, concept_id) in enumerate(ATC_CLASSES):
        if found == code:
            return concept_id or 2_031_000_000 + row
    raise KeyError(code)


DISEASE_KINDS = tuple(np.cumsum([0, *(len(disease.kcd) for disease in DISEASES)]).tolist())
"""First condition kind of each disease; the kind after the last is the first complaint's."""


def _condition_kinds() -> Iterable[Kind]:
    for disease in DISEASES:
        for code in disease.kcd:
            yield Kind(disease.concept_id, CLAIM, kcd_concept(code), code)
    for complaint in COMPLAINTS:
        yield Kind(complaint.concept_id, CLAIM, kcd_concept(complaint.kcd), complaint.kcd)


def _test_kinds() -> Iterable[Kind]:
    for row, test in enumerate(LABORATORY_TESTS):
        kind = EXAMINATION if test.edi.startswith("VS") else LABORATORY
        yield Kind(
            test.concept_id, kind, edi_test_concept(row), test.edi, test.unit, test.low, test.high, test.decimals
        )
    yield Kind(URINE_PROTEIN[0], LABORATORY, edi_test_concept(len(LABORATORY_TESTS)), URINE_PROTEIN[2])


def _services(device: bool) -> Iterable[Kind]:
    for row, service in enumerate(SERVICES):
        if service.device == device:
            yield Kind(service.concept_id, CLAIM, edi_service_concept(row), service.edi)


def _plain(*concepts: int, type_concept_id: int = EHR) -> Catalogue:
    return Catalogue.of(Kind(concept, type_concept_id) for concept in concepts)


CATALOGUES: dict[Domain, Catalogue] = {
    Domain.CONDITION: Catalogue.of(_condition_kinds()),
    Domain.DRUG: Catalogue.of(Kind(product_concept(row), CLAIM, *edi_drug(row)) for row in INGREDIENTS),
    Domain.PROCEDURE: Catalogue.of(_services(device=False)),
    Domain.MEASUREMENT: Catalogue.of(_test_kinds()),
    Domain.OBSERVATION: _plain(SMOKING, type_concept_id=EXAMINATION),
    Domain.DEVICE: Catalogue.of(_services(device=True)),
    Domain.VISIT: _plain(OUTPATIENT, INPATIENT, EMERGENCY, EMERGENCY_INPATIENT, type_concept_id=CLAIM),
    Domain.VISIT_DETAIL: _plain(EMERGENCY, INPATIENT, 32037, type_concept_id=CLAIM),
    Domain.DEATH: Catalogue.of([*(Kind(row.concept_id, REGISTRY, kcd_concept(row.kcd[0]), row.kcd[0])
                                  for row in DISEASES), Kind(0, REGISTRY, 0, "R99")]),
    Domain.SPECIMEN: _plain(BLOOD),
    Domain.CONDITION_ERA: _plain(*(row.concept_id for row in (*DISEASES, *COMPLAINTS))),
    Domain.DRUG_ERA: _plain(*(row.concept_id for row in INGREDIENTS)),
    Domain.DOSE_ERA: _plain(*(row.concept_id for row in INGREDIENTS)),
    Domain.OBSERVATION_PERIOD: _plain(PERIOD_TYPE),
    Domain.PAYER_PLAN_PERIOD: _plain(NATIONAL_INSURANCE, MEDICAL_AID),
    Domain.LOCATION_REGION: _plain(*(region.concept_id for region in REGIONS)),
}  # fmt: skip
"""Domain -> its kinds."""

UNIT_CONCEPTS = {code: unit.concept_id for code, unit in UNITS.items()}
"""UCUM code -> OMOP concept."""
