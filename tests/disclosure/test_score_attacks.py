"""One person cannot move another across the cut-off of a score, whatever becomes of that person's record."""

import datetime
import itertools
from pathlib import Path

import numpy as np
import pytest

from engine.genotypes.store import GenotypeStore
from tests.lib.releases import write_release

PERSONS, VICTIM = 120, 17
SCORE = "ldl"
EXTERNAL = (0.3, 0.05, None, 0.001, 0.6, 0.3)
"""Of variants on chromosome 1 and, the last two, on X. Of the rare ones only the victim is a carrier."""

RARE = (2, 3)
WEIGHTS = (1.5, -0.75, 4.0, -3.0, 0.5, 2.25)
ONLY_OTHERS = np.arange(PERSONS) != VICTIM


def _calls() -> np.ndarray:
    """int8[variants, persons]; every tenth call is missing. Men, of even number, have one copy of X."""
    random = np.random.default_rng(3)
    calls = random.choice([0, 1, 2, -1], (len(EXTERNAL), PERSONS), p=(0.4, 0.3, 0.2, 0.1)).astype(np.int8)
    calls[4:, ::2] = random.choice([0, 2, -1], (2, PERSONS // 2), p=(0.5, 0.4, 0.1))
    calls[RARE, :] = np.where(random.random((2, PERSONS)) < 0.1, -1, 0)
    calls[:, VICTIM] = (0, 2, 1, 2, 1, 2)
    return calls


def _store(root: Path, calls: np.ndarray, *, has_victim: bool = True) -> GenotypeStore:
    """A release of these calls as ingest would write it: variants that nobody carries are not in it."""
    people = [person for person in range(PERSONS) if has_victim or person != VICTIM]
    kept = [v for v in range(len(EXTERNAL)) if v not in RARE or (calls[v][people] > 0).any()]
    tables = {
        "person": [{"birth_date": datetime.date(1970, 1, 1)}] * PERSONS,
        "sample": [{"person": p, "sex": "female" if p % 2 else "male"} for p in people],
        "variant": [
            {"contig": "1" if v < 4 else "X", "position": 50_000_000 + v, "ref": "A", "alt": "G",
             "af_external": EXTERNAL[v]}
            for v in kept
        ],
        "gene": [],
        "score": [{"score": SCORE, "constant": 0.5, "listed": len(EXTERNAL), "matched": len(kept)}],
        "score_weight": [{"score": SCORE, "variant": row, "weight": WEIGHTS[v]} for row, v in enumerate(kept)],
    }  # fmt: skip
    return GenotypeStore.open(write_release(root, tables, calls=calls[kept][:, people])).guarded()


def _of_others(store: GenotypeStore) -> tuple[np.ndarray, np.ndarray]:
    return store.score(SCORE)[ONLY_OTHERS], store.percentiles(SCORE)[ONLY_OTHERS]


@pytest.fixture(scope="module")
def with_victim(tmp_path_factory: pytest.TempPathFactory) -> GenotypeStore:
    return _store(tmp_path_factory.mktemp("with"), _calls())


def test_leaving_the_release_moves_nobody(tmp_path: Path, with_victim: GenotypeStore) -> None:
    """Two variants leave with the victim, and with them the calls that others were missing there."""
    without = _store(tmp_path, _calls(), has_victim=False)
    assert (with_victim.variants, without.variants) == (6, 4)
    for before, after in zip(_of_others(with_victim), _of_others(without), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("call", [0, 1, 2, -1])
def test_other_genotypes_move_nobody(tmp_path: Path, with_victim: GenotypeStore, call: int) -> None:
    calls = _calls()
    calls[:, VICTIM] = call
    for before, after in zip(_of_others(with_victim), _of_others(_store(tmp_path, calls)), strict=True):
        assert np.array_equal(before, after)


def test_a_rank_within_the_release_would_move_others(tmp_path: Path, with_victim: GenotypeStore) -> None:
    """What percentiles were before: with the victim the same cut-off holds other people."""
    calls = _calls()
    calls[:, VICTIM] = 0
    changed = _store(tmp_path, calls)
    ranked = []
    for store in (with_victim, changed):
        sums = store.score(SCORE)
        ranked.append(np.searchsorted(np.sort(sums), sums) * 100 / PERSONS)
    cuts = np.unique(np.concatenate(ranked))
    assert any((ranked[0] >= cut)[ONLY_OTHERS].tolist() != (ranked[1] >= cut)[ONLY_OTHERS].tolist() for cut in cuts)


def test_the_victim_changes_a_count_by_one_at_most(tmp_path: Path, with_victim: GenotypeStore) -> None:
    """At every cut-off that tells anybody apart, of values and of percentiles."""
    without = _store(tmp_path, _calls(), has_victim=False)
    for kind in (GenotypeStore.score, GenotypeStore.percentiles):
        before, after = kind(with_victim, SCORE), kind(without, SCORE)
        cuts = np.unique(before[~np.isnan(before)])
        changes = [int((before >= cut).sum()) - int((after >= cut).sum()) for cut in cuts]
        assert set(changes) <= {0, 1}
        assert any(first != second for first, second in itertools.pairwise(changes)) or set(changes) == {1}
