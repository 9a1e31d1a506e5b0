"""The client as other people install it: a wheel, in an environment where nothing else of this project is."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from api import client_wheel
from api.client_wheel import NotCarried

_USE = """
import asyncio, importlib.util, sys
from kohort_client import AsyncClient, Client, KohortProblem
from kohort_client.builder import cohort, field, first, visit

for name in ("api", "schemas", "cohort_dsl", "engine", "polars", "fastapi"):
    assert importlib.util.find_spec(name) is None, name
address, token = sys.argv[1:]
adults = cohort("Adults").index(first(visit().where(field("age") >= 20))).count_by("sex")
with Client(address, token) as client:
    print(client.count(adults))
    table = client.breakdown(adults)
    assert "<svg" in table._repr_html_()
    try:
        table.to_polars()
    except ModuleNotFoundError as missing:
        print(missing)
    frame = table.to_pandas()
    assert str(frame["persons"].dtype) == "Int64" and str(frame["share"].dtype) == "Float64"
    assert frame["persons"].isna().sum() == sum(hasattr(cell.count, "less_than") for cell in table.cells)

async def ask():
    async with AsyncClient(address, token) as client:
        return await client.budget()

print(asyncio.run(ask()).project)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return client_wheel.build(tmp_path_factory.mktemp("dist"))


def test_the_wheel_works_where_nothing_else_of_this_project_is(
    wheel: Path, tmp_path: Path, address: str, token: Callable[..., str]
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")], tmp_path)
    run([*uv, "pip", "install", "--quiet", "--python", str(python), f"{wheel}[pandas]"], tmp_path)
    said = run([str(python), "-I", "-c", _USE, address, token(project="installed")], tmp_path).splitlines()
    assert said[0].endswith("persons")
    assert said[1:] == ["this needs polars: pip install 'kohort-client[polars]'", "installed"]


def run(command: list[str], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_lies_under_one_name_and_nothing_reaches_outside(wheel: Path) -> None:
    information = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        assert {name.partition("/")[0] for name in names} == {"kohort_client", information}
        assert "kohort_client/py.typed" in names
        for name in (each for each in names if each.endswith(".py")):
            text = opened.read(name).decode()
            assert not any(
                line.lstrip().startswith(("from api", "from schemas", "from cohort_dsl")) for line in text.splitlines()
            ), name
            compile(text, name, "exec")
        metadata = opened.read(f"{information}/METADATA").decode()
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line]
    assert [line.split()[1].partition("<")[0].partition(">")[0] for line in needed] == ["httpx2", "pydantic"]


def test_the_same_source_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    again = client_wheel.build(tmp_path)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


@pytest.mark.parametrize(
    "source",
    ["from engine import Session\n", "from api.service import Service\n", "import schemas.wire\n", "import api\n"],
)
def test_what_the_client_may_not_use_is_refused(source: str) -> None:
    with pytest.raises(NotCarried):
        client_wheel.rewritten(source)


def test_only_imports_are_rewritten() -> None:
    source = '"""from schemas.wire import Text"""\n\n\ndef late():\n    from schemas.wire import (\n        Text,\n    )\n\n    return Text, "schemas.wire"\n'
    assert client_wheel.rewritten(source) == source.replace(
        "    from schemas.wire ", "    from kohort_client._carried.schemas.wire "
    )
