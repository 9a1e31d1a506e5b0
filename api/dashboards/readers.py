"""Who reads the dashboards, in which project, and which others they may choose."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.auth import ProjectRefused
from api.service import find_principal, find_projects
from engine import Principal
from schemas.errors import NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the page, in the project in use, and in all they may choose from.

    Nobody where no token is kept, or none that is accepted; one without a project where theirs is closed to them.
    """

    principal: Principal | None = None
    choices: tuple[Principal, ...] = ()
    is_closed: bool = False


async def reader(request: Request) -> Reader:
    """Who reads the page; raises `TooOften`."""
    try:
        principal = await find_principal(request)
        return Reader(principal=principal, choices=await find_projects(request))
    except ProjectRefused:
        return Reader(choices=await find_projects(request), is_closed=True)
    except NotAllowed:
        return Reader()


ReadingHere = Annotated[Reader, Depends(reader)]
