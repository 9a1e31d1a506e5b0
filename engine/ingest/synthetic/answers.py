"""What people answer, and what they leave out."""

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.ingest.synthetic.arrow import Column, Columns, coded, days
from engine.ingest.synthetic.diseases import DISEASE_INDEX
from engine.ingest.synthetic.facts import Facts, make_facts
from engine.ingest.synthetic.illness import Block, History
from engine.ingest.synthetic.people import STUDY_END, YEAR, Floats, Ints
from engine.ingest.synthetic.questions import QUESTIONS, SURVEYS, Question

_SKIPPED, _DECLINED, _UNKNOWN, _NOT_ASKED = -1, -2, -3, -4
_REASONS: list[str | None] = [None, "skipped", "declined", "unknown", "not_asked"]
_COMMENTS: list[str | None] = ["없음", "특이 사항 없음", "무릎이 아픕니다", "잠을 잘 못 잡니다", "None"]
_RETURN = 0.62
"""Share of people who answer a later wave."""
_SKIP = 0.012

Traits = dict[str, Floats]


def answer_facts(block: Block, history: History) -> Facts:
    """Answers: `kind` is the question's row, `value` a number, `extra` an option, a day, or a reason below zero."""
    random = block.random("answers")
    traits = block.people.traits | block.scores | _health_traits(block, history)
    parts = []
    for survey, waves in SURVEYS.items():
        for wave, years in enumerate(waves):
            person, day = _asked(block, history, years, random)
            for number, question in enumerate(QUESTIONS):
                if question.survey == survey and (wave == 0 or question.id != "health.comment"):
                    parts.append(_answers(number, question, person, day, traits, random))
    facts = np.concatenate(parts)
    facts["person"] += np.uint32(block.first)
    return facts


def _health_traits(block: Block, history: History) -> Traits:
    active = (history.onset <= block.people.enrolled[:, None]).sum(axis=1)
    depressed = history.onset[:, DISEASE_INDEX["depression"]] <= block.people.enrolled
    mood = 2.0 * depressed + 0.4 * block.people.traits["stress"] - 0.2
    return {"burden": ((active - 2.0) / 2.0).astype(np.float32), "mood": mood.astype(np.float32)}


def _asked(block: Block, history: History, years: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    day = block.people.enrolled + int(years * YEAR)
    came = (day <= STUDY_END) & (day < history.death)
    if years:
        came &= random.random(len(day)) < _RETURN
    person = np.flatnonzero(came).astype(np.int32)
    return person, day[person]


def _answers(number: int, question: Question, person: Ints, day: Ints, traits: Traits,
             random: np.random.Generator) -> Facts:  # fmt: skip
    facts = make_facts(len(person), kind=number, person=person, day=day)
    trait = traits[question.trait][person] if question.trait else np.zeros(len(person), np.float32)
    noise = random.standard_normal(len(person), np.float32)
    latent = question.slope * trait + np.sqrt(1 - question.slope**2) * noise
    match question.kind:
        case "choice":
            facts["extra"] = _choose(question, trait, latent)
        case "number":
            facts["value"] = np.clip(question.mean + question.sd * latent, *question.range)
        case "date":
            facts["extra"] = day - random.integers(5, 900, len(day))
        case "text":
            facts["extra"] = random.integers(0, len(_COMMENTS), len(day))
    draw = random.random(len(person))
    missing = np.where(draw < _SKIP, _SKIPPED, np.where(draw < _SKIP + question.declined, _DECLINED, 0))
    missing[(missing == 0) & (random.random(len(person)) < 0.004)] = _UNKNOWN
    if question.only_if:
        missing[traits[question.only_if][person] == 0] = _NOT_ASKED
    facts["extra"] = np.where(missing < 0, missing, facts["extra"])
    return _tick(question, facts, trait, random) if question.kind == "multiple" else facts


def _choose(question: Question, trait: Floats, latent: Floats) -> npt.NDArray[np.integer]:
    """Options by their weights: the latent value is cut at the normal quantiles of the cumulated weights."""
    if question.slope == 1.0:
        return np.clip(trait, 0, len(question.options) - 1).astype(np.int32)
    weights = np.cumsum([option.weight for option in question.options])
    cuts = [NormalDist().inv_cdf(float(weight / weights[-1])) for weight in weights[:-1]]
    return np.searchsorted(np.array(cuts), latent)


def _tick(question: Question, facts: Facts, trait: Floats, random: np.random.Generator) -> Facts:
    """One row an option ticked, or one that says none applies, or one that is missing."""
    probability = np.minimum(question.mean * np.exp(question.slope * np.clip(trait, -2, 2)), 0.9)
    answered = facts["extra"] >= 0
    parts, ticked = [facts[~answered]], np.zeros(len(facts), np.bool_)
    for option in range(1, len(question.options)):
        chosen = answered & (random.random(len(facts)) < probability)
        rows = facts[chosen]
        rows["extra"] = option
        parts.append(rows)
        ticked |= chosen
    return np.concatenate([*parts, facts[answered & ~ticked]])


def answer_columns(facts: Facts) -> Iterator[tuple[Columns, int]]:
    """Batches of rows of the answer table; the facts are sorted by question."""
    bounds = np.searchsorted(facts["kind"], np.arange(len(QUESTIONS) + 1))
    for question, first, last in zip(QUESTIONS, bounds[:-1], bounds[1:], strict=True):
        if first < last:
            yield _columns(question, facts[first:last]), int(last - first)


def _columns(question: Question, facts: Facts) -> Columns:
    missing = facts["extra"] < 0
    number = question.kind == "number"
    value = np.round(facts["value"].astype(np.float64), 1 if question.unit in ("a", "h") else 0)
    return {
        "question_id": coded([question.id], np.zeros(len(facts), np.int8)),
        "person": facts["person"],
        "answered_on": days(facts["day"]),
        "answer": None if number else _texts(question, facts["extra"], missing),
        "value": pa.array(value, pa.float64(), mask=missing) if number else None,
        "missing_reason": coded(_REASONS, np.where(missing, -facts["extra"], 0)),
    }


def _texts(question: Question, extra: Ints, missing: npt.NDArray[np.bool_]) -> Column:
    if question.kind == "date":
        return pa.array(extra, pa.int32(), mask=missing).cast(pa.date32()).cast(pa.string())
    texts = _COMMENTS if question.kind == "text" else [option.answer for option in question.options]
    return coded([*texts, None], np.where(missing, len(texts), extra))
