"""Answers of a batch on disk, one a line, so that a run that was cut short goes on where it was."""

import hashlib
import json
import os
from pathlib import Path
from typing import TypeVar

from api.client.asking import Asked
from api.client.problems import NotUnderstood
from api.client.results.tabular import Tabular
from schemas.wire.dictionaries import BudgetAnswer

A = TypeVar("A", bound=Tabular)


class Saved:
    """A file of answers; without a path, nothing is kept. A line cut short by a crash is passed over."""

    def __init__(self, path: str | Path | None) -> None:
        self._path = Path(path) if path is not None else None
        self._found = dict(_lines(self._path)) if self._path and self._path.exists() else {}

    def find(self, asked: Asked[A], now: BudgetAnswer) -> A | None:
        """The answer of an earlier run to the same question about the same release under the same policy."""
        kept = self._found.get(_key(asked))
        if kept is None:
            return None
        try:
            answer = asked.read(kept)
        except NotUnderstood:
            return None
        is_current = (answer.release, answer.policy_sha256, answer.tier) == (now.release, now.policy_sha256, now.tier)
        return answer if is_current else None

    def keep(self, asked: Asked[A], answer: A) -> None:
        """Add an answer and see to it that it is on disk."""
        if self._path is None:
            return
        line = json.dumps({"question": _key(asked), "answer": answer.model_dump(mode="json")})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")  # the line above may have been cut short
            file.flush()
            os.fsync(file.fileno())


def _lines(path: Path) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            kept = json.loads(line)
            found.append((kept["question"], json.dumps(kept["answer"]).encode()))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _key(asked: Asked[A]) -> str:
    text = json.dumps([asked.path, asked.body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
