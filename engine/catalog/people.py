"""What is known of each person for breakdowns, as arrays on the person axis."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.catalog.database import Database
from engine.catalog.release import Release
from schemas.races import OTHER_RACE, RACE_CONCEPTS
from schemas.release import REGION
from schemas.sex import SEX_CONCEPTS

_PEOPLE = """
    WITH listed AS (
        SELECT descendant_concept_id AS concept, min(list_position($races::INTEGER[], ancestor_concept_id)) AS place
        FROM concept_ancestor WHERE ancestor_concept_id IN (SELECT unnest($races::INTEGER[])) GROUP BY 1)
    SELECT gender_concept_id AS sex, birth_date - DATE '1970-01-01' AS born,
        coalesce(list_position($regions::VARCHAR[], region), len($regions) + 1)::INTEGER - 1 AS region,
        CASE WHEN coalesce(race_concept_id, 0) = 0 THEN len($races) + 1
             ELSE coalesce(list_position($races::INTEGER[], race_concept_id), place, len($races) + 1) - 1
        END::TINYINT AS race
    FROM person LEFT JOIN listed ON listed.concept = race_concept_id ORDER BY person"""
_REGIONS = "SELECT region FROM region ORDER BY region"
UNKNOWN_LABEL = "unknown"


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """`sex` int8[N] index into `sexes`, `born` int32[N] days since 1970-01-01, `region` int32[N] index into `regions`,
    `race` int8[N] index into `races`.

    The last entry of `sexes`, `regions` and `races` is `unknown`. Regions are those that the release
    lists, whether anybody lives there or not: never places that are there because somebody does. Races are a fixed
    list, and `other`.
    """

    sexes: tuple[str, ...]
    sex: npt.NDArray[np.int8]
    born: npt.NDArray[np.int32]
    regions: tuple[str, ...]
    region: npt.NDArray[np.int32]
    races: tuple[str, ...]
    race: npt.NDArray[np.int8]


def load_people(release: Release, database: Database) -> People:
    """Read the person table into arrays. A release that was made before there were lists tells no regions."""
    known = tuple(str(row[0]) for row in database.rows(_REGIONS)) if release.has(REGION) else ()
    columns = database.columns(_PEOPLE, {"regions": list(known), "races": list(RACE_CONCEPTS.values())})
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
        races=(*RACE_CONCEPTS, OTHER_RACE, UNKNOWN_LABEL),
        race=np.asarray(columns["race"], np.int8),
    )
