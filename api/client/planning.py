"""Batches put together: questions of one kind about many cohorts, with their prices."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from api.client.asking import Asked, several
from api.client.batches import Plan, Planned, unique_names
from api.client.dictionaries import BUDGET
from api.client.documents import Document, document_name
from api.client.exchange import Steps
from api.client.pricing import Priced, prices_of
from api.client.questions import PrecisionName, expected_precision
from api.client.results.tabular import Tabular
from schemas.policy import Precision

A = TypeVar("A", bound=Tabular)

Documents = Sequence[Document] | Mapping[str, Document]
"""Cohorts by the names their answers get, or a list of them, named as they name themselves."""


def plan(
    documents: Documents,
    ask: Callable[[Document], Asked[A]],
    kind: Priced,
    *,
    precision: PrecisionName | None,
    reserve: float,
    variants: int = 1,
) -> Steps[Plan[A]]:
    """A plan that has been priced and not begun; raises `Problems` for a cohort that cannot be meant."""
    if not 0 <= reserve <= 1:
        raise ValueError("the reserve is a part of the budget, from 0 to 1")
    named = _named(documents)
    budget = yield from BUDGET
    expected = yield from expected_precision(1_000, 12, 6)
    price = prices_of(expected, budget, Precision(precision) if precision else None).of(kind, variants=variants)
    questions = tuple(Planned(name=name, asked=ask(document), price=price) for name, document in named.items())
    return Plan(questions=questions, budget=budget, reserve=reserve)


def _named(documents: Documents) -> Mapping[str, Document]:
    if isinstance(documents, Mapping):
        return documents
    listed = several(documents)
    names = unique_names([document_name(each) for each in listed])
    return dict(zip(names, listed, strict=True))
