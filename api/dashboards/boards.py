"""Dashboards of registered and controlled researchers: which questions a page has, made for a tier and a release.

What is asked follows from the policy, the dictionaries, the published cube, whose most frequent categories come first,
and the word that the reader searches by; none of it follows from data that were not published. Every question goes the
way of any other of the reader's: analysed, protected, paid once and kept among the runs. No number is here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from api.dashboards.questions import Question
from api.dashboards.reading import Reading
from api.published.content import category_of
from cohort_dsl.printing.values import escape, question_text
from engine import Cube, Session
from schemas.access import DataDomain, VariantLevel
from schemas.cube import CubeFamily
from schemas.language import Language
from schemas.wire import Value
from schemas.wire.runs import RunRequest
from schemas.wire_cube import PublicCategory


class Board(Enum):
    """A page of one kind of data; the value names it in addresses."""

    PEOPLE = "people"
    CONDITIONS = "conditions"
    DRUGS = "drugs"
    MEASUREMENTS = "measurements"
    PROCEDURES = "procedures"
    VISITS = "visits"
    OBSERVATIONS = "observations"
    DEVICES = "devices"
    DEATHS = "deaths"
    SURVEY = "survey"
    GENOTYPES = "genotypes"


MOST_CATEGORIES: Final = 10
"""Categories of a list that a board has at once: the most frequent ones of the published cube, or of those found."""

_EVENTS: Final = {
    Board.CONDITIONS: (CubeFamily.CONDITIONS, DataDomain.CONDITIONS, "condition"),
    Board.DRUGS: (CubeFamily.DRUGS, DataDomain.DRUGS, "drug"),
    Board.MEASUREMENTS: (CubeFamily.MEASUREMENTS, DataDomain.MEASUREMENTS, "measurement"),
    Board.PROCEDURES: (CubeFamily.PROCEDURES, DataDomain.PROCEDURES, "procedure"),
    Board.VISITS: (CubeFamily.VISITS, DataDomain.VISITS, "visit"),
    Board.OBSERVATIONS: (CubeFamily.OBSERVATIONS, DataDomain.OBSERVATIONS, "observation"),
    Board.DEVICES: (CubeFamily.DEVICES, DataDomain.DEVICES, "device"),
}
"""Where the categories of a board come from, what a tier needs, and the language's word for such an event."""
_CONCEPTS: Final = {Board.OBSERVATIONS: "Observation", Board.DEVICES: "Device"}
"""The domain of the vocabulary whose concepts a board has where the cube publishes no list of them."""
SEARCHED: Final = frozenset({*_EVENTS, Board.SURVEY})
"""Boards whose entries are found by a word."""
_EVERYBODY: Final = 'cohort "Everybody"\n\nindex everyone\n'
_TITLES: Final = {
    "people-everybody": {Language.ENGLISH: "Everybody in the release", Language.KOREAN: "릴리스의 모든 사람"},
    "people-ancestry": {
        Language.ENGLISH: "Everybody by ancestry, as recorded (OMOP race, which is not genetic ancestry)",
        Language.KOREAN: "모든 사람의 기록된 인종(OMOP race, 유전적 조상이 아님)",
    },
    "deaths-all": {Language.ENGLISH: "Everybody who died", Language.KOREAN: "사망한 모든 사람"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A question of a board; `title` is what it is about, `published` the number that everybody may read of it, and
    `parts` what finds the questions it is made of, where it has any."""

    question: Question
    title: str
    published: Value | None = None
    parts: str | None = None

    @property
    def request(self) -> RunRequest:
        """What is asked: the same for everybody of the tier, so that an answer is found again by it."""
        return RunRequest(text=self.question.text, parts=self.question.parts)

    @property
    def key(self) -> str:
        """The request as runs keep it."""
        return self.request.model_dump_json(exclude_none=True)

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return re.sub("[^a-z0-9-]+", "-", self.question.name.lower())


def panels(board: Board, reading: Reading) -> tuple[Panel, ...]:
    """The questions of a board in order; none where nothing of it is published to choose from."""
    match board:
        case Board.PEOPLE:
            return _people(reading)
        case Board.DEATHS:
            return _deaths(reading)
        case Board.SURVEY:
            return tuple(_answers(reading) if reading.search else _questions(reading))
        case Board.GENOTYPES:
            return tuple(_genotypes(reading))
        case _:
            return tuple(_events(board, reading))


def _people(reading: Reading) -> tuple[Panel, ...]:
    """Everybody, and apart from that, as it is paid for apart, by race as recorded."""
    tables = {
        "people-everybody": (*reading.ages, *reading.places),
        "people-ancestry": reading.races,
    }
    return tuple(
        Panel(
            question=Question(name=name, domains=(DataDomain.PERSONS,), text=_EVERYBODY, by=by),
            title=_TITLES[name][reading.language],
        )
        for name, by in tables.items()
    )


def _deaths(reading: Reading) -> tuple[Panel, ...]:
    """Everybody who died, which nothing is published of."""
    name = "deaths-all"
    question = Question(
        name=name,
        domains=(DataDomain.PERSONS, DataDomain.DEATHS),
        text='cohort "Everybody who died"\n\nindex first death\n',
        by=reading.of_first_events,
    )
    return (Panel(question=question, title=_TITLES[name][reading.language]),)


def _events(board: Board, reading: Reading) -> Iterator[Panel]:
    """The most frequent categories of the published list, or else concepts of the vocabulary, that fit the search."""
    family, domain, word = _EVENTS[board]
    session = reading.session
    if reading.cube is not None and family in reading.cube.families:
        entries = [
            (category.code, category.label, category.label_ko, category.persons)
            for category in _found(reading.cube, family, reading.search)
        ]
    elif board in _CONCEPTS:
        concepts = session.concepts(reading.search, domain=_CONCEPTS[board], limit=MOST_CATEGORIES)
        entries = [(str(each.concept_id), each.name, each.name_ko, None) for each in concepts if each.standard == "S"]
    else:
        return
    for code, label, label_ko, published in entries:
        concepts_, test = _concepts(code, family, session)
        text = f'cohort "{_plain(label)}"\n\nlet these = {concepts_}\n\nindex first {word} {test} these\n'
        yield Panel(
            question=Question(
                name=f"{board.value}-{code}",
                domains=(DataDomain.PERSONS, domain),
                text=text,
                by=reading.of_first_events,
            ),
            title=(reading.language is Language.KOREAN and label_ko) or label,
            published=published,
        )


def _found(cube: Cube, family: CubeFamily, search: str) -> Iterator[PublicCategory]:
    """The most frequent categories of a published list that fit a search; hidden numbers are negative, and so last."""
    tables = cube.families[family]
    numbers = sorted(tables.search(search), key=lambda number: (-int(tables.value[number, 0]), number))
    for number in numbers[:MOST_CATEGORIES]:
        yield category_of(cube, family, number)


def _answers(reading: Reading) -> Iterator[Panel]:
    """People by their last answer to a question, each answer by itself, so that years and finer cells fit."""
    cube, questions = reading.cube, reading.session.dictionaries.questions
    if cube is None or CubeFamily.SURVEY not in cube.families:
        return
    for category in _found(cube, CubeFamily.SURVEY, reading.search):
        question, _, answer = category.code.partition("=")
        if question not in questions:
            continue
        word = question_text(question)
        yield Panel(
            question=Question(
                name=f"survey-{category.code}",
                domains=(DataDomain.PERSONS, DataDomain.SURVEYS),
                text=f'cohort "{_plain(category.label)}"\n\nindex last answer to {word}\n\n'
                f'include "answered so" when survey {word} is {escape(answer)} on index\n',
                by=reading.of_first_events,
            ),
            title=(reading.language is Language.KOREAN and category.label_ko) or category.label,
            published=category.persons,
        )


def _questions(reading: Reading) -> Iterator[Panel]:
    """Each question that offers answers to choose from."""
    for question in reading.session.questions():
        if question.kind != "choice":
            continue
        answers = f"survey {question_text(question.question_id)}"
        ages = [(answers, "sex", "age(10)"), (answers, "age(10)"), (answers, "age(20)"), (answers, "sex"), (answers,)]
        yield Panel(
            question=Question(
                name=f"survey-{question.question_id}",
                domains=(DataDomain.PERSONS, DataDomain.SURVEYS),
                text=_EVERYBODY,
                by=(*reading.finest(ages), *reading.finest([(answers, "region")])),
            ),
            title=(reading.language is Language.KOREAN and question.label_ko) or question.label,
            parts=f"{question.question_id}=",
        )


def _genotypes(reading: Reading) -> Iterator[Panel]:
    """The policy's variants one by one, also by sex and age and by place, and carriers of rare ones by panel."""
    domains = (DataDomain.PERSONS, DataDomain.GENOTYPES)
    rules = reading.session.policy.cube.of(CubeFamily.GENOTYPES)
    for variant in rules.variants if rules else ():
        genotype = f"genotype of variant {variant}"
        ages = reading.finest([(genotype, "sex", "age(20)"), (genotype, "age(20)")])
        yield Panel(
            question=Question(
                name=f"genotypes-{variant}",
                domains=domains,
                text=_EVERYBODY,
                by=(*ages, *reading.finest([(genotype, "region"), (genotype, "sex")])),
                genotypes=(variant,),
                variants=VariantLevel.COMMON,
            ),
            title=variant,
        )
    for panel in reading.session.panels():
        carriers = f'index everyone\n\ninclude "carrier" when carries variant in panel "{panel.name}" where lof\n'
        yield Panel(
            question=Question(
                name=f"genotypes-panel-{panel.name}",
                domains=domains,
                text=f'cohort "Loss of function: {_plain(panel.name)}"\n\n{carriers}',
                by=(*reading.ages, *reading.places),
                variants=VariantLevel.SETS,
            ),
            title=f"{panel.name} (LoF)",
        )


def _concepts(code: str, family: CubeFamily, session: Session) -> tuple[str, str]:
    """A category of the cube as a concept set of the language, and how its events are tested, as the cube counts it."""
    rules = session.policy.cube.of(family)
    named = {code: vocabulary for vocabulary, code in rules.codes} if rules else {}
    if vocabulary := named.get(code):
        return f'code {vocabulary}:"{code}" with descendants', "in"
    if code.isdecimal():
        return f"concept {code} with descendants", "in"
    if family is CubeFamily.CONDITIONS:
        return ", ".join(f"concept {concept}" for concept in _coded(code, session)), "coded in"
    return f'code ATC:"{code}" with descendants', "in"


def _coded(code: str, session: Session) -> Iterator[int]:
    """The concepts of all codes of KCD that begin so: a group of codes need not be a code itself."""
    for vocabulary in session.vocabularies():
        if vocabulary.startswith("KCD"):
            yield from session.dictionaries.vocabulary.beginning(vocabulary, code)


def _plain(label: str) -> str:
    """A label as the name of a cohort: without what ends a text."""
    return " ".join(label.replace('"', "'").replace("\\", "/").split())[:100]
