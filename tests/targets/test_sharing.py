"""A genotype condition is worked out once in an execution, however often and in whatever cohort it stands."""

from collections import Counter
from dataclasses import replace

import pytest

from cohort_dsl import parse
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.execute import Wanted, execute
from engine.logical.analyze import analyze
from engine.physical.planner import plan_cohort
from tests.lib.random_release import random_release
from tests.lib.targets import TARGETS, World

CARRIERS = 'cohort "carriers"\nindex everyone\ninclude "carrier" when carries variant in gene (LDLR, PCSK9)'
COHORT = """cohort "carriers with a diagnosis"
index condition in concept 1
qualify earliest when carries variant in gene (PCSK9, LDLR)
include "again" when carries variant in gene LDLR or score ldl > 0
include "carrier" when any entry of cohort "carriers" starting on or before index and carries variants in panel "lipids"
exclude "not known" when unknown (score ldl > 0)
"""


class Counted:
    """The store of a release, which counts what is asked of it."""

    def __init__(self, store):
        self._store = store
        self.asked = Counter()

    def __getattr__(self, name):
        self.asked[name] += 1
        return getattr(self._store, name)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("wanted", Wanted)
def test_each_distinct_condition_is_asked_of_the_store_once(tmp_path, target, wanted):
    world = World(random_release(tmp_path, 1))
    dictionaries = Dictionaries(
        vocabulary=Vocabulary(world.database),
        questions=load_questions(world.database),
        panels=world.genotypes.panels,
        scores=frozenset(world.genotypes.scores),
    )
    plan = analyze(parse(COHORT), dictionaries, {"carriers": parse(CARRIERS)}).plan
    counted = Counted(world.genotypes)
    found = execute(plan_cohort(plan, target), replace(world.means(), genotypes=counted), wanted)
    assert (counted.asked["carriers"], counted.asked["scored"]) == (2, 1)
    assert found.rows.person.tolist() == world.reference(plan).rows.person.tolist()
