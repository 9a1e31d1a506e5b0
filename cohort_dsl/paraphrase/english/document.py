"""A document in English: who enters, who stays, for how long, and what is counted."""

from collections.abc import Iterator
from typing import assert_never

from cohort_dsl.ast import (
    Cohort,
    Dimension,
    DimensionKind,
    Duration,
    Edge,
    Events,
    Everyone,
    Exit,
    Exposure,
    Index,
    Keep,
    Mode,
    Pick,
    Qualify,
    Rule,
    RuleKind,
)
from cohort_dsl.paraphrase.english.concepts import concepts
from cohort_dsl.paraphrase.english.criteria import criterion_item
from cohort_dsl.paraphrase.english.events import events_words, question_words
from cohort_dsl.paraphrase.english.genotypes import variants_words
from cohort_dsl.paraphrase.english.values import day, days, duration, period, quoted
from cohort_dsl.paraphrase.english.words import with_article
from cohort_dsl.paraphrase.names import Names
from cohort_dsl.paraphrase.said import Item, Section

_PICKS = {
    Pick.ALL: "",
    Pick.EARLIEST: " If a person has several such entries, only the earliest counts.",
    Pick.LATEST: " If a person has several such entries, only the latest counts.",
}
_KEPT = {
    Keep.ALL: "Every entry that meets the criteria is kept.",
    Keep.FIRST: "Of each person's entries that meet the criteria, only the first is kept.",
    Keep.LAST: "Of each person's entries that meet the criteria, only the last is kept.",
}


def sections(cohort: Cohort, names: Names) -> Iterator[Section]:
    """The parts of the document that say something."""
    yield _entering(cohort.index, names)
    if cohort.qualify is not None:
        yield _qualifying(cohort.qualify, names)
    yield from _rules(cohort.rules, names)
    yield _staying(cohort, names)
    if counted := tuple(_counted(cohort, names)):
        yield Section(heading="What is counted", items=counted)
    if cohort.lets:
        yield Section(
            heading="What the names mean",
            items=tuple(Item(text=f"{quoted(let.name)}: {concepts(let.concepts, names)}") for let in cohort.lets),
        )
    yield _reading(cohort.mode)


def _entering(index: Index, names: Names) -> Section:
    heading, ending = "Who enters", f"{_observed(index)}{_PICKS[index.pick]}"
    match index.events:
        case Everyone(on=None):
            return Section(heading=heading, text=f"Everyone, on the first day of observation (the index date).{ending}")
        case Everyone(on=date) if date is not None:
            return Section(heading=heading, text=f"Everyone under observation on {day(date)} (the index date).{ending}")
        case (single,):
            text = f"People enter with {_entering_with(index, single, names)}. The day of it is the index date.{ending}"
            return Section(heading=heading, text=text)
        case several if isinstance(several, tuple):
            items = tuple(
                Item(text=_entry(events_words(each, names), is_one=each.ordinal is not None)) for each in several
            )
            each = " Each such day is an index date of its own." if index.pick is Pick.ALL else ""
            text = f"People enter with any of the following. The day of it is the index date.{each}{ending}"
            return Section(heading=heading, text=text, items=items)
        case _:
            raise AssertionError("an index has events or takes everyone")


def _entering_with(index: Index, single: Events, names: Names) -> str:
    """`each visit`, or `a visit` where one of several is picked."""
    words = events_words(single, names)
    if single.ordinal is None and index.pick is Pick.ALL:
        return f"each {words}"
    return _entry(words, is_one=single.ordinal is not None)


def _entry(words: str, *, is_one: bool) -> str:
    return f"the {words}" if is_one else with_article(words)


def _observed(index: Index) -> str:
    sides = ((index.observed_before, "before"), (index.observed_after, "after"))
    words = " and ".join(f"{duration(length)} {side} it" for length, side in sides if length.count)
    return f" The person was under observation for at least {words}." if words else ""


def _qualifying(qualify: Qualify, names: Names) -> Section:
    text = f"An entry goes on only if the following is known to hold.{_PICKS[qualify.pick]}"
    return Section(heading="Which entries go on", text=text, items=(criterion_item(qualify.criterion, names),))


