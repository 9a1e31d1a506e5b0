"""Pages of published numbers. They read the cube and the policy that the application has, and nothing else.

Forms are sent by GET, so that every view has an address of its own. A wrong one gets a page that says so beside the
field, never a list of faults.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.client.pictures.values import drawn_share, drawn_value
from api.client.pictures.words import told
from api.dashboards.asking import (
    LONGEST_SEARCH,
    Asked,
    Measure,
    Order,
    View,
    listed_families,
    read_asked,
    read_page,
    views_of,
)
from api.dashboards.drawing import category_pictures, list_pictures
from api.dashboards.files import category_table, list_table
from api.dashboards.numbers import EVERYBODY, PAGE_ROWS, Described, described, is_everybody, listed
from api.dashboards.opening import opened_phases
from api.dashboards.rules import rule_in_korean
from api.pages import NAVIGATION, reader_of, render_page
from api.published.content import Published
from api.published.variants import variant_page
from api.runs.files import csv_of
from engine import Cube
from schemas.cube import CubeFamily
from schemas.language import Language

HOME: Final = "/public"
_KEPT_SECONDS: Final = 600

pages = APIRouter(include_in_schema=False)


def _published(request: Request) -> Published:
    published: Published = request.app.state.published
    return published


PublishedHere = Annotated[Published, Depends(_published)]


@pages.get(HOME, response_class=HTMLResponse)
def overview_page(request: Request, published: PublishedHere) -> HTMLResponse:
    """Who is in the resource, what is published of them, and when more will be."""
    context: dict[str, object] = {"phases": opened_phases(published.policy)}
    if (cube := published.found) is not None and CubeFamily.RESOURCE in cube.families:
        context |= _people(cube, reader_of(request).language)
    return _page(request, published, "dashboard.html", context)


def _people(cube: Cube, language: Language) -> dict[str, object]:
    """Who is in the resource: by the kinds of data, by sex and age, and by race as recorded."""
    asked = read_asked(cube, {"family": CubeFamily.RESOURCE.value})
    context: dict[str, object] = {
        "rows": listed(cube, asked, language).rows,
        "about": cube.families[CubeFamily.RESOURCE].entry,
        "of_all": True,
    }
    if found := described(cube, replace(asked, code=EVERYBODY), language):
        context |= {"pictures": category_pictures(found, View.AGE, Measure.PERSONS, "", language)}
    if View.RACE in views_of(cube, CubeFamily.RESOURCE):
        context |= _ancestry(described(cube, replace(asked, code=EVERYBODY, view=View.RACE), language), language)
    return context


def _ancestry(found: Described | None, language: Language) -> dict[str, object]:
    """Groups that are shown, as rows, and the names of the others: there are more of them than there is to say."""
    rows = found.rows if found else ()
    hidden = [told(row.label[0], language) for row in rows if row.persons_drawn.middle is None]
    return {
        "ancestry": [row for row in rows if row.persons_drawn.middle is not None],
        "ancestry_hidden": ", ".join(hidden),
        "told": partial(told, language=language),
    }


@pages.get(f"{HOME}/list", response_class=HTMLResponse)
def list_page(request: Request, published: PublishedHere) -> HTMLResponse:
    """A list of categories, searched and ordered, a page at a time."""
    if published.found is None:
        return _nothing(request, published)
    return _list(request, published, published.found, read_asked(published.found, request.query_params))


@pages.get(f"{HOME}/category", response_class=HTMLResponse)
def category_page(request: Request, published: PublishedHere) -> HTMLResponse:
    """One category by sex and age, or another of its tables; of a code that is not in the list, the list with a word
    about it."""
    cube = published.found
    if cube is None:
        return _nothing(request, published)
    asked, language = read_asked(cube, request.query_params), reader_of(request).language
    if "family" in asked.wrong:
        return _list(request, published, cube, asked)
    found = described(cube, asked, language)
    if found is None:
        return _list(request, published, cube, asked, unknown=asked.code or None)
    context = {
        "asked": asked,
        "found": found,
        "views": views_of(cube, asked.family),
        "about": cube.families[asked.family].entry,
        "is_survey": asked.family is CubeFamily.SURVEY,
        "of_all": asked.view is View.YEAR or is_everybody(asked.family, asked.code),
        "query": {**asked.address(search="", order="", code=asked.code), "view": asked.view.value},
        "told": partial(told, language=language),
        "pictures": category_pictures(found, asked.view, asked.measure, found.name, language),
    }
    return _page(request, published, "dashboard_category.html", context, status=asked.status)


@pages.get(f"{HOME}/variants", response_class=HTMLResponse)
def variants_page(request: Request, published: PublishedHere) -> HTMLResponse:
    """Allele frequencies of the variants that are published, found by rsID, gene or alleles; or when there will be
    some."""
    cube, language = published.found, reader_of(request).language
    wrong: dict[str, str] = {}
    search, page = (
        request.query_params.get("search", "").strip(),
        read_page(request.query_params.get("page", ""), wrong),
    )
    if len(search) > LONGEST_SEARCH:
        wrong["search"], search = "wrong_search", search[:LONGEST_SEARCH]
    context: dict[str, object] = {"search": search, "wrong": wrong, "query": {"search": search} if search else {}}
    if cube is not None and CubeFamily.GENOTYPES in cube.families:
        is_korean = language is Language.KOREAN
        found = variant_page(cube, search=search, offset=(page - 1) * PAGE_ROWS, limit=PAGE_ROWS, korean=is_korean)
        context |= {
            "found": found,
            "page": page,
            "pages": max(1, -(-found.found // PAGE_ROWS)),
            "about": cube.families[CubeFamily.GENOTYPES].entry,
            "shown": drawn_value,
            "share": drawn_share,
        }
    return _page(request, published, "dashboard_variants.html", context, status=422 if wrong else 200)


@pages.get(f"{HOME}/table.csv")
def file(request: Request, published: PublishedHere) -> Response:
    """What the list or category with the same query string shows, as CSV: all that fit, or one category's cells."""
    cube = published.found
    if cube is None:
        return _nothing(request, published)
    asked, language = read_asked(cube, request.query_params), reader_of(request).language
    found = described(cube, asked, language) if asked.code else None
    if asked.wrong or (asked.code and found is None):
        return _list(request, published, cube, asked, unknown=None if asked.wrong else asked.code)
    family = asked.family.value
    if found is None:
        table = list_table(cube, family, listed(cube, asked, language, rows=None).rows)
    else:
        table = category_table(cube, family, asked.code, found.table.dimensions, found.rows)
    name = f"kohort-{cube.manifest.release_id}-{family}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "vary": "accept-language, cookie"}
    return Response(csv_of(table).encode("utf-8-sig"), media_type="text/csv", headers=headers | _kept(200))


