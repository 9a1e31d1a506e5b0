"""What anybody may see: that the server answers, which release it serves, and the workbench."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.language_words import language_choices, language_fields, language_words
from api.pages import render_page
from api.routes.responses import PUBLIC_PROBLEMS
from api.service import Here
from schemas.wire import ConsentClassInfo, Health, ReleaseInfo

router = APIRouter(tags=["public"], responses=PUBLIC_PROBLEMS)
pages = APIRouter(include_in_schema=False)
"""For people; the internal listener has none."""


@router.get("/health")
async def health() -> Health:
    """The server answers."""
    return Health(status="ok")


@router.get("/v1/release")
async def release(service: Here) -> ReleaseInfo:
    """The release in service. Rows of its tables are not told: they could be compared between releases."""
    overview = service.session.overview()
    return ReleaseInfo(
        release=overview.release_id,
        created=overview.created,
        phase=overview.phase,
        persons=overview.persons,
        policy_version=overview.policy_version,
        policy_sha256=overview.policy_sha256,
        consent=[
            ConsentClassInfo(permissions=list(each.permissions), persons=each.persons) for each in overview.consent
        ],
        sources=dict(overview.sources),
        tables=[name for name, _ in overview.tables],
    )


@pages.get("/", response_class=HTMLResponse)
async def workbench(request: Request, service: Here) -> HTMLResponse:
    """The workbench: write a cohort as text or with cards, see its numbers."""
    return render_page(
        request,
        "workbench.html",
        ("workbench", "builder", "answers", "report"),
        release=service.session.overview(),
        context={
            "language_data": {"words": language_words(), "choices": language_choices(), "fields": language_fields()}
        },
    )
