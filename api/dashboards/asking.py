"""What a reader asks of the pages: their query strings, read without trusting them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from engine import Cube
from schemas.cube import LISTED_FAMILIES, CubeFamily, CubeTable

LONGEST_SEARCH: Final = 100
_LONGEST_CODE: Final = 200
_MOST_DIGITS: Final = 6


class View(Enum):
    """What a category is broken down by."""

    AGE = "age"
    REGION = "region"
    RACE = "race"
    YEAR = "year"

    @property
    def table(self) -> CubeTable:
        """The table of the cube that it shows."""
        return _TABLES[self]


_TABLES: Final = {
    View.AGE: CubeTable.SEX_AND_AGE,
    View.REGION: CubeTable.REGION,
    View.RACE: CubeTable.RACE,
    View.YEAR: CubeTable.YEAR,
}


class Measure(Enum):
    """What is drawn: persons, or their share of everybody in the same cell."""

    PERSONS = "persons"
    SHARE = "share"


class Order(Enum):
    """How a list is ordered: the most persons first, or as the list is."""

    PERSONS = "persons"
    LISTED = "listed"


Choice = TypeVar("Choice", View, Measure, Order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query string in which everything wrong was replaced by the usual. `wrong` says by field which word tells the
    reader so; `page` counts from 1."""

    family: CubeFamily
    search: str
    code: str
    page: int
    order: Order
    view: View
    measure: Measure
    wrong: Mapping[str, str]

    @property
    def status(self) -> int:
        """404 for what does not exist, 422 for what cannot be read."""
        if "family" in self.wrong:
            return 404
        return 422 if self.wrong else 200

    def address(self, **changed: str | int) -> dict[str, str]:
        """The query string of a list as asked, with some of it changed; what is usual is left out."""
        fields: dict[str, str | int] = {
            "family": self.family.value,
            "search": self.search,
            "order": self.order.value if self.order is not usual_order(self.family) else "",
            "measure": self.measure.value if self.measure is not Measure.PERSONS else "",
            **changed,
        }
        return {name: str(value) for name, value in fields.items() if value != ""}


def listed_families(cube: Cube) -> tuple[CubeFamily, ...]:
    """Those shown as a list of categories; variants have a page of their own."""
    return tuple(family for family in cube.families if family is not CubeFamily.GENOTYPES)


def views_of(cube: Cube, family: CubeFamily) -> tuple[View, ...]:
    """The views that a family's categories have."""
    entry = cube.families[family].entry
    return tuple(view for view in View if entry.has(view.table))


def usual_order(family: CubeFamily) -> Order:
    """Lists of concepts begin with what is frequent; answers stay under their question."""
    return Order.PERSONS if family in LISTED_FAMILIES else Order.LISTED


def read_asked(cube: Cube, sent: Mapping[str, str]) -> Asked:
    """What was sent, as far as it can be meant. Whatever it is, this raises nothing."""
    wrong: dict[str, str] = {}
    family = _family(cube, sent.get("family", ""), wrong)
    search = sent.get("search", "").strip()
    if len(search) > LONGEST_SEARCH:
        wrong["search"] = "wrong_search"
    return Asked(
        family=family,
        search=search[:LONGEST_SEARCH],
        code=sent.get("code", "")[:_LONGEST_CODE],
        page=read_page(sent.get("page", ""), wrong),
        order=_choice(Order, "order", sent, usual_order(family), wrong),
        view=_view(views_of(cube, family), sent, wrong),
        measure=_choice(Measure, "measure", sent, Measure.PERSONS, wrong),
        wrong=wrong,
    )


def _family(cube: Cube, name: str, wrong: dict[str, str]) -> CubeFamily:
    """The first one there is, unless another is named."""
    families = listed_families(cube)
    for family in families:
        if not name or family.value == name:
            return family
    wrong["family"] = "wrong_family"
    return families[0]


def _view(views: tuple[View, ...], sent: Mapping[str, str], wrong: dict[str, str]) -> View:
    """One that the family has."""
    view = _choice(View, "view", sent, View.AGE, wrong)
    if view in views:
        return view
    wrong["view"] = "wrong_choice"
    return View.AGE


def read_page(text: str, wrong: dict[str, str]) -> int:
    """A page of a list, counted from 1; the first one where the text says none."""
    if not text:
        return 1
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) > 0:
        return int(text)
    wrong["page"] = "wrong_page"
    return 1


def _choice(kind: type[Choice], field: str, sent: Mapping[str, str], usual: Choice, wrong: dict[str, str]) -> Choice:
    text = sent.get(field, "")
    found = next((each for each in kind if each.value == text), None)
    if text and found is None:
        wrong[field] = "wrong_choice"
    return found or usual