def _list(
    request: Request, published: Published, cube: Cube, asked: Asked, *, unknown: str | None = None
) -> HTMLResponse:
    """The list; `unknown` is a code that it does not have."""
    language = reader_of(request).language
    found = listed(cube, asked, language)
    family = asked.family.titles[language is Language.KOREAN]
    context = {
        "asked": asked,
        "unknown": unknown,
        "found": found,
        "about": cube.families[asked.family].entry,
        "query": asked.address(),
        "pictures": list_pictures(found.rows, asked.measure, family, language) if found.rows else {},
    }
    status = 404 if unknown is not None and asked.status == 200 else asked.status
    return _page(request, published, "dashboard_list.html", context, status=status)


def _nothing(request: Request, published: Published) -> HTMLResponse:
    """There is no cube, and so no list: the page that says when there will be one."""
    return _page(request, published, "dashboard.html", {"phases": opened_phases(published.policy)}, status=404)


def _page(
    request: Request, published: Published, template: str, context: Mapping[str, object], *, status: int = 200
) -> HTMLResponse:
    cube = published.found
    manifest = cube.manifest if cube is not None else None
    language = reader_of(request).language
    response = render_page(
        request,
        template,
        ("dashboard", "domains"),
        release=manifest,
        context={
            "navigation": getattr(request.app.state, "navigation", NAVIGATION),
            "here": HOME,
            "path": request.url.path,
            "manifest": manifest,
            "start": CubeFamily.CONDITIONS,
            "families": {
                each: each.titles[language is Language.KOREAN] for each in (listed_families(cube) if cube else ())
            },
            "has_variants": cube is not None and CubeFamily.GENOTYPES in cube.families,
            "orders": Order,
            "measures": Measure,
            "longest": LONGEST_SEARCH,
            "rule_in_korean": rule_in_korean,
            **context,
        },
        script_words=(),
        status_code=status,
    )
    response.headers.update(_kept(status))
    return response


def _kept(status: int) -> dict[str, str]:
    """How long a browser may keep a page: numbers stay the same until the next release. It is in a reader's language,
    so a shared cache keeps none; nor is a refusal kept."""
    return {"cache-control": f"private, max-age={_KEPT_SECONDS}" if status == 200 else "no-store"}
