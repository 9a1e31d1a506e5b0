"""What the kernels say of everybody is what the reference reads off each person's calls."""

import typing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.execute import people_where
from engine.logical.nodes import GenotypeAtom, NoCallAt
from engine.targets.reference.data import load_reference_data
from engine.targets.reference.genotypes import GenotypeReader
from tests.lib.budgets import examples
from tests.lib.genotype_strategies import genotype_atoms
from tests.lib.random_release import PERSONS, random_release
from tests.lib.targets import World

SEEDS = range(6)


class Said:
    """Both answers over one release, as a truth a person."""

    def __init__(self, world: World) -> None:
        self._store = world.genotypes
        self._reader = GenotypeReader(load_reference_data(world.release), world.genotypes)

    def by_reference(self, atom):
        return [self._reader.decide(atom, person) for person in range(PERSONS)]

    def by_kernels(self, atom):
        people = people_where(atom, self._store)
        return [
            True if true else None if unknown else False
            for true, unknown in zip(people.true.to_mask(), people.unknown.to_mask(), strict=True)
        ]


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> list[Said]:
    root = tmp_path_factory.mktemp("said")
    return [Said(World(random_release(root, seed))) for seed in SEEDS]


@settings(max_examples=examples(300, nightly=8000), deadline=None, suppress_health_check=list(HealthCheck))
@given(atom=genotype_atoms, seed=st.sampled_from(SEEDS))
def test_kernels_give_the_truth_of_the_reference(said, atom, seed):
    assert said[seed].by_kernels(atom) == said[seed].by_reference(atom)


def test_random_conditions_are_true_false_and_unknown_of_genotyped_people(said):
    """The agreement above would be worth little if conditions were mostly false."""
    seen = {kind: {True: 0, False: 0, None: 0} for kind in typing.get_args(GenotypeAtom)}

    @settings(max_examples=300, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(atom=genotype_atoms)
    def look(atom):
        for truth in said[0].by_reference(atom):
            seen[type(atom)][truth] += 1

    look()
    for kind, truths in seen.items():
        least = sum(truths.values()) / 40
        assert truths[True] > least, kind
        assert truths[False] > least, kind
        assert (truths[None] > least) is (kind is not NoCallAt), kind
