"""What was asked is in the log for its reviewers alone."""

import contextlib
import json

import pytest

from engine.disclosure.audit.sealing import (
    MOST_CHARACTERS,
    REVIEW_KEY_FILE,
    make_review_key,
    open_sealed,
    read_review_key,
    seal,
)
from engine.disclosure.ledger import LEDGER_FILE, Ledger
from schemas.errors import DataProblem
from tests.audit.conftest import NOISY, Log, claim

DOCUMENT = 'cohort "a secret idea"\nindex first drug in concept 4711\n'


def ask(log: Log) -> dict[str, object]:
    """Ask the document; gives its entry."""
    with contextlib.closing(Ledger(log.state)) as ledger:
        asked = claim("idea", document=DOCUMENT)
        ledger.charge_and_release(asked, lambda unanswered, balances: dict.fromkeys(unanswered, NOISY))
    with log.tampering() as database:
        return json.loads(database.execute("select entry from audit order by number desc limit 1").fetchone()[0])


def files_with(log: Log, text: bytes) -> list[str]:
    return [path.name for path in log.state.glob(f"{LEDGER_FILE}*") if text in path.read_bytes()]


def test_without_a_review_key_no_document_is_kept(log: Log):
    assert "document" not in ask(log)
    assert files_with(log, b"secret idea") == []


def test_with_a_review_key_its_owner_reads_what_was_asked_and_nobody_else(log: Log):
    private, public = make_review_key()
    (log.state / REVIEW_KEY_FILE).write_text(f"{public}\n")
    entry = ask(log)
    assert open_sealed(private, entry["document"]) == DOCUMENT
    assert files_with(log, b"secret idea") == []
    assert log.verify().findings == ()
    with pytest.raises(DataProblem, match="review-key"):
        open_sealed(make_review_key()[0], entry["document"])
    with pytest.raises(DataProblem, match="review-key"):
        open_sealed(private, "AAAA" + entry["document"][4:])


def test_the_same_document_looks_different_every_time(log: Log):
    (log.state / REVIEW_KEY_FILE).write_text(make_review_key()[1])
    key = read_review_key(log.state)
    assert key is not None
    assert seal(key, DOCUMENT) != seal(key, DOCUMENT)


def test_a_document_cannot_fill_the_log(log: Log):
    private, public = make_review_key()
    (log.state / REVIEW_KEY_FILE).write_text(public)
    key = read_review_key(log.state)
    assert key is not None
    assert open_sealed(private, seal(key, "x" * 10**6)) == "x" * MOST_CHARACTERS


@pytest.mark.parametrize("text", ["", "not base64!", "AAAA"])
def test_a_ledger_with_a_broken_review_key_does_not_open(log: Log, text: str):
    (log.state / REVIEW_KEY_FILE).write_text(text)
    with pytest.raises(DataProblem, match="review-key"):
        Ledger(log.state)
