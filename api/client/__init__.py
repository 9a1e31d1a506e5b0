"""Kohort for programs: questions over HTTP, cohorts in Python, and pictures of answers. No server is needed here.

What is imported from here is loaded when it is first used, so that pictures can be had without an HTTP library.
"""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from api.client.async_client import AsyncClient
    from api.client.batches import Finished, Plan, Progress, print_progress
    from api.client.client import Client
    from api.client.pictures import Language, PictureKind, PictureUnsuited, picture
    from api.client.problems import (
        AskedTooOften,
        BudgetExhausted,
        DocumentWrong,
        KohortProblem,
        NotPermitted,
        NotSignedIn,
        NotThere,
        NotUnderstood,
        ServerFault,
        Unavailable,
        Unreachable,
    )
    from api.client.results import (
        Attrition,
        Breakdown,
        Count,
        Genotypes,
        Incidence,
        Overlap,
        Picture,
        Prevalence,
        Profile,
        Run,
        compare,
    )
    from api.client.retrying import Retries
    from api.client.runs import (
        AttritionPart,
        BreakdownPart,
        ComparisonPart,
        CountPart,
        GenotypesPart,
        OverlapPart,
        PrevalencePart,
    )

_HOMES: Final = {
    "async_client": ("AsyncClient",),
    "batches": ("Finished", "Plan", "Progress", "print_progress"),
    "client": ("Client",),
    "pictures": ("Language", "PictureKind", "PictureUnsuited", "picture"),
    "problems": (
        "AskedTooOften",
        "BudgetExhausted",
        "DocumentWrong",
        "KohortProblem",
        "NotPermitted",
        "NotSignedIn",
        "NotThere",
        "NotUnderstood",
        "ServerFault",
        "Unavailable",
        "Unreachable",
    ),
    "results": (
        "Attrition",
        "Breakdown",
        "Count",
        "Genotypes",
        "Incidence",
        "Overlap",
        "Picture",
        "Prevalence",
        "Profile",
        "Run",
        "compare",
    ),
    "retrying": ("Retries",),
    "runs": (
        "AttritionPart",
        "BreakdownPart",
        "ComparisonPart",
        "CountPart",
        "GenotypesPart",
        "OverlapPart",
        "PrevalencePart",
    ),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AskedTooOften",
    "AsyncClient",
    "Attrition",
    "AttritionPart",
    "Breakdown",
    "BreakdownPart",
    "BudgetExhausted",
    "Client",
    "ComparisonPart",
    "Count",
    "CountPart",
    "DocumentWrong",
    "Finished",
    "Genotypes",
    "GenotypesPart",
    "Incidence",
    "KohortProblem",
    "Language",
    "NotPermitted",
    "NotSignedIn",
    "NotThere",
    "NotUnderstood",
    "Overlap",
    "OverlapPart",
    "Picture",
    "PictureKind",
    "PictureUnsuited",
    "Plan",
    "Prevalence",
    "PrevalencePart",
    "Profile",
    "Progress",
    "Retries",
    "Run",
    "ServerFault",
    "Unavailable",
    "Unreachable",
    "compare",
    "picture",
    "print_progress",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    """What there is to use, for whoever lets an editor or a notebook complete it."""
    return __all__
