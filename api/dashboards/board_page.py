"""Pages of dashboards for researchers: what they have answered, and the price of what they have not.

Opening a page asks nothing and costs nothing. An answer that was paid is shown from the reader's runs, where it was
found by what was asked, of which release and under which policy; the others have a button with their price.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import ProjectRefused
from api.client.pictures.values import drawn_value
from api.client.pictures.words import WORDS, told
from api.dashboards.asking import LONGEST_SEARCH
from api.dashboards.boards import SEARCHED, Board, Panel, panels
from api.dashboards.drawing import WIDTHS
from api.dashboards.questions import Offer, Question, offers
from api.dashboards.readers import ReadingHere
from api.dashboards.reading import Reading
from api.dashboards.signing_in import (
    LONGEST_TOKEN,
    PATH,
    cookie_project,
    cookie_token,
    drop_project,
    drop_token,
    form_fields,
    keep_project,
    keep_token,
)
from api.explanations import explanation
from api.pages import reader_of, render_page
from api.precision import precision_answer
from api.published.content import Published
from api.routes.runs import Kept, start_run
from api.runs.files import answer_picture
from api.runs.shown import shown_table
from api.sayings import told_in
from api.service import Caller, Here, Service, find_in_project
from engine import Imagined, Principal
from schemas.codes import CODES
from schemas.errors import NotAllowed, Problem, Problems, problems_of
from schemas.language import Language
from schemas.policy import AccessTier
from schemas.wire.runs import Run, RunState, ShownTable, StepState

_ANY_TABLE: Final = Imagined(size=100, cells=2, steps=1)
"""Prices do not depend on what is in a table."""
_CODE: Final = re.compile(r"[a-z-]{1,40}")
_UNDER_WAY: Final = (RunState.QUEUED, RunState.RUNNING)

pages = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer of a panel in words, and drawn at two widths; or why there is none."""

    table: ShownTable | None
    pictures: dict[str, str]
    refusal: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A panel as the page has it: its price to the reader, the tables that are paid beside the number of people, its
    published number in words, and what is answered."""

    panel: Panel
    offer: Offer
    tables: tuple[str, ...]
    published: str | None
    run: Run | None
    answers: tuple[Answered, ...]

    @property
    def is_under_way(self) -> bool:
        """Whether answers are yet to come."""
        return self.run is not None and self.run.state in _UNDER_WAY

    @property
    def is_cut_off(self) -> bool:
        """Whether the server stopped before all of it was answered."""
        return self.run is not None and self.run.state is RunState.INTERRUPTED

    @property
    def is_whole(self) -> bool:
        """Whether all of it is answered, so that there is nothing to ask."""
        return self.run is not None and all(step.state is StepState.ANSWERED for step in self.run.steps)


@pages.get(PATH, response_class=HTMLResponse)
async def board_page(request: Request, service: Here, runs: Kept, who: ReadingHere) -> Response:
    """The board asked for, or the form to sign in; a board that does not exist is the first one."""
    if who.is_closed and cookie_project(request):
        return _to_board({"refused": "project"}, forget_project=True)
    principal = who.principal
    asked = request.query_params.get("board", "")
    board = _board(asked) or Board.PEOPLE
    status = 200 if asked in ("", board.value) else 404
    search = _search(board, request.query_params)
    context: dict[str, object] = {"boards": Board, "board": board, "unknown": status == 404, "who": who}
    reading = _reading(request, service, principal, search)
    if principal is not None:
        context["balances"] = await to_thread.run_sync(service.session.budget, principal)
    if principal is not None and reading is not None:
        made = await to_thread.run_sync(panels, board, reading)
        found = await runs.read(
            runs.store.asked,
            principal,
            [each.request for each in made],
            release=service.session.release.id,
            policy_sha256=service.session.policy.sha256,
        )
        context["panels"] = await to_thread.run_sync(_shown, made, found, reading)
    refused = request.query_params.get("refused", "")
    context |= {
        "looked": request.query_params.get("look") == "1",
        "refused": refused if _CODE.fullmatch(refused) else None,
        "refused_why": explanation(refused, reader_of(request).language) or CODES.get(refused, refused),
        "is_open": reading is not None,
        "longest_token": LONGEST_TOKEN,
        "search": search,
        "longest_search": LONGEST_SEARCH,
        "is_searched": board in SEARCHED,
        "query": _query(board, search),
    }
    is_unaccepted = principal is None and not who.is_closed and cookie_token(request) is not None
    context["is_unaccepted"] = is_unaccepted
    response = render_page(
        request, "boards.html", ("boards",), release=service.session.overview(), context=context, status_code=status
    )
    response.headers["cache-control"] = "no-store"
    if is_unaccepted:
        drop_token(response)
    return response


@pages.post(f"{PATH}/sign-in")
async def sign_in(request: Request) -> Response:
    """Keep the token that a form brings, and show the page, which says whether it is accepted."""
    fields = await form_fields(request)
    response = RedirectResponse(f"{PATH}?{urlencode({'refused': 'token'})}", status_code=303)
    if keep_token(request, response, fields.get("token", "").strip()):
        response.headers["location"] = PATH
    return response


@pages.post(f"{PATH}/project")
async def choose_project(request: Request) -> Response:
    """Ask in the project that a form names from now on, once it is known to be open to the reader."""
    fields = await form_fields(request)
    board = _board(fields.get("board"))
    query = _query(board, _search(board, fields)) if board else {}
    try:
        chosen = await find_in_project(request, fields.get("project", ""))
    except ProjectRefused:
        return _to_board({**query, "refused": "project"})
    except NotAllowed:
        return _to_board(query)
    response = _to_board(query)
    keep_project(request, response, chosen.project)
    return response


@pages.post(f"{PATH}/sign-out")
async def sign_out(request: Request) -> Response:
    """Forget the token."""
    await form_fields(request)
    response = RedirectResponse(PATH, status_code=303)
    drop_token(response)
    return response


@pages.post(f"{PATH}/ask")
async def ask(request: Request, service: Here, runs: Kept, caller: Caller) -> Response:
    """Ask one panel's questions, at the price that stood beside the button; answers come on the page.

    The form names a panel of a board, and the project that its page showed: another tab may have chosen another since,
    which is not to pay for this. What is asked is made here anew, so nothing else can be asked by it.
    """
    fields = await form_fields(request)
    board = _board(fields.get("board"))
    try:
        payer = await _in_project_shown(request, caller, fields)
    except ProjectRefused:
        return _to_board({"refused": "project"})
    search = "" if board is None else _search(board, fields)
    reading = _reading(request, service, payer, search)
    made = () if board is None or reading is None else await to_thread.run_sync(panels, board, reading)
    panel = next((each for each in made if each.question.name == fields.get("panel")), None)
    if board is None or reading is None or panel is None or not panel.question.is_open(reading.access):
        raise NotAllowed("dashboard-question-unknown", "the dashboard has no such question", hint="open the page anew")
    query = _query(board, search)
    try:
        await start_run(panel.request, payer, service, runs, Response())
    except (Problem, Problems) as refused:
        query["refused"] = problems_of(refused)[0].code
    response = RedirectResponse(f"{PATH}?{urlencode(query)}#{panel.anchor}", status_code=303)
    if payer.project != caller.project:
        keep_project(request, response, payer.project)
    return response


async def _in_project_shown(request: Request, caller: Principal, fields: Mapping[str, str]) -> Principal:
    """The caller in the project of the page that a form stands on; raises `ProjectRefused` where it is not theirs."""
    shown = fields.get("project", caller.project)
    return caller if shown == caller.project else await find_in_project(request, shown)


def _board(name: str | None) -> Board | None:
    return next((each for each in Board if each.value == name), None)


def _search(board: Board, sent: Mapping[str, str]) -> str:
    """The word that entries of a board are found by, cut to what a field of the page takes."""
    return sent.get("search", "").strip()[:LONGEST_SEARCH] if board in SEARCHED else ""


def _query(board: Board, search: str) -> dict[str, str]:
    """The address of a board."""
    return {"board": board.value, **({"search": search} if search else {})}


def _to_board(query: Mapping[str, str], *, forget_project: bool = False) -> Response:
    """Go to the page; the project chosen before may be one that is closed by now."""
    response = RedirectResponse(f"{PATH}?{urlencode(query)}" if query else PATH, status_code=303)
    if forget_project:
        drop_project(response)
    return response


def _reading(request: Request, service: Service, principal: Principal | None, search: str) -> Reading | None:
    """Of what the reader's boards are made; nothing for tiers that ask no questions, or have nothing open today."""
    session = service.session
    if principal is None or not session.policy.of(principal.tier).is_interactive:
        return None
    access = session.policy.access(principal.tier, phase=session.release.manifest.phase, on=session.today())
    if access is None:
        return None
    published: Published = request.app.state.published
    return Reading(
        tier=principal.tier,
        rules=session.policy.of(principal.tier),
        access=access,
        session=session,
        cube=published.found,
        language=reader_of(request).language,
        search=search,
    )


