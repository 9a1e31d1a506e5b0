"""The public process cannot reach a row: it imports nothing that reads one, and opens nothing but the cube."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cube.conftest import Fixed
from tests.lib.ports import free_port
from tests.lib.waiting import PATIENCE, until_it_answers

ROOT = Path(__file__).parents[2]
WATCHED = """
import json, os, runpy, sys

record, *words = sys.argv[1:]
opened = set()
names = ("open", "os.listdir", "os.scandir", "os.open", "os.mkdir", "os.rename", "os.remove", "sqlite3.connect",
         "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "socket.connect", "ctypes.dlopen")

def watch(event, arguments):
    if event in names:
        opened.add((event, os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes, os.PathLike)) else repr(arguments[0])))

sys.addaudithook(watch)
sys.argv = ["api.published", *words]
try:
    runpy.run_module("api.published", run_name="__main__", alter_sys=True)
finally:
    found = {"opened": sorted(opened), "modules": sorted(sys.modules)}
    with open(record, "w") as stream:
        json.dump(found, stream)
"""
"""Runs the public process and writes down everything it opened and imported."""

ADDRESSES = [
    "/health", "/openapi.json", "/v1/public", "/v1/public/tables", "/v1/public/tables/conditions?search=e11",
    "/v1/public/tables/conditions/category?code=E11", "/v1/public/tables/survey?limit=1", "/verify",
    "/v1/feasibility/keys", "/static/verify.js", "/", "/public", "/public/list?family=drugs&search=a",
    "/public/category?family=conditions&code=E11&view=region&measure=share", "/public/table.csv?family=conditions",
    "/static/dashboard.css", "/public/variants?search=x", "/v1/public/variants",
]  # fmt: skip
NOT_THERE = [
    "/v1/public/tables/nothing", "/v1/public/tables/..%2F..%2Fstate",
    "/v1/public/tables/conditions/category?code=..%2F..%2Fledger.sqlite", "/v1/release", "/v1/concepts?search=x",
    "/public/list?family=..%2F..%2Fstate", "/public/category?family=conditions&code=..%2F..%2Fledger.sqlite",
]  # fmt: skip


@dataclass
class Watched:
    statuses: dict[str, int]
    opened: list[tuple[str, str]]
    modules: list[str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public")


@pytest.fixture(scope="module")
def watched(releases: Path, place: Path) -> Watched:
    """A cube is made, its folder alone is carried to another place, and a process over that answers every route."""
    from engine.pipeline.cube import build_cube
    from engine.session import EngineSettings
    from schemas.policy import DEFAULT_POLICY

    settings = EngineSettings(releases=releases, state=place / "state", release_id="phase0")
    build_cube(settings, DEFAULT_POLICY, place / "state" / "cubes", user="s", progress=lambda *_: None, noise=Fixed())
    shutil.copytree(place / "state" / "cubes", place / "cubes")
    (place / "nowhere").mkdir()
    port = free_port()
    words = ["--cubes", str(place / "cubes"), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", WATCHED, str(place / "record.json"), *words],
        cwd=place / "nowhere",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        until_it_answers(f"http://127.0.0.1:{port}/health", process)
        statuses = {address: status_of(f"http://127.0.0.1:{port}{address}") for address in ADDRESSES + NOT_THERE}
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE)
    found = json.loads((place / "record.json").read_text())
    return Watched(statuses, [(event, path) for event, path in found["opened"]], found["modules"])


def status_of(url: str) -> int:
    try:
        return urllib.request.urlopen(url, timeout=PATIENCE).status
    except urllib.error.HTTPError as error:
        return error.code


def test_it_serves_without_any_release_beside_it(watched):
    assert {address: watched.statuses[address] for address in ADDRESSES} == dict.fromkeys(ADDRESSES, 200)
    assert {address: watched.statuses[address] for address in NOT_THERE} == dict.fromkeys(NOT_THERE, 404)


def test_of_the_data_it_opens_the_cube_and_nothing_else(watched, place, releases):
    paths = [Path(path) for event, path in watched.opened if event in ("open", "os.open", "os.listdir", "os.scandir")]
    ours = [path for path in paths if path.is_relative_to(place) or path.is_relative_to(releases)]
    assert {path.name for path in ours if path.is_relative_to(place / "cubes")} >= {
        "current", "manifest.json", "manifest.sha256", "cells.parquet", "categories.parquet"
    }  # fmt: skip
    assert [path for path in ours if not path.is_relative_to(place / "cubes")] == []


def test_what_it_opens_otherwise_is_the_program_and_the_system(watched, place):
    allowed = [place / "cubes", ROOT, *map(Path, (sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc", "/proc",
                                                 "/sys", "/dev"))]  # fmt: skip
    opened = [Path(path) for event, path in watched.opened if event in ("open", "os.open", "os.listdir", "os.scandir")]
    strange = [path for path in opened if path.is_absolute() and not any(path.is_relative_to(at) for at in allowed)]
    assert strange == []


def test_it_runs_no_other_program_and_opens_no_database(watched):
    never = {"sqlite3.connect", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "socket.connect"}
    assert [each for each in watched.opened if each[0] in never] == []


def test_it_cannot_open_a_release_as_nothing_that_could_is_loaded(watched):
    loaded = {name for name in watched.modules if name.partition(".")[0] == "engine"}
    assert loaded <= {
        *("engine", "engine.disclosure", "engine.disclosure.cube", "engine.disclosure.cube.file"),
        *("engine.disclosure.audit", "engine.disclosure.audit.checkpoint"),  # what a signature is, and no log
        "engine.disclosure.report_signature",  # public keys, and no secret one
    }
    assert not {"duckdb", "polars", "numba", "opendp", "pgenlib", "sqlite3"} & set(watched.modules)
    assert not {"api.service", "api.auth", "api.app", "api.settings"} & set(watched.modules)


def test_a_damaged_cube_is_told_in_words_and_not_served(place, tmp_path):
    shutil.copytree(place / "cubes", tmp_path / "cubes")
    cells = next((tmp_path / "cubes").rglob("cells.parquet"))
    cells.write_bytes(cells.read_bytes()[:-1])
    done = subprocess.run(
        [sys.executable, "-m", "api.published", "--cubes", str(tmp_path / "cubes")],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "cube-damaged" in done.stderr and "Traceback" not in done.stderr