def _rules(rules: tuple[Rule, ...], names: Names) -> Iterator[Section]:
    """Inclusion and exclusion criteria apart, as applications have them; who is left does not depend on their order."""
    included = tuple(_rule(rule, names) for rule in rules if rule.kind is RuleKind.INCLUDE)
    excluded = tuple(_rule(rule, names) for rule in rules if rule.kind is RuleKind.EXCLUDE)
    if included:
        text = "An entry stays only if all of these are known to hold:"
        yield Section(heading="Inclusion criteria", text=text, items=included)
    if excluded:
        text = "An entry is left out if at least one of these is known to hold:"
        yield Section(heading="Exclusion criteria", text=text, items=excluded)


def _rule(rule: Rule, names: Names) -> Item:
    item = criterion_item(rule.criterion, names)
    return Item(text=f"{rule.name}: {item.text}", items=item.items)


def _staying(cohort: Cohort, names: Names) -> Section:
    sentences = [_KEPT[cohort.keep], *_ends(cohort.exit)]
    if cohort.join_within:
        sentences.append(f"Entries of a person at most {days(cohort.join_within)} apart are taken as one.")
    if (study := cohort.study_period) is not None:
        sentences.append(f"Only time {period(study.first, study.last)} is counted (study period).")
    return Section(
        heading="How long people stay", text=" ".join(sentences), items=tuple(_exit_items(cohort.exit, names))
    )


def _ends(exit: Exit) -> Iterator[str]:
    if exit.offset is None and exit.exposure is None and not exit.censors:
        yield "A person stays until the end of observation."
    else:
        yield "A person stays until the end of observation or the first of the events listed."


def _exit_items(exit: Exit, names: Names) -> Iterator[Item]:
    if exit.offset is not None:
        yield Item(text=_offset(exit.offset, exit.anchor))
    if exit.exposure is not None:
        yield Item(text=_exposure(exit.exposure, names))
    for events in exit.censors:
        yield Item(text=_entry(events_words(events, names), is_one=events.ordinal is not None))


def _offset(offset: Duration, anchor: Edge) -> str:
    edge = "the index date" if anchor is Edge.START else "the end of the index event"
    if offset.count == 0:
        return edge
    return f"{duration(offset)} {'before' if offset.count < 0 else 'after'} {edge}"


def _exposure(exposure: Exposure, names: Names) -> str:
    after = f"{days(exposure.offset)} after " if exposure.offset else ""
    bridged = exposure.gap + exposure.offset
    gaps = f"gaps of at most {days(bridged)} allowed" if bridged else "no gap allowed"
    supply = "" if exposure.supply is None else f", each prescription taken to last {days(exposure.supply)}"
    return f"{after}the end of continuous exposure to {concepts(exposure.concepts, names)} ({gaps}{supply})"


def _counted(cohort: Cohort, names: Names) -> Iterator[Item]:
    for dimension in cohort.count_by:
        yield Item(text=f"people by {_dimension(dimension, names)}")
    if (incidence := cohort.incidence) is not None:
        outcome = events_words(incidence.outcome, names)
        yield Item(
            text=f"time at risk and first outcomes by {incidence.per.value}, the outcome being "
            + _entry(outcome, is_one=incidence.outcome.ordinal is not None)
        )


def _dimension(dimension: Dimension, names: Names) -> str:
    match dimension.kind:
        case DimensionKind.SEX:
            return "sex"
        case DimensionKind.AGE:
            return f"age on the first day in the cohort, in bands of {dimension.width} years"
        case DimensionKind.REGION:
            return "region of residence"
        case DimensionKind.RACE:
            return "race as recorded"
        case DimensionKind.INDEX_YEAR:
            return "year of the first day in the cohort"
        case DimensionKind.SURVEY:
            return f"last answer to {question_words(dimension.question or '', names)}"
        case DimensionKind.GENOTYPE:
            assert dimension.variant is not None
            return f"genotype of {variants_words(dimension.variant)}"
        case _:
            assert_never(dimension.kind)


def _reading(mode: Mode) -> Section:
    text = (
        "A criterion may hold, not hold, or be unknown: a survey question that was not answered, a genotype without a "
        "call, or a value that is not recorded leaves it unknown. Only what is known includes or excludes anybody; an "
        "unknown criterion does neither. Records count if they start in the person's period of observation around the "
        "index date, unless said otherwise."
    )
    if mode is Mode.CIRCE_EXACT:
        text += " The definition is read exactly as OHDSI's own SQL reads it, its known defects included."
    return Section(heading="How this is read", text=text)
