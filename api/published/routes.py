"""What anybody may read of a release without a token: published tables, the same for everybody until the next release.

Answers may be kept by caches. Whoever serves these routes puts a `Published` into the application's state.
"""

from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.published.content import Published, category_page, category_tables, families, overview
from api.published.variants import variant_page
from api.routes.responses import PUBLIC_PROBLEMS, problems
from schemas.wire import Wire
from schemas.wire_cube import (
    PublicCategoryList,
    PublicCategoryTables,
    PublicFamilyList,
    PublicOverview,
    PublicVariantList,
)

_KEPT_SECONDS: Final = 3600
_NOT_MODIFIED: Final[dict[int | str, dict[str, object]]] = {304: {"description": "It is what you have."}}

router = APIRouter(
    prefix="/v1/public", tags=["public"], responses={**PUBLIC_PROBLEMS, **problems(404, 422), **_NOT_MODIFIED}
)

Family = Annotated[str, Path(max_length=32, description="name of a published list")]
Search = Annotated[str, Query(max_length=100, description="part of a label, English or Korean, or of a code")]
VariantSearch = Annotated[str, Query(max_length=100, description="part of an rsID, a gene, or alleles, as `ALDH2`")]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Code = Annotated[str, Query(min_length=1, max_length=200, description="code of a category, as in `E11`")]


def _published(request: Request) -> Published:
    published: Published = request.app.state.published
    return published


PublishedHere = Annotated[Published, Depends(_published)]


@router.get("", response_model=PublicOverview)
async def public_overview(published: PublishedHere, request: Request) -> Response:
    """What is published, under which rules, and when more will be."""
    return _kept(request, published, overview(published))


@router.get("/tables", response_model=PublicFamilyList)
async def public_tables(published: PublishedHere, request: Request) -> Response:
    """The published lists."""
    return _kept(request, published, PublicFamilyList(families=list(families(published.cube))))


@router.get("/tables/{family}", response_model=PublicCategoryList)
async def public_table(
    published: PublishedHere,
    request: Request,
    family: Family,
    search: Search = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Response:
    """A page of a list, each category with its number of people. Every category is there, however few are in it."""
    page = await to_thread.run_sync(
        lambda: category_page(published.cube, family, search=search, offset=offset, limit=limit)
    )
    return _kept(request, published, page)


@router.get("/tables/{family}/category", response_model=PublicCategoryTables)
async def public_category(published: PublishedHere, request: Request, family: Family, code: Code) -> Response:
    """One category by sex and age and by region, and, where the list has them, by race as recorded and by year."""
    return _kept(request, published, category_tables(published.cube, family, code))


@router.get("/variants", response_model=PublicVariantList)
async def public_variants(
    published: PublishedHere, request: Request, search: VariantSearch = "", offset: Offset = 0, limit: Limit = 50
) -> Response:
    """Allele frequencies of the variants that the policy publishes, of everybody whose numbers may be."""
    return _kept(request, published, variant_page(published.cube, search=search, offset=offset, limit=limit))


def _kept(request: Request, published: Published, content: Wire) -> Response:
    """The answer with what caches need; without its body where the caller has it."""
    tag = f'"{published.version()}"'
    headers = {"cache-control": f"public, max-age={_KEPT_SECONDS}", "etag": tag}
    if tag in (each.strip() for each in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content.model_dump_json(), media_type="application/json", headers=headers)
