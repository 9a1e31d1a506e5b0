"""What people permit and what projects do: the words of both, from the GA4GH Data Use Ontology (DUO).

A permission is a code, some with what it is about: `GRU`, `DS:201826`, `GS:KR`, `TS:2030-12-31`. The rule that brings
the two together is `engine.catalog.permissions`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionCode:
    """One code: its DUO number, what it says, whether it alone lets data be used (or restricts what others let), and
    the form of what follows the colon, absent where nothing may."""

    code: str
    duo: str
    says: str
    is_use: bool = False
    about: str | None = None


_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"

PERMISSION_CODES: dict[str, PermissionCode] = {
    each.code: each
    for each in (
        PermissionCode(code="GRU", duo="DUO:0000042", is_use=True, says="general research use"),
        PermissionCode(code="HMB", duo="DUO:0000006", is_use=True, says="health, medical and biomedical research"),
        PermissionCode(
            code="DS", duo="DUO:0000007", is_use=True, about=r"[1-9][0-9]{0,9}",
            says="research on one disease, an OMOP concept, or on kinds of it",
        ),
        PermissionCode(code="POA", duo="DUO:0000011", is_use=True, says="research on origins and ancestry only"),
        PermissionCode(code="NPOA", duo="DUO:0000044", says="no research on origins and ancestry"),
        PermissionCode(code="NMDS", duo="DUO:0000015", says="no general methods research"),
        PermissionCode(code="GSO", duo="DUO:0000016", says="genetic studies only"),
        PermissionCode(code="NPUNCU", duo="DUO:0000018", says="not-for-profit organisations, non-commercial use only"),
        PermissionCode(code="NPU", duo="DUO:0000045", says="not-for-profit organisations only"),
        PermissionCode(code="NCU", duo="DUO:0000046", says="non-commercial use only"),
        PermissionCode(code="PUB", duo="DUO:0000019", says="results must be published"),
        PermissionCode(code="COL", duo="DUO:0000020", says="collaboration with those who collected is required"),
        PermissionCode(code="IRB", duo="DUO:0000021", says="ethics approval is required"),
        PermissionCode(code="RTN", duo="DUO:0000029", says="results must be returned"),
        PermissionCode(code="GS", duo="DUO:0000022", about=r"[A-Z]{2}", says="in one country only (ISO 3166)"),
        PermissionCode(code="IS", duo="DUO:0000028", about=_NAME, says="by one institution only"),
        PermissionCode(code="PS", duo="DUO:0000027", about=_NAME, says="by one project only"),
        PermissionCode(code="US", duo="DUO:0000026", about=_NAME, says="by one user only"),
        PermissionCode(code="RS", duo="DUO:0000012", about=_NAME, says="one kind of research only"),
        PermissionCode(code="TS", duo="DUO:0000025", about=_DAY, says="until a day only"),
        PermissionCode(code="MOR", duo="DUO:0000024", about=_DAY, says="nothing published before a day"),
    )
}  # fmt: skip

PERMISSION_FORM = "^(" + "|".join(
    each.code + (f"(:{each.about})" + ("?" if each.code == "DS" else "") if each.about else "")
    for each in PERMISSION_CODES.values()
) + ")$"  # fmt: skip
"""What a permission looks like. `DS` without a disease is of a release that does not say which; it matches none."""


def is_permission(text: str) -> bool:
    """Whether a text is a permission.

    >>> [is_permission(text) for text in ("GRU", "DS:201826", "GS:KR", "GRU:1", "GS", "DS:E11")]
    [True, True, True, False, False, False]
    """
    return re.match(PERMISSION_FORM, text) is not None


class Research(Enum):
    """What a project does with the data."""

    GENERAL = "general"
    """Research that need not be about health."""
    HEALTH = "health"
    """Health, medical or biomedical research; with diseases named, research on those."""
    METHODS = "methods"
    """General methods: statistics, software, quality."""
    CONTROLS = "controls"
    """People as a control set."""
    ANCESTRY = "ancestry"
    """Population origins or ancestry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a project was approved for. `diseases` are OMOP concepts; `countries` (ISO 3166) where people ask from.

    All kinds of `research` must be permitted, and all diseases covered: an answer is not used for part of a purpose.
    """

    research: tuple[Research, ...]
    diseases: tuple[int, ...] = ()
    is_genetic: bool = False
    is_for_profit: bool = False
    is_commercial: bool = False
    countries: tuple[str, ...] = ("KR",)
    institutions: tuple[str, ...] = ()
    project: str = ""
    has_ethics_approval: bool = False
    collaborates: bool = False
    publishes: bool = False
    returns_results: bool = False


Covers = Callable[[int, int], bool]
"""Whether the second disease is the first or a kind of it."""
