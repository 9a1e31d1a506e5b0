"""The Python of the guide and of the package's own page runs as written, block after block."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from api.client import Client, Finished
from tests.client.notebook import client_as_installed

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
ADDRESS = re.compile(r"https?://(?:127\.0\.0\.1:8000|kohort\.example\.org)")


@pytest.mark.parametrize("page", ["docs/do/use-the-python-client.md", "api/client/README.md"])
def test_the_python_of_a_page_runs_as_written(
    page: str, address: str, token: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = token(project=f"who follows {page}")
    names: dict[str, object] = {"token": mine}
    with client_as_installed():
        for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            exec(ADDRESS.sub(address, block).replace('token="…"', "token=token"), names)
    client = names["client"]
    assert isinstance(client, Client)
    client.close()
    drawn = next(tmp_path.glob("*.svg"))
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    finished = names.get("finished")
    if isinstance(finished, Finished):
        assert finished.is_complete and (tmp_path / "answers.jsonl").exists()
