"""Answers drawn as SVG. The caller sends an answer they hold; no data take part and nothing is kept."""

from typing import Final

from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import Response

from api.client.pictures import PictureUnsuited, picture
from api.routes.responses import LOOK_UP_PROBLEMS
from api.service import SIGNED_IN
from schemas.errors import Unsupported
from schemas.wire.pictures import PictureKind, PictureRequest

MEDIA_TYPE: Final = "image/svg+xml"

router = APIRouter(prefix="/v1/pictures", tags=["pictures"], responses=LOOK_UP_PROBLEMS, dependencies=[SIGNED_IN])

_DRAWN: Final[dict[int | str, dict[str, object]]] = {
    200: {"description": "The picture.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}


@router.post("/{kind}", response_class=Response, responses=_DRAWN)
async def draw(kind: PictureKind, body: PictureRequest) -> Response:
    """An answer of this service as a picture with its intervals, in English or Korean, for light and dark pages.

    `attrition`, `genotypes` and `overlap` are made of the answers so called, `breakdown` of a breakdown, `pyramid` of
    one by sex and age, `trend` of prevalence, incidence or a breakdown by index year, `comparison` of two breakdowns.
    """
    return Response(await to_thread.run_sync(_drawn, kind, body), media_type=MEDIA_TYPE)


def _drawn(kind: PictureKind, body: PictureRequest) -> str:
    try:
        return picture(kind, body.answer, language=body.language, width=body.width)
    except PictureUnsuited as unsuited:
        raise Unsupported("picture-unsuited", str(unsuited)) from None