def _shown(made: tuple[Panel, ...], found: dict[str, Run], reading: Reading) -> list[Shown]:
    policy, phase, today = reading.session.policy, reading.access.phase, reading.session.today()
    granted = {tier: policy.access(tier, phase=phase, on=today) for tier in AccessTier}
    prices = precision_answer(policy, _ANY_TABLE, granted)
    shown: list[Shown] = []
    for panel in made:
        every = offers(panel.question, policy, prices, phase=phase, on=today)
        run = found.get(panel.key)
        shown.append(
            Shown(
                panel=panel,
                offer=next(each for each in every if each.tier is reading.tier),
                tables=_tables(panel.question, reading.language),
                published=drawn_value(panel.published).words if panel.published else None,
                run=run,
                answers=tuple(_answers(run, reading.language)) if run else (),
            )
        )
    return shown


def _tables(question: Question, language: Language) -> tuple[str, ...]:
    """What a question gives beside the number of people, as the answers are headed."""
    words = WORDS[language]
    by = [words.breakdown.format(", ".join(told(each, language) for each in table)) for table in question.by]
    return (*by, *([words.genotypes] if question.genotypes else []))


def _answers(run: Run, language: Language) -> list[Answered]:
    draw = partial(answer_picture, language=language)
    return [
        Answered(
            table=shown_table(step.answer, language) if step.answer else None,
            pictures={name: draw(step.answer, width=width) for name, width in WIDTHS.items()}
            if step.answer and step.kind != "count"
            else {},
            refusal=(told_in(step.problem.detail, language) or step.problem.detail) if step.problem else None,
        )
        for step in run.steps
        if step.answer or step.problem
    ]
