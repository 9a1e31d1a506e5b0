"""A signed report as an HTML file that stands by itself."""

from functools import cache
from typing import Final

from jinja2 import Environment, FileSystemLoader

from api.client.pictures import PictureKind, PictureUnsuited, picture
from api.feasibility.view import view_of
from api.pages import WEB
from schemas.wire import Answer, AttritionAnswer, BreakdownAnswer
from schemas.wire.feasibility import FeasibilityReport, ReportBreakdown, SignedReport

_WIDTHS: Final = {"wide": 640, "small": 330}
"""Pixels of a picture on paper and large screens, and on a phone."""


def html_of(signed: SignedReport) -> str:
    """The report with pictures beside its tables; what was signed is all it says."""
    pictures = [_drawn(signed.report, kind, answer) for kind, answer in _answers(signed.report)]
    return _environment().get_template("feasibility.html").render(view=view_of(signed), pictures=pictures)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True)


def _answers(report: FeasibilityReport) -> list[tuple[PictureKind, AttritionAnswer | BreakdownAnswer]]:
    """The report's tables as the answers they were, in the order of the view."""
    found: list[tuple[PictureKind, AttritionAnswer | BreakdownAnswer]] = []
    if (attrition := report.attrition) is not None:
        answer = AttritionAnswer.model_validate({**_common(report), **attrition.model_dump()})
        found.append(("attrition", answer))
    found += [(_kind(each), _breakdown(report, each)) for each in report.breakdowns]
    return found


def _kind(found: ReportBreakdown) -> PictureKind:
    names = {name.partition("(")[0] for name in found.dimensions}
    return "pyramid" if names == {"sex", "age"} else "breakdown"


def _breakdown(report: FeasibilityReport, found: ReportBreakdown) -> BreakdownAnswer:
    return BreakdownAnswer.model_validate({**_common(report), **found.model_dump()})


def _common(report: FeasibilityReport) -> dict[str, object]:
    fields: dict[str, object] = {
        "release": report.release.id,
        "policy_version": report.policy.version,
        "policy_sha256": report.policy.sha256,
        "query": report.query,
        "tier": report.tier,
        "precision": report.precision,
        "charged": 0,
        "remaining_budget": (),
        "unmatched": (),
    }
    assert set(fields) == set(Answer.model_fields)
    return fields


def _drawn(report: FeasibilityReport, kind: PictureKind, answer: AttritionAnswer | BreakdownAnswer) -> dict[str, str]:
    """SVG by width, or nothing where such a table has no picture; its numbers are in the table all the same."""
    try:
        return {name: picture(kind, answer, language=report.language, width=width) for name, width in _WIDTHS.items()}
    except PictureUnsuited:
        return {}
