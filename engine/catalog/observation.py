"""Who is under observation when."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.catalog.database import Database
from engine.catalog.interruption import Interruption

_PERIODS = """
    SELECT person, start_date - DATE '1970-01-01' AS opens, end_date - DATE '1970-01-01' AS closes
    FROM observation_period ORDER BY person, opens"""


@dataclass(frozen=True, slots=True, repr=False)
class ObservedDays:
    """Every observation period, sorted by person and first day: `person` uint32[n], `start` and `end` int32[n], days
    since 1970-01-01, both included. Those of a person may overlap."""

    person: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]


def load_observed_days(database: Database, stop: Interruption) -> ObservedDays:
    """Read the observation periods of everybody."""
    columns = database.columns(_PERIODS, {}, stop=stop)
    return ObservedDays(
        person=np.asarray(columns["person"], np.uint32),
        start=np.asarray(columns["opens"], np.int32),
        end=np.asarray(columns["closes"], np.int32),
    )
