"""From compact facts to the rows of each event table."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.ingest.synthetic.arrow import Column, Columns, coded, days, gathered
from engine.ingest.synthetic.catalogue import (
    CATALOGUES,
    SMOKING_ANSWERS,
    UNIT_CONCEPTS,
    Catalogue,
)
from engine.ingest.synthetic.drugs import INGREDIENTS
from engine.ingest.synthetic.facts import Facts
from schemas.omop import Domain

_ORAL = 4132161
_INHALED = 45956874
_INJECTED = 4142048
_ROUTES = {"Oral Tablet": _ORAL, "Injectable Solution": _INJECTED, "Injection": _INJECTED,
           "Prefilled Syringe": _INJECTED, "Inhalation Powder": _INHALED, "Metered Dose Inhaler": _INHALED}  # fmt: skip


def event_columns(domain: Domain, facts: Facts, first_row: int) -> Columns:
    """The columns of a batch of a domain's table; event ids are row numbers, but those of visits their own."""
    catalogue = CATALOGUES[domain]
    kind = facts["kind"]
    numbers = np.arange(first_row + 1, first_row + 1 + len(facts), dtype=np.int64)
    columns: dict[str, object] = {
        "concept_id": _of(catalogue, kind, [row.concept_id for row in catalogue.kinds]),
        "person": facts["person"],
        "start_date": days(facts["day"]),
        "end_date": days(facts["end"]),
        "event_id": numbers,
        "type_concept_id": _of(catalogue, kind, [row.type_concept_id for row in catalogue.kinds]),
        "source_concept_id": _of(catalogue, kind, [row.source_concept_id for row in catalogue.kinds]),
        "source_value": coded([row.source_value for row in catalogue.kinds], kind),
        "visit_occurrence_id": _present(facts["visit"]),
        "provider_id": _present(facts["provider"]),
    }
    return {**columns, **_EXTRA[domain](facts, catalogue)}


def _of(catalogue: Catalogue, kind: npt.NDArray[np.uint16], values: list[int]) -> npt.NDArray[np.int32]:
    assert len(values) == len(catalogue.kinds)
    return np.array(values, np.int32)[kind]


def _present(values: npt.NDArray[np.integer]) -> Column:
    """Integers with 0 as null."""
    return pa.array(values.astype(np.int64), pa.int64(), mask=values == 0)


def _nothing(_facts: Facts, _catalogue: Catalogue) -> Columns:
    return {}


def _condition(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"status_concept_id": facts["extra"]}


def _drug(facts: Facts, catalogue: Catalogue) -> Columns:
    return {
        "quantity": facts["value"].astype(np.float64),
        "days_supply": facts["extra"],
        "refills": np.zeros(len(facts), np.int32),
        "route_concept_id": _of(catalogue, facts["kind"], [_ROUTES[row.form] for row in INGREDIENTS]),
    }


def _procedure(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"quantity": facts["extra"]}


def _measurement(facts: Facts, catalogue: Catalogue) -> Columns:
    kind, value = facts["kind"], facts["value"].astype(np.float64)
    scale = 10.0 ** np.array([row.decimals for row in catalogue.kinds])[kind]
    categorical = np.isnan(value)
    return {
        "end_date": None,
        "value_as_number": pa.array(np.round(np.nan_to_num(value) * scale) / scale, pa.float64(), mask=categorical),
        "value_as_concept_id": pa.array(facts["extra"], pa.int32(), mask=~categorical),
        "unit_concept_id": gathered([_unit(row.unit) for row in catalogue.kinds], pa.int32(), kind),
        "unit_source_value": coded([row.unit for row in catalogue.kinds], kind),
        "range_low": gathered([row.low for row in catalogue.kinds], pa.float64(), kind),
        "range_high": gathered([row.high for row in catalogue.kinds], pa.float64(), kind),
    }


def _unit(code: str | None) -> int | None:
    return None if code is None else UNIT_CONCEPTS[code]


def _observation(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {
        "end_date": None,
        "value_as_concept_id": np.array(SMOKING_ANSWERS, np.int32)[facts["extra"]],
        "value_source_value": coded(["never", "former", "current"], facts["extra"]),
    }


def _device(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"quantity": facts["extra"]}


def _visit(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"event_id": facts["visit"], "care_site_id": facts["extra"].astype(np.int64)}


def _visit_detail(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"care_site_id": facts["extra"].astype(np.int64)}


def _dateless(_facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"end_date": None}


def _specimen(facts: Facts, _catalogue: Catalogue) -> Columns:
    names = [f"BLD{person:07d}" for person in facts["person"].tolist()]
    return {
        "end_date": None,
        "quantity": facts["value"].astype(np.float64),
        "unit_concept_id": np.full(len(facts), UNIT_CONCEPTS["mL"], np.int32),
        "specimen_source_id": names,
    }


def _condition_era(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"occurrence_count": facts["extra"]}


def _drug_era(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"occurrence_count": facts["extra"], "gap_days": facts["value"].astype(np.int32)}


def _dose_era(facts: Facts, _catalogue: Catalogue) -> Columns:
    strength = np.array([row.strength for row in INGREDIENTS])
    return {
        "unit_concept_id": np.full(len(facts), UNIT_CONCEPTS["mg"], np.int32),
        "dose_value": strength[facts["kind"]] * facts["extra"],
    }


def _location_region(facts: Facts, _catalogue: Catalogue) -> Columns:
    return {"location_id": facts["extra"].astype(np.int64)}


_EXTRA: dict[Domain, Callable[[Facts, Catalogue], Columns]] = {
    Domain.CONDITION: _condition,
    Domain.DRUG: _drug,
    Domain.PROCEDURE: _procedure,
    Domain.MEASUREMENT: _measurement,
    Domain.OBSERVATION: _observation,
    Domain.DEVICE: _device,
    Domain.VISIT: _visit,
    Domain.VISIT_DETAIL: _visit_detail,
    Domain.DEATH: _dateless,
    Domain.SPECIMEN: _specimen,
    Domain.CONDITION_ERA: _condition_era,
    Domain.DRUG_ERA: _drug_era,
    Domain.DOSE_ERA: _dose_era,
    Domain.OBSERVATION_PERIOD: _nothing,
    Domain.PAYER_PLAN_PERIOD: _nothing,
    Domain.LOCATION_REGION: _location_region,
}
