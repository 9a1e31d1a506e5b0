"""Proofs for somebody who has a key and a checkpoint, and not the log."""

import dataclasses
import shutil

import pytest

from engine.disclosure.audit.checkpoint import read_checkpoint, read_note
from engine.disclosure.audit.log import SIGNING_KEY_FILE, VERIFIER_KEY_FILE
from engine.disclosure.audit.reading import check_proof, prove_entry, prove_growth, sign_log, verifier_key
from engine.disclosure.ledger import PERSONS_FOLDER, Ledger
from schemas.errors import DataProblem
from tests.audit.conftest import Log, answer


def test_every_entry_can_be_proven_to_be_in_the_log(log: Log):
    keys = [verifier_key(log.state)]
    for number in range(1, 13):
        proof = prove_entry(log.state, number)
        assert check_proof(proof, keys).size == 12
        assert f'"q{number - 1}"' in proof.entry
        assert len(proof.proof) <= 4


@pytest.mark.parametrize(
    "change",
    [
        {"entry": "{}"},
        {"number": 4},
        {"number": 0},
        {"previous": "00" * 32},
        {"previous": "no hash"},
        {"proof": ()},
        {"proof": ("zz",)},
    ],
)
def test_a_proof_of_anything_else_does_not_hold(log: Log, change):
    proof = dataclasses.replace(prove_entry(log.state, 5), **change)
    with pytest.raises(DataProblem, match="audit-proof-wrong"):
        check_proof(proof, [verifier_key(log.state)])


def test_a_proof_under_a_checkpoint_of_another_log_does_not_hold(log: Log, tmp_path):
    other = Log(tmp_path / "other")
    other.fill(12)
    proof = dataclasses.replace(prove_entry(log.state, 5), checkpoint=other.checkpoint)
    with pytest.raises(DataProblem, match="not signed by"):
        check_proof(proof, [verifier_key(log.state)])
    with pytest.raises(DataProblem, match="audit-proof-wrong"):
        check_proof(proof, [verifier_key(other.state)])


def test_an_entry_that_is_not_signed_yet_has_no_proof(log: Log):
    ledger = Ledger(log.state)
    answer(ledger, "new")
    with pytest.raises(DataProblem, match="covers 12 of 13 entries"):
        prove_entry(log.state, 13)
    sign_log(log.state)
    assert check_proof(prove_entry(log.state, 13), [verifier_key(log.state)]).size == 13
    with pytest.raises(DataProblem, match="audit-entry-unsigned"):
        prove_entry(log.state, 14)
    ledger.close()


def test_a_log_is_proven_to_go_on_from_an_older_checkpoint(log: Log):
    older = log.checkpoint
    log.fill(30, prefix="more")
    proof = prove_growth(log.state, older)
    assert check_proof(proof, [verifier_key(log.state)]).size == 42
    for steps in (proof.proof[:-1], (), ("zz",)):
        with pytest.raises(DataProblem, match="does not go on"):
            check_proof(dataclasses.replace(proof, proof=steps), [verifier_key(log.state)])


def test_no_proof_is_made_from_a_tree_with_a_hole(log: Log):
    with log.tampering() as database:
        database.execute("delete from audit_node where level = 2")
    with pytest.raises(DataProblem, match="audit-broken"):
        prove_entry(log.state, 1)


def test_a_fork_cannot_be_proven(log: Log, tmp_path):
    other = log.copy(tmp_path / "other")
    shutil.copytree(log.state / PERSONS_FOLDER, other.state / PERSONS_FOLDER)
    for name in (SIGNING_KEY_FILE, VERIFIER_KEY_FILE):
        shutil.copy(log.state / name, other.state / name)
    log.fill(3, prefix="one")
    other.fill(5, prefix="two")
    assert read_checkpoint(read_note(other.checkpoint)).size == 17
    with pytest.raises(DataProblem, match="does not go on from the one of 15"):
        prove_growth(other.state, log.checkpoint)
    with pytest.raises(DataProblem, match="more than the log has signed"):
        prove_growth(log.state, other.checkpoint)
