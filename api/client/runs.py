"""Questions about runs: several questions about a cohort asked together, followed, found again and shared."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from api.client.asking import Asked, reading
from api.client.documents import Document, document_body
from api.client.questions import Library, PrecisionName
from api.client.results.runs import Run
from schemas.policy import Precision
from schemas.wire.runs import (
    AttritionPart,
    BreakdownPart,
    ComparisonPart,
    CountPart,
    GenotypesPart,
    OverlapPart,
    PrevalencePart,
    RunList,
    RunState,
    SharedLink,
)

AnyPart = CountPart | AttritionPart | BreakdownPart | PrevalencePart | GenotypesPart | OverlapPart | ComparisonPart

Part = AnyPart | Mapping[str, JsonValue] | str
"""One question: `CountPart(…)` and its like, the same as JSON, or `count` and `attrition` by their names."""

SECONDS_BETWEEN_LOOKS: Final = 1.0


def start(
    document: Document,
    parts: Sequence[Part],
    title: str | None,
    library: Library | None,
    precision: PrecisionName | None,
) -> Asked[Run]:
    """Ask up to eight questions about a cohort. Not sent again when the connection is lost: it may have begun."""
    body: dict[str, JsonValue] = {**document_body(document, library), "parts": [_part(each) for each in parts]}
    if title is not None:
        body["title"] = title
    if precision is not None:
        body["precision"] = Precision(precision).value
    return Asked(method="POST", path="/v1/runs", read=reading(Run), body=body, is_repeatable=False)


def newest(before: int | None, limit: int) -> Asked[RunList]:
    """The caller's own runs in the project."""
    return Asked(method="GET", path="/v1/runs", read=reading(RunList), parameters={"before": before, "limit": limit})


def one(run: str) -> Asked[Run]:
    """A run with what is answered so far."""
    return Asked(method="GET", path=f"/v1/runs/{run}", read=reading(Run))


def cancel(run: str) -> Asked[Run]:
    """Take away what waits."""
    return Asked(method="POST", path=f"/v1/runs/{run}/cancel", read=reading(Run))


def share(run: str) -> Asked[SharedLink]:
    """Let colleagues of the project see what was asked."""
    return Asked(method="POST", path=f"/v1/runs/{run}/share", read=reading(SharedLink))


def delete(run: str) -> Asked[None]:
    """Forget a run."""
    return Asked(method="DELETE", path=f"/v1/runs/{run}", read=lambda _: None)


def is_under_way(run: Run) -> bool:
    """Whether more is to come."""
    return run.state in (RunState.QUEUED, RunState.RUNNING)


def unheard(run: Run) -> None:
    """What is told of a run where nobody listens."""


def _part(part: Part) -> JsonValue:
    match part:
        case str():
            return {"kind": part}
        case Mapping():
            return dict(part)
        case _:
            written: JsonValue = part.model_dump(mode="json", exclude_none=True)
            return written
