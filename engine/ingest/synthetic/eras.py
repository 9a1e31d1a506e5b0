"""Eras: events of one concept of one person joined while no gap is longer than 30 days, as the CDM defines them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ingest.synthetic.catalogue import CATALOGUES
from engine.ingest.synthetic.drugs import INGREDIENT_INDEX
from engine.ingest.synthetic.facts import Facts, make_facts
from schemas.omop import Domain

GAP_DAYS = 30

_DOSED = ("metformin", "atorvastatin", "levothyroxine")
"""Ingredients whose daily dose is known well enough for dose eras."""


@dataclass(frozen=True, slots=True)
class Eras:
    """One value an era."""

    person: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    gap: npt.NDArray[np.int64]


def collapse(person: npt.NDArray[np.integer], group: npt.NDArray[np.integer], start: npt.NDArray[np.integer],
             end: npt.NDArray[np.integer]) -> Eras:  # fmt: skip
    """Join spans of the same person and group. `gap` sums the days no span covers.

    >>> one = np.ones(3, np.int64)
    >>> eras = collapse(one, one, np.array([0, 40, 100]), np.array([10, 50, 110]))
    >>> eras.start.tolist(), eras.end.tolist(), eras.count.tolist(), eras.gap.tolist()
    ([0, 100], [50, 110], [2, 1], [29, 0])
    """
    order = np.lexsort((start, group, person))
    person, group, start, end = (values[order].astype(np.int64) for values in (person, group, start, end))
    if not len(person):
        return Eras(*(np.zeros(0, np.int64) for _ in range(6)))
    fresh = np.append(True, (person[1:] != person[:-1]) | (group[1:] != group[:-1]))
    # The latest end so far within a group: groups are lifted apart so that one running maximum serves all.
    lift = np.cumsum(fresh) << 32
    latest = np.maximum.accumulate(end + lift) - lift
    gap = np.where(fresh, 0, np.append(0, start[1:] - latest[:-1] - 1))
    first = np.flatnonzero(fresh | (gap > GAP_DAYS))
    gap[first] = 0
    last = np.append(first[1:], len(person)) - 1
    return Eras(person[first], group[first], start[first], latest[last], last - first + 1,
                np.add.reduceat(np.maximum(gap, 0), first))  # fmt: skip


def condition_eras(conditions: Facts) -> Facts:
    """Eras of the conditions' concepts; `extra` counts the conditions."""
    condition, era = CATALOGUES[Domain.CONDITION], CATALOGUES[Domain.CONDITION_ERA]
    kinds = {int(kind.concept_id): number for number, kind in enumerate(era.kinds)}
    kind_of = np.array([kinds[kind.concept_id] for kind in condition.kinds])
    eras = collapse(conditions["person"], kind_of[conditions["kind"]], conditions["day"], conditions["end"])
    return _facts(eras)


def drug_eras(drugs: Facts) -> Facts:
    """Eras of ingredients; `extra` counts the exposures and `value` the days without supply."""
    return _facts(collapse(drugs["person"], drugs["kind"], drugs["day"], drugs["end"]))


def dose_eras(drugs: Facts) -> Facts:
    """Eras at one daily dose, one unit a day or two where the supply is short, of a few ingredients."""
    dosed = drugs[np.isin(drugs["kind"], [INGREDIENT_INDEX[name] for name in _DOSED])]
    units = np.where(dosed["extra"] <= GAP_DAYS, 2, 1)
    eras = collapse(dosed["person"], 2 * dosed["kind"].astype(np.int64) + units - 1, dosed["day"], dosed["end"])
    facts = _facts(eras)
    facts["kind"], facts["extra"] = eras.group // 2, eras.group % 2 + 1
    return facts


def _facts(eras: Eras) -> Facts:
    return make_facts(len(eras.person), kind=eras.group, person=eras.person, day=eras.start, end=eras.end,
                      extra=eras.count, value=eras.gap)  # fmt: skip
