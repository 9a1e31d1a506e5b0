"""Questions about runs: several questions about a cohort asked together, followed, found again and shared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from pydantic import JsonValue

from api.client.asking import Asked, look_up, question, reading, several
from api.client.documents import Document, document_body
from api.client.exchange import Steps, Wait
from api.client.questions import Library, PrecisionName
from api.client.results.runs import Run
from schemas.policy import Precision
from schemas.wire.runs import AttritionPart as AttritionPart
from schemas.wire.runs import BreakdownPart as BreakdownPart
from schemas.wire.runs import ComparisonPart as ComparisonPart
from schemas.wire.runs import CountPart as CountPart
from schemas.wire.runs import GenotypesPart as GenotypesPart
from schemas.wire.runs import OverlapPart as OverlapPart
from schemas.wire.runs import PrevalencePart as PrevalencePart
from schemas.wire.runs import RunList, RunPart, RunState, SharedLink

Part = RunPart | Mapping[str, JsonValue] | str
"""One question: `CountPart(…)` and its like, the same as JSON, or `count` and `attrition` by their names."""

_SECONDS_BETWEEN_LOOKS: Final = 1.0
_RUNS: Final = "/v1/runs"


def start(
    document: Document,
    parts: Sequence[Part],
    title: str | None,
    library: Library | None,
    precision: PrecisionName | None,
) -> Asked[Run]:
    """Ask up to ten questions about a cohort. Not sent again when the connection is lost: it may have begun."""
    body: dict[str, JsonValue] = {
        **document_body(document, library),
        "parts": [_part(each) for each in several(parts)],
        "title": title,
        "precision": None if precision is None else Precision(precision).value,
    }
    return replace(question(_RUNS, Run, body), is_repeatable=False)


def newest(before: int | None, limit: int) -> Asked[RunList]:
    """The caller's own runs in the project."""
    return look_up(_RUNS, RunList, before=before, limit=limit)


def one(run: str) -> Asked[Run]:
    """A run with what is answered so far."""
    return look_up(_path(run), Run)


def cancel(run: str) -> Asked[Run]:
    """Take away what waits."""
    return Asked(method="POST", path=f"{_path(run)}/cancel", read=reading(Run))


def share(run: str) -> Asked[SharedLink]:
    """Let colleagues of the project see what was asked."""
    return Asked(method="POST", path=f"{_path(run)}/share", read=reading(SharedLink))


def delete(run: str) -> Asked[None]:
    """Forget a run."""
    return Asked(method="DELETE", path=_path(run), read=lambda _: None)


def is_under_way(run: Run) -> bool:
    """Whether more is to come."""
    return run.state in (RunState.QUEUED, RunState.RUNNING)


def follow(run: str, progress: Callable[[Run], None]) -> Steps[Run]:
    """Looks at a run each second until it is at its end."""
    while True:
        found = yield from one(run)
        progress(found)
        if not is_under_way(found):
            return found
        yield Wait(_SECONDS_BETWEEN_LOOKS)


def unheard(run: Run) -> None:
    """What is told of a run where nobody listens."""


def _path(run: str) -> str:
    return f"{_RUNS}/{quote(run, safe='')}"


def _part(part: Part) -> JsonValue:
    match part:
        case str():
            return {"kind": part}
        case Mapping():
            return dict(part)
        case _:
            written: JsonValue = part.model_dump(mode="json", exclude_none=True)
            return written
