"""What answers will be worth before they are paid for: for programs, and as a page for people."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.noise_picture import pictures
from api.pages import render_page
from api.precision import precision_answer
from api.routes.responses import PUBLIC_PROBLEMS, problems
from api.service import Here, Service
from engine import Imagined
from schemas.policy import AccessTier
from schemas.wire_precision import (
    FEWEST_CELLS,
    FEWEST_STEPS,
    MOST_CELLS,
    MOST_SIZE,
    MOST_STEPS,
    PrecisionAnswer,
)

router = APIRouter(tags=["public"], responses={**PUBLIC_PROBLEMS, **problems(422)})
pages = APIRouter(include_in_schema=False)
"""For people; the internal listener has none."""

_USUAL: Final = Imagined(size=120, cells=12, steps=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A number of the form: what may stand there, what does, and whether something else was sent, which is not kept."""

    name: str
    least: int
    most: int
    value: int
    is_wrong: bool


@router.get("/v1/precision")
async def precision(
    service: Here,
    size: Annotated[int, Query(ge=0, le=MOST_SIZE, description="Persons in the cohort.")],
    cells: Annotated[
        int, Query(ge=FEWEST_CELLS, le=MOST_CELLS, description="Cells of its table, thought to be of equal size.")
    ] = _USUAL.cells,
    steps: Annotated[int, Query(ge=FEWEST_STEPS, le=MOST_STEPS, description="Steps of its attrition.")] = _USUAL.steps,
) -> PrecisionAnswer:
    """The interval, the chance that a number is shown, and the price, for a cohort that somebody has in mind.

    It follows from the policy alone: no data take part, nothing is charged, and no token is needed.
    """
    return _answer(service, Imagined(size=size, cells=cells, steps=steps))


@pages.get("/precision", response_class=HTMLResponse)
async def page(
    request: Request,
    service: Here,
    size: str | None = None,
    cells: str | None = None,
    steps: str | None = None,
    tier: str | None = None,
) -> HTMLResponse:
    """The same for people, with a form that works without scripts, in the reader's language."""
    fields = (
        _field("size", size, least=0, most=MOST_SIZE, usual=_USUAL.size),
        _field("cells", cells, least=FEWEST_CELLS, most=MOST_CELLS, usual=_USUAL.cells),
        _field("steps", steps, least=FEWEST_STEPS, most=MOST_STEPS, usual=_USUAL.steps),
    )
    asked = Imagined(size=fields[0].value, cells=fields[1].value, steps=fields[2].value)
    answer = _answer(service, asked)
    chosen = next((each for each in answer.tiers if each.tier.value == tier), answer.tiers[0] if answer.tiers else None)
    counts = [each for each in chosen.answers if each.kind == "count"] if chosen else []
    return render_page(
        request,
        "precision.{language}.html",
        ("precision",),
        release=service.session.overview(),
        context={
            "fields": fields,
            "answer": answer,
            "chosen": chosen,
            "pictures": pictures(asked.size, counts) if counts else (),
        },
        script_words=(),
        status_code=422 if any(field.is_wrong for field in fields) else 200,
    )


def _answer(service: Service, asked: Imagined) -> PrecisionAnswer:
    session = service.session
    phase, today = session.release.manifest.phase, session.today()
    granted = {tier: session.policy.access(tier, phase=phase, on=today) for tier in AccessTier}
    return precision_answer(session.policy, asked, granted)


def _field(name: str, text: str | None, *, least: int, most: int, usual: int) -> Field:
    """What was sent, if it is a whole number that may stand there; else the usual one."""
    digits = (text or "").strip().replace(",", "")
    if not digits and name != "size":
        return Field(name=name, least=least, most=most, value=usual, is_wrong=False)
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most))
    value = int(digits) if is_number else usual
    is_right = (is_number and least <= value <= most) or text is None
    return Field(name=name, least=least, most=most, value=value if is_right else usual, is_wrong=not is_right)
