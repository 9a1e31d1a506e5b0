"""The page of ready-made questions. It has prices and no numbers: those come by `/v1/runs`, with the reader's token."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.dashboards.questions import QUESTIONS, Offer, Question, offers
from api.pages import render_page
from api.precision import precision_answer
from api.service import Here, Service
from engine import Imagined
from schemas.policy import AccessTier

pages = APIRouter(include_in_schema=False)

_ANY_TABLE = Imagined(size=100, cells=2, steps=1)
"""Prices do not depend on what is in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A question as the page has it; `request` is what is sent to `/v1/runs`, but for its title."""

    question: Question
    offers: tuple[Offer, ...]
    request: dict[str, object]


@pages.get("/questions", response_class=HTMLResponse)
async def page(request: Request, service: Here) -> HTMLResponse:
    """Ready-made questions, whom they are open to, and what they cost; asking takes a token."""
    return render_page(
        request,
        "questions.html",
        ("questions", "answers"),
        release=service.session.overview(),
        context={"questions": _questions(service)},
    )


def _questions(service: Service) -> list[Offered]:
    session = service.session
    policy, phase, today = session.policy, session.release.manifest.phase, session.today()
    prices = precision_answer(
        policy, _ANY_TABLE, {tier: policy.access(tier, phase=phase, on=today) for tier in AccessTier}
    )
    return [
        Offered(
            question=each,
            offers=offers(each, policy, prices, phase=phase, on=today),
            request={
                "text": each.text,
                "parts": [part.model_dump(mode="json", exclude_none=True) for part in each.parts],
            },
        )
        for each in QUESTIONS
    ]
