"""Questions are named by their text; the key is private and whole."""

import json
import stat
import threading

import pytest

from engine.disclosure.query_id import KEY_FILE, query_id, read_or_create_key
from engine.disclosure.request import Breakdown, Steps
from schemas.errors import DataProblem

PARTS = {
    "release_id": "r",
    "counting_rules": "n",
    "consent_base_id": "c",
    "query_hash": "q",
    "shape": ("count",),
    "sigma": 10,
}


def test_every_part_of_a_question_makes_another_id():
    key = b"k" * 32
    changed = {
        "release_id": "r2",
        "counting_rules": "n2",
        "consent_base_id": "c2",
        "query_hash": "q2",
        "shape": ("table", "x"),
        "sigma": 20,
    }
    ids = {query_id(key, **PARTS), query_id(b"x" * 32, **PARTS)}
    ids |= {query_id(key, **(PARTS | {name: value})) for name, value in changed.items()}
    assert len(ids) == 2 + len(changed)
    assert query_id(key, **PARTS) == query_id(key, **json.loads(json.dumps(PARTS)))


def test_parts_cannot_run_into_each_other():
    key = b"k" * 32
    one = query_id(key, **(PARTS | {"release_id": 'r","n', "counting_rules": "x"}))
    other = query_id(key, **(PARTS | {"release_id": "r", "counting_rules": 'n","x'}))
    assert one != other


def test_labels_name_a_table_and_not_an_attrition():
    cells = (("a",), ("b",))
    assert Breakdown(spec="s", labels=cells).identity != Breakdown(spec="s", labels=cells[::-1]).identity
    assert Steps(spec="s", labels=cells).identity == Steps(spec="s", labels=cells[::-1]).identity


def test_the_key_is_made_once_for_the_owner_alone(tmp_path):
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(read_or_create_key(tmp_path / "state"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert stat.S_IMODE((tmp_path / "state" / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "state").iterdir()] == [KEY_FILE]


def test_an_exposed_damaged_or_unreadable_key_is_refused(tmp_path):
    read_or_create_key(tmp_path)
    path = tmp_path / KEY_FILE
    path.chmod(0o644)
    with pytest.raises(DataProblem, match="key-exposed"):
        read_or_create_key(tmp_path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(DataProblem, match="key-damaged"):
        read_or_create_key(tmp_path)
    with pytest.raises(DataProblem, match="key-unreadable"):
        read_or_create_key(path / "below a file")
