"""The projects a caller may ask in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials

from api.routes.responses import LOOK_UP_PROBLEMS
from api.service import BEARER, find_projects
from schemas.wire import ProjectInfo, ProjectList

router = APIRouter(prefix="/v1", tags=["dictionaries"], responses=LOOK_UP_PROBLEMS)


@router.get("/projects")
async def projects(
    request: Request, _credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> ProjectList:
    """The projects the caller may ask in, their own first where it is open; whichever the request names."""
    found = await find_projects(request)
    return ProjectList(projects=[ProjectInfo(project=each.project, tier=each.tier) for each in found])
