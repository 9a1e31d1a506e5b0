"""Who the people are: families, sex, birth, home, enrolment and the habits that matter to their health."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.randomness import stream
from engine.ingest.synthetic.regions import REGIONS

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

STUDY_START = int(np.datetime64("2010-01-01").astype(np.int64))
STUDY_END = int(np.datetime64("2025-12-31").astype(np.int64))
YEAR = 365.25

_FAMILY_KINDS = ((1, 0.80, False), (2, 0.05, False), (2, 0.05, True), (3, 0.05, False), (4, 0.05, False))
"""(members, share of families, siblings without parents): single, couple, sib pair, trio, quartet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """Parents of each person. The axis is the N people, then parents of sib pairs who take no part.

    `father` and `mother` are places on that axis, -1 for founders; `family` is -1 for people without relatives.
    """

    persons: int
    father: Ints
    mother: Ints
    family: Ints

    @property
    def children(self) -> Ints:
        """Places of those whose parents are on the axis."""
        return np.flatnonzero(self.father >= 0).astype(np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """One value a person. Days count from 1970-01-01; `region` and `district` are rows of REGIONS and places in it.

    `traits` are habits and circumstances as float32: 0 or 1, a standardised amount, or an option's number.
    """

    families: Families
    male: npt.NDArray[np.bool_]
    birth: Ints
    region: Ints
    district: Ints
    enrolled: Ints
    traits: dict[str, Floats]

    @property
    def persons(self) -> int:
        return len(self.birth)

    def slice(self, first: int, last: int) -> "Population":
        """The people `first` to `last` - 1; families stay whole and must not be asked of a slice."""
        part = slice(first, last)
        return Population(
            families=self.families, male=self.male[part], birth=self.birth[part], region=self.region[part],
            district=self.district[part], enrolled=self.enrolled[part],
            traits={name: values[part] for name, values in self.traits.items()},
        )  # fmt: skip


def make_families(persons: int, seed: int) -> Families:
    """Draw families until the places are filled; the last few people are single."""
    random = stream(seed, "families")
    kinds = random.choice(len(_FAMILY_KINDS), size=persons, p=[kind[1] for kind in _FAMILY_KINDS])
    sizes = np.array([kind[0] for kind in _FAMILY_KINDS])[kinds]
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    whole = starts + sizes <= persons
    father, mother = np.full(persons, -1, np.int32), np.full(persons, -1, np.int32)
    family = np.full(persons, -1, np.int32)
    for kind, (members, _, _) in enumerate(_FAMILY_KINDS):
        first = starts[whole & (kinds == kind)]
        for member in range(members if members > 1 else 0):
            family[first + member] = first
            if member >= 2:
                father[first + member], mother[first + member] = first, first + 1
    siblings = starts[whole & (kinds == 2)]
    absent = persons + 2 * np.arange(len(siblings), dtype=np.int32)
    for member in (0, 1):
        father[siblings + member], mother[siblings + member] = absent, absent + 1
    nobody = np.full(2 * len(siblings), -1, np.int32)
    return Families(persons=persons, father=np.append(father, nobody), mother=np.append(mother, nobody), family=family)


def make_sexes(families: Families, seed: int) -> npt.NDArray[np.bool_]:
    """Who of the people and absent parents is male; of the N people the same as `make_population` says."""
    absent = len(families.father) - families.persons
    return np.append(_sexes(families, stream(seed, "people")), np.arange(absent) % 2 == 0)


def make_population(families: Families, seed: int, *, flushing_dose: Floats, adiposity: Floats) -> Population:
    """Everyone's circumstances. `flushing_dose` counts ALDH2*2 alleles, `adiposity` FTO risk alleles."""
    random = stream(seed, "people")
    persons = families.persons
    sex, age = _sexes(families, random), _ages(families, random)
    birth = STUDY_END - (age * YEAR).astype(np.int32) - random.integers(0, 365, persons, np.int32)
    region, district = _homes(families, random)
    enrolled = random.integers(STUDY_END - 3000, STUDY_END - 400, persons).astype(np.int32)
    traits = _traits(random, male=sex, age=age, flushing_dose=flushing_dose, adiposity=adiposity)
    return Population(families=families, male=sex, birth=birth, region=region, district=district,
                      enrolled=enrolled, traits=traits)  # fmt: skip


def _sexes(families: Families, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    male = random.random(families.persons) < 0.48
    couples = _couples(families)
    male[couples], male[couples + 1] = True, False
    return male


def _couples(families: Families) -> Ints:
    """First members of families led by a couple: those whose first member has no parent on the axis."""
    persons = families.persons
    here = np.arange(persons)
    return here[(families.family == here) & (families.father[:persons] < 0)].astype(np.int32)


def _ages(families: Families, random: np.random.Generator) -> Floats:
    """Years of age at the end of the study: 19 to 89; children are 23 to 34 years younger than their mothers."""
    persons = families.persons
    age = np.clip(random.normal(53, 15.5, persons), 19, 89).astype(np.float32)
    couples = _couples(families)
    parent_age = random.uniform(50, 82, len(couples)).astype(np.float32)
    age[couples], age[couples + 1] = parent_age, np.maximum(parent_age - random.normal(2.5, 2, len(couples)), 46)
    children = families.children
    present = children[families.mother[children] < persons]
    age[present] = np.maximum(age[families.mother[present]] - random.uniform(23, 34, len(present)), 12)
    siblings = children[families.mother[children] >= persons]
    age[siblings[1::2]] = np.clip(age[siblings[::2]] - random.normal(3, 2, len(siblings) // 2), 19, 89)
    return age


def _homes(families: Families, random: np.random.Generator) -> tuple[Ints, Ints]:
    weights = np.array([region.weight for region in REGIONS], np.float64)
    region = random.choice(len(REGIONS), size=families.persons, p=weights / weights.sum()).astype(np.int32)
    together = (families.family >= 0) & (random.random(families.persons) < 0.8)
    region[together] = region[families.family[together]]
    sizes = np.array([len(row.districts) for row in REGIONS])
    district = (random.random(families.persons) * sizes[region]).astype(np.int32)
    return region, district


def _traits(random: np.random.Generator, *, male: npt.NDArray[np.bool_], age: Floats, flushing_dose: Floats,
            adiposity: Floats) -> dict[str, Floats]:  # fmt: skip
    persons = len(age)

    def noise() -> Floats:
        return random.standard_normal(persons, np.float32)

    education = np.clip(np.round(3.1 - np.maximum(age - 45, 0) / 14 + 0.7 * noise()), 0, 3)
    income = np.clip(np.round(0.7 * education + 0.3 + 0.9 * noise() - (age > 68)), 0, 3)
    ever = random.random(persons) < np.where(male, 0.66, 0.09)
    quit_smoking = random.random(persons) < np.clip((age - 20) / 75, 0.1, 0.75)
    current, former = ever & ~quit_smoking, ever & quit_smoking
    years = np.clip(age - 20, 0, 45) * np.where(former, 0.55, 0.85)
    pack_years = np.where(ever, years * np.exp(0.4 * noise()) * 0.75, 0)
    thirst = 1.6 + 0.9 * male - 0.9 * flushing_dose - 0.015 * (age - 50) + noise()
    drinking = np.clip(np.round(thirst), 0, 4)
    flushing = np.clip(np.round(1.5 * np.minimum(flushing_dose, 1.4) + 0.35 * noise() + 0.1), 0, 2)
    inactivity, stress = noise(), (0.9 * noise() - 0.01 * (age - 50)).astype(np.float32)
    bmi = 0.95 * noise() + 0.2 * (adiposity - adiposity.mean()) + 0.15 * inactivity + 0.1 * male
    values = {
        "male": male, "female": ~male, "age": (age - 53) / 15.5, "bmi": bmi, "education": education, "income": income,
        "low_education": education <= 1, "low_income": income == 0, "current_smoker": current, "former_smoker": former,
        "smoking": np.where(current, 2, np.where(former, 1, 0)), "pack_years": pack_years / 20, "drinking": drinking,
        "drinking_level": (drinking - 2) / 1.3, "heavy_drinker": drinking == 4, "flushing": flushing,
        "inactivity": inactivity, "inactive": inactivity > 0.4, "stress": stress, "stressed": stress > 0.7,
        "salty": noise(), "red_meat": noise(),
    }  # fmt: skip
    return {name: np.asarray(value, np.float32) for name, value in values.items()}
