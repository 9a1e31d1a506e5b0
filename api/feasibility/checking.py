"""Checking a report for anybody: routes and a page that need a file of public keys and nothing else.

A server of researchers has them, and so has the public process.
"""

from pathlib import Path
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from api.feasibility.form import read_form
from api.feasibility.signing import verdict
from api.pages import NAVIGATION, render_page
from api.routes.responses import PUBLIC_PROBLEMS, problems
from engine import ReportKey, read_report_keys
from schemas.wire import MOST_REPORT_BYTES
from schemas.wire.feasibility import ReportKeyInfo, ReportKeyList, ReportToCheck, ReportVerdict

_CHECK_PROBLEMS: Final = PUBLIC_PROBLEMS | problems(422)

router = APIRouter(prefix="/v1/feasibility", tags=["public"])
pages = APIRouter(include_in_schema=False)


def report_keys_file(request: Request) -> Path:
    """Where the application that a request came to has the public keys."""
    path: Path = request.app.state.report_keys_file
    return path


KeysFile = Annotated[Path, Depends(report_keys_file)]


def known_keys(path: Path) -> tuple[ReportKey, ...]:
    """The public keys, read anew: a key made while a server runs is known at once. None where there is no file.

    Raises `DataProblem` when the file cannot be read.
    """
    return read_report_keys(path) if path.exists() else ()


@router.get("/keys", responses=PUBLIC_PROBLEMS)
async def keys(path: KeysFile) -> ReportKeyList:
    """The public keys that feasibility reports are signed with, and the days they were in use."""
    known = await to_thread.run_sync(known_keys, path)
    return ReportKeyList(
        keys=[
            ReportKeyInfo(key=str(each.key), key_id=each.key.id.hex(), first=each.first, last=each.last)
            for each in known
        ]
    )


@router.post("/verify", responses=_CHECK_PROBLEMS)
async def verify(body: ReportToCheck, path: KeysFile) -> ReportVerdict:
    """Whether the text of a feasibility report is as this service signed it, and what was checked.

    No token is needed and no data take part.
    """
    return await to_thread.run_sync(lambda: verdict(body.text, known_keys(path))[0])


@pages.get("/verify", response_class=HTMLResponse)
async def page(request: Request) -> HTMLResponse:
    """The page that checks a report."""
    return _page(request)


@pages.post("/verify", response_class=HTMLResponse)
async def page_with_verdict(request: Request, path: KeysFile) -> HTMLResponse:
    """The page with what a check found, for a browser that runs no scripts: the form has a `file`, else a `text`."""
    fields = read_form(request.headers.get("content-type", ""), await request.body())
    try:
        text = (fields.get("file") or fields.get("text", b"")).decode("utf-8")
    except UnicodeDecodeError:
        return _page(request, wrong="no_file")
    if not text.strip():
        return _page(request, wrong="nothing")
    return _page(request, found=await to_thread.run_sync(lambda: verdict(text, known_keys(path))[0]))


def _page(request: Request, *, found: ReportVerdict | None = None, wrong: str | None = None) -> HTMLResponse:
    """`wrong` is the key of what is said beside the field."""
    context = {
        "navigation": getattr(request.app.state, "navigation", NAVIGATION),
        "most_kilobytes": MOST_REPORT_BYTES // 1024,
        "found": found,
        "wrong": wrong,
    }
    status = 422 if wrong else 200
    return render_page(request, "verify.html", ("verify",), context=context, status_code=status)
