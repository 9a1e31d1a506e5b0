"""Paraphrases as wire models, for the HTTP routes, the command line and the feasibility report alike."""

from cohort_dsl import canonical_hash
from cohort_dsl.ast import Cohort
from cohort_dsl.paraphrase import Item, Names, paraphrase, plain_text
from engine import Session, names_of
from schemas.language import Language
from schemas.wire.paraphrase import ParaphraseAnswer, ParaphraseItem, ParaphraseSection

_NO_NAMES = Names()


def paraphrase_answer(cohort: Cohort, language: Language, session: Session | None = None) -> ParaphraseAnswer:
    """The cohort in words, with the labels of the session's release where there is one."""
    names = _NO_NAMES if session is None else names_of(session, cohort, language)
    said = paraphrase(cohort, language, names)
    return ParaphraseAnswer(
        query=canonical_hash(cohort),
        language=language,
        title=said.title,
        sections=[
            ParaphraseSection(heading=section.heading, text=section.text, items=_items(section.items))
            for section in said.sections
        ],
        text=plain_text(said),
    )


def _items(items: tuple[Item, ...]) -> list[ParaphraseItem]:
    return [ParaphraseItem(text=item.text, items=_items(item.items)) for item in items]
