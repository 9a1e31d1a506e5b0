"""The person table, and what each person consented to."""

import numpy as np
import numpy.typing as npt

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.synthetic.arrow import coded, days, write_rows
from engine.ingest.synthetic.circumstances import location_ids
from engine.ingest.synthetic.people import STUDY_END, Population
from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.regions import REGIONS
from engine.ingest.synthetic.visits import PROVIDERS_A_SITE, SITES_A_REGION
from schemas.races import RACE_CONCEPTS
from schemas.release import CONSENT, PERSON, REJECTED

_SOURCE_BASE = 10_000_001
_NOT_HISPANIC = 38003564
_RACES = (
    ("Korean", 0.963),
    ("Chinese", 0.014),
    ("Vietnamese", 0.006),
    ("Filipino", 0.003),
    ("Thai", 0.002),
    ("Asian Indian", 0.0015),
    ("Japanese", 0.0015),
    ("White", 0.003),
    ("Black or African American", 0.001),
)
"""Name and share: a country with few who came from elsewhere. Of the rest, race is not recorded."""
_CLASSES = (("DS", 0.995), ("HMB", 0.92), ("GRU", 0.72))
"""(permission, share who grant it): broader permissions are granted by fewer, and include the narrower."""
_WITHDRAWN = 0.01


def write_people(builder: ReleaseBuilder, people: Population, seed: int) -> None:
    """The person table, person index ascending."""
    size = people.persons
    birth = people.birth.astype("datetime64[D]")
    month = birth.astype("datetime64[M]")
    site = people.region * SITES_A_REGION + 4 + np.arange(size) % 6
    write_rows(builder.path(PERSON), PERSON, {
        "person": np.arange(size, dtype=np.uint32), "source_person_id": np.arange(size) + _SOURCE_BASE,
        "gender_concept_id": np.where(people.male, 8507, 8532).astype(np.int32),
        "year_of_birth": (birth.astype("datetime64[Y]").astype(np.int32) + 1970),
        "month_of_birth": (month.astype(np.int32) % 12 + 1),
        "day_of_birth": ((birth - month).astype(np.int32) + 1),
        "birth_date": days(people.birth), "race_concept_id": _races(people, seed),
        "ethnicity_concept_id": np.full(size, _NOT_HISPANIC, np.int32),
        "location_id": location_ids(people.region, people.district).astype(np.int64),
        "care_site_id": site.astype(np.int64), "provider_id": ((site - 1) * PROVIDERS_A_SITE + 1).astype(np.int64),
        "region": coded([region.name for region in REGIONS], people.region),
        "family_id": np.ma.masked_less(people.families.family.astype(np.int64), 0) + _SOURCE_BASE})  # fmt: skip


def _races(people: Population, seed: int) -> npt.NDArray[np.int32]:
    """Race as recorded, the same in a family; 0 where it is not."""
    concepts = np.array([*(RACE_CONCEPTS[name] for name, _ in _RACES), 0], np.int32)
    shares = [share for _, share in _RACES]
    drawn = stream(seed, "race").choice(len(concepts), size=people.persons, p=[*shares, 1 - sum(shares)])
    family = people.families.family
    return concepts[drawn[np.where(family < 0, np.arange(people.persons), family)]]


def write_consent(builder: ReleaseBuilder, people: Population, seed: int) -> None:
    """Consent by permission and person; a hundredth withdrew all of it, a few never gave any."""
    random = stream(seed, "consent")
    size = people.persons
    openness = random.random(size)
    leaving = random.random(size) < _WITHDRAWN
    left = people.enrolled + (random.random(size) * (STUDY_END - people.enrolled)).astype(np.int32)
    withdrawn = np.ma.masked_where(~leaving, left)
    granted = {name: np.flatnonzero(openness < share) for name, share in _CLASSES}
    names = sorted(granted)
    person = np.concatenate([granted[name] for name in names])
    write_rows(
        builder.path(CONSENT),
        CONSENT,
        {
            "person": person.astype(np.uint32),
            "permission": coded([*names], np.repeat(np.arange(len(names)), [len(granted[name]) for name in names])),
            "granted_on": days(people.enrolled[person]),
            "withdrawn_on": days(withdrawn[person]),
        },
    )
    write_rows(builder.path(REJECTED), REJECTED, {"table": [], "reason": [], "source_row": []})  # fmt: skip
