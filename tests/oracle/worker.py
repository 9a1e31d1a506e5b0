"""The other end of `official.py`: OHDSI's SQL asked from our own environment, in a process of its own."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROJECT = Path(__file__).parents[2]
PYTHON = PROJECT / ".venv-oracle" / "bin" / "python"


class Official:
    """A running worker. Ask first and `take` later, to compute something else in between."""

    def __init__(self, python: Path = PYTHON) -> None:
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("official.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def load(self, folder: Path) -> None:
        """Answer over this data set from now on."""
        self.ask({"world": str(folder)})
        self.take()

    def ask(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def take(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())
