"""Feasibility reports: asked for, signed, and printed."""

from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Response

from api.feasibility.asking import report_of
from api.feasibility.checking import KeysFile, known_keys
from api.feasibility.html import html_of
from api.feasibility.signing import report_text, sign, verdict
from api.routes.responses import COHORT_PROBLEMS
from api.service import SIGNED_IN, Caller, Here
from engine import open_report_keys
from schemas.errors import AnalysisProblem
from schemas.wire.feasibility import FeasibilityRequest, SignedReport

router = APIRouter(prefix="/v1/feasibility", tags=["feasibility"], responses=COHORT_PROBLEMS, dependencies=[SIGNED_IN])

_HTML: Final = "text/html"
_PDF: Final = "application/pdf"


@router.post("")
async def feasibility(body: FeasibilityRequest, caller: Caller, service: Here) -> SignedReport:
    """A dated, signed report of what a study could find: the cohort in words, its count, steps and tables.

    Each part is charged as if asked by itself, and free if it was. `/html` and `/pdf` print it without counting again.
    """
    report = await report_of(service, caller, body)
    state = service.settings.state
    keys = await to_thread.run_sync(lambda: open_report_keys(state, today=report.issued))
    return sign(report, keys)


@router.post("/html", response_class=Response, responses={200: {"content": {_HTML: {}}}})
async def as_html(body: SignedReport, path: KeysFile) -> Response:
    """A genuine report as an HTML file that stands by itself."""
    text = await to_thread.run_sync(lambda: html_of(_genuine(body, path)))
    return Response(text, media_type=_HTML, headers=_file("html"))


@router.post("/pdf", response_class=Response, responses={200: {"content": {_PDF: {}}}})
async def as_pdf(body: SignedReport, path: KeysFile) -> Response:
    """A genuine report as a PDF, which has the signed JSON attached."""
    data = await to_thread.run_sync(lambda: _pdf_of(_genuine(body, path)))
    return Response(data, media_type=_PDF, headers=_file("pdf"))


def _pdf_of(report: SignedReport) -> bytes:
    from api.feasibility.pdf import pdf_of  # loaded on use: a seventh of what a server takes to start

    return pdf_of(report)


def _genuine(body: SignedReport, path: KeysFile) -> SignedReport:
    """The report, if it is as it was signed: nothing else is printed in the service's name."""
    found, _ = verdict(report_text(body), known_keys(path))
    if not found.genuine:
        raise AnalysisProblem("report-unverified", f"the report is not printed: {found.checks[-1].detail}")
    return body


def _file(ending: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="feasibility-report.{ending}"'}
