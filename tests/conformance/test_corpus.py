"""The people and dates of OHDSI's own SQL, on the shared corpus of cohort definitions.

Here every definition runs on every target, on one of the data sets; `make conformance` runs them on all of them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conformance.__main__ import judge_each
from tests.conformance.corpus import Definition, Expected, definitions, expected
from tests.conformance.sample import DATASETS, TARGETS, sample
from tests.conformance.verdict import Tally
from tests.conformance.world import World

REFUSED = {900012}
"""Names a concept set that the definition does not hold, so that nobody can say what it means."""

Corpus = Mapping[str, Mapping[int, Expected]]


@pytest.fixture(scope="module")
def known(shared: Path) -> Mapping[int, Definition]:
    return definitions(shared)


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Corpus:
    """What OHDSI's SQL gives on each data set."""
    return {dataset: expected(shared, dataset) for dataset in DATASETS}


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World.make(shared, request.param, tmp_path_factory.mktemp("corpus"))
    yield made
    made.database.close()


def unexpected(tally: Tally) -> list[str]:
    return [line for line in tally.failures if not any(f" {number}: refused" in line for number in REFUSED)]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("world", DATASETS, indirect=True)
def test_definitions_give_the_rows_of_ohdsi_s_sql(
    world: World, known: Mapping[int, Definition], corpus: Corpus, target: str
) -> None:
    dataset = world.release.manifest.release_id
    chosen = {number: corpus[dataset][number] for number in sample(corpus, target)[dataset]}
    assert unexpected(judge_each(world, target, known, chosen)) == []


@pytest.mark.parametrize("world", ["synthea27nj"], indirect=True)
def test_the_reference_gives_them_too(world: World, known: Mapping[int, Definition], corpus: Corpus) -> None:
    chosen = dict(sorted(corpus["synthea27nj"].items())[::10])
    assert unexpected(judge_each(world, "reference", known, chosen)) == []


def test_every_definition_runs_once_on_every_target(corpus: Corpus) -> None:
    everything = sorted(set().union(*corpus.values()))
    dealt = {target: sample(corpus, target) for target in TARGETS}
    for target, parts in dealt.items():
        assert sorted(number for part in parts.values() for number in part) == everything, target
        assert all(set(part) <= set(corpus[dataset]) for dataset, part in parts.items())
    on_three = {number for dataset in DATASETS[:3] for number in corpus[dataset]}
    for number in on_three:
        places = [dataset for parts in dealt.values() for dataset, part in parts.items() if number in part]
        assert len(set(places)) == len(TARGETS)
