"""What is known of each person for breakdowns, as arrays on the person axis."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.catalog.database import Database
from schemas.sex import SEX_CONCEPTS

_PEOPLE = """
    SELECT gender_concept_id AS sex, birth_date - DATE '1970-01-01' AS born,
        coalesce(list_position($regions::VARCHAR[], region), len($regions) + 1)::INTEGER - 1 AS region
    FROM person ORDER BY person"""
_REGIONS = "SELECT DISTINCT state FROM location WHERE state IS NOT NULL ORDER BY state"
UNKNOWN_LABEL = "unknown"


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """`sex` int8[N] index into `sexes`, `born` int32[N] days since 1970-01-01, `region` int32[N] index into `regions`.

    The last entry of `sexes` and of `regions` is `unknown`. Regions are the places the release knows, whether anybody
    lives there or not.
    """

    sexes: tuple[str, ...]
    sex: npt.NDArray[np.int8]
    born: npt.NDArray[np.int32]
    regions: tuple[str, ...]
    region: npt.NDArray[np.int32]


def load_people(database: Database) -> People:
    """Read the person table into arrays."""
    known = tuple(str(row[0]) for row in database.rows(_REGIONS))
    columns = database.columns(_PEOPLE, {"regions": list(known)})
    sexes = (*SEX_CONCEPTS, UNKNOWN_LABEL)
    sex = np.full(len(columns["sex"]), len(SEX_CONCEPTS), np.int8)
    for index, concept in enumerate(SEX_CONCEPTS.values()):
        sex[columns["sex"] == concept] = index
    return People(
        sexes=sexes,
        sex=sex,
        born=np.asarray(columns["born"], np.int32),
        regions=(*known, UNKNOWN_LABEL),
        region=np.asarray(columns["region"], np.int32),
    )
