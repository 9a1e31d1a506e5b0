"""A document in Korean: who enters, who stays, for how long, and what is counted."""

from collections.abc import Iterator
from dataclasses import replace
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
    Unit,
)
from cohort_dsl.paraphrase.korean.concepts import concepts
from cohort_dsl.paraphrase.korean.criteria import criterion_item
from cohort_dsl.paraphrase.korean.events import events_words, ordinal_words, question_words
from cohort_dsl.paraphrase.korean.genotypes import variants_words
from cohort_dsl.paraphrase.korean.particles import Particle, particle
from cohort_dsl.paraphrase.korean.values import day, days, duration, period, quoted
from cohort_dsl.paraphrase.names import Names
from cohort_dsl.paraphrase.said import Item, Section

_PICKS = {
    Pick.ALL: "",
    Pick.EARLIEST: " 한 사람에게 여러 건이 있으면 가장 이른 것만 사용합니다.",
    Pick.LATEST: " 한 사람에게 여러 건이 있으면 가장 늦은 것만 사용합니다.",
}
_KEPT = {
    Keep.ALL: "기준을 충족한 진입은 모두 사용합니다.",
    Keep.FIRST: "기준을 충족한 진입이 여러 건이면 첫 번째만 사용합니다.",
    Keep.LAST: "기준을 충족한 진입이 여러 건이면 마지막만 사용합니다.",
}
_PERIODS = {Unit.DAY: "일별", Unit.WEEK: "주별", Unit.MONTH: "월별", Unit.YEAR: "연도별"}


def sections(cohort: Cohort, names: Names) -> Iterator[Section]:
    """The parts of the document that say something."""
    yield _entering(cohort.index, names)
    if cohort.qualify is not None:
        yield _qualifying(cohort.qualify, names)
    yield from _rules(cohort.rules, names)
    yield _staying(cohort, names)
    if counted := tuple(_counted(cohort, names)):
        yield Section(heading="집계 항목", items=counted)
    if cohort.lets:
        yield Section(
            heading="용어 정의",
            items=tuple(Item(text=f"{quoted(let.name)}: {concepts(let.concepts, names)}") for let in cohort.lets),
        )
    yield _reading(cohort.mode)


def _entering(index: Index, names: Names) -> Section:
    heading, ending = "연구 대상과 기준일", f"{_observed(index)}{_PICKS[index.pick]}"
    match index.events:
        case Everyone(on=None):
            return Section(heading=heading, text=f"모든 사람을 대상으로 하며, 첫 관찰 시작일이 기준일입니다.{ending}")
        case Everyone(on=date) if date is not None:
            text = f"{day(date)}에 관찰 중인 모든 사람을 대상으로 하며, 그날이 기준일입니다.{ending}"
            return Section(heading=heading, text=text)
        case (single,):
            each = _each(index) if single.ordinal is None else ""
            return Section(heading=heading, text=f"{_entering_with(single, names)}{each}{ending}")
        case several if isinstance(several, tuple):
            entering = "다음 중 하나에 해당하는 기록이 있는 사람을 대상으로 하며, 그날이 기준일입니다."
            items = tuple(Item(text=events_words(each, names)) for each in several)
            return Section(heading=heading, text=f"{entering}{_each(index)}{ending}", items=items)
        case _:
            raise AssertionError("an index has events or takes everyone")


def _entering_with(single: Events, names: Names) -> str:
    """Who has such an event, and which of them is meant where the order chooses one."""
    order = single.ordinal
    if order is None or order.ever:
        words = particle(events_words(single, names), Particle.SUBJECT)
        return f"{words} 있는 사람을 대상으로 하며, 그날이 기준일입니다."
    words = particle(events_words(replace(single, ordinal=None), names), Particle.SUBJECT)
    enough = f" {order.position}번 이상" if order.position > 1 else ""
    which = particle(ordinal_words(order), Particle.SUBJECT)
    return f"{words}{enough} 있는 사람을 대상으로 하며, 그중 {which} 있었던 날이 기준일입니다."


def _each(index: Index) -> str:
    return " 해당하는 날이 여럿이면 각각이 기준일입니다." if index.pick is Pick.ALL else ""


def _observed(index: Index) -> str:
    sides = ((index.observed_before, "전"), (index.observed_after, "후"))
    words = ", ".join(f"기준일 {side} {duration(length)} 이상" for length, side in sides if length.count)
    return f" {words} 관찰된 사람이어야 합니다." if words else ""


def _qualifying(qualify: Qualify, names: Names) -> Section:
    text = f"진입 가운데 다음에 해당함이 확인된 것만 사용합니다.{_PICKS[qualify.pick]}"
    return Section(heading="진입 조건", text=text, items=(criterion_item(qualify.criterion, names),))


def _rules(rules: tuple[Rule, ...], names: Names) -> Iterator[Section]:
    """Inclusion and exclusion criteria apart, as applications have them; who is left does not depend on their order."""
    included = tuple(_rule(rule, names) for rule in rules if rule.kind is RuleKind.INCLUDE)
    excluded = tuple(_rule(rule, names) for rule in rules if rule.kind is RuleKind.EXCLUDE)
    if included:
        yield Section(heading="선정 기준", text="다음에 모두 해당함이 확인된 경우만 포함합니다.", items=included)
    if excluded:
        yield Section(heading="제외 기준", text="다음 중 하나에라도 해당함이 확인된 경우는 제외합니다.", items=excluded)


def _rule(rule: Rule, names: Names) -> Item:
    item = criterion_item(rule.criterion, names)
    return Item(text=f"{rule.name}: {item.text}", items=item.items)


def _staying(cohort: Cohort, names: Names) -> Section:
    sentences = [_KEPT[cohort.keep], _ends(cohort.exit)]
    if cohort.join_within:
        sentences.append(f"한 사람의 진입 사이 간격이 {days(cohort.join_within)} 이하이면 하나로 봅니다.")
    if (study := cohort.study_period) is not None:
        sentences.append(f"연구 기간은 {period(study.first, study.last)}이며, 이 기간만 셉니다.")
    return Section(heading="추적 기간", text=" ".join(sentences), items=tuple(_exit_items(cohort.exit, names)))


def _ends(exit: Exit) -> str:
    if exit.offset is None and exit.exposure is None and not exit.censors:
        return "관찰이 끝나는 날까지 추적합니다."
    return "관찰이 끝나는 날과 다음 시점 가운데 가장 이른 때까지 추적합니다."


def _exit_items(exit: Exit, names: Names) -> Iterator[Item]:
    if exit.offset is not None:
        yield Item(text=_offset(exit.offset, exit.anchor))
    if exit.exposure is not None:
        yield Item(text=_exposure(exit.exposure, names))
    for events in exit.censors:
        yield Item(text=f"{events_words(events, names)} 발생")


def _offset(offset: Duration, anchor: Edge) -> str:
    edge = "기준일" if anchor is Edge.START else "기준 사건 종료일"
    if offset.count == 0:
        return edge
    return f"{edge} {duration(offset)} {'전' if offset.count < 0 else '후'}"


def _exposure(exposure: Exposure, names: Names) -> str:
    after = f" {days(exposure.offset)} 후" if exposure.offset else ""
    bridged = exposure.gap + exposure.offset
    gaps = f"최대 {days(bridged)}의 공백 허용" if bridged else "공백 없음"
    supply = "" if exposure.supply is None else f", 처방 한 건은 {days(exposure.supply)} 지속으로 간주"
    return f"{concepts(exposure.concepts, names)}의 연속 투여가 끝난 날{after}({gaps}{supply})"


def _counted(cohort: Cohort, names: Names) -> Iterator[Item]:
    for dimension in cohort.count_by:
        yield Item(text=f"{_dimension(dimension, names)}별 인원")
    if (incidence := cohort.incidence) is not None:
        outcome = events_words(incidence.outcome, names)
        yield Item(text=f"{_PERIODS[incidence.per]} 위험 기간과 첫 결과 발생(결과: {outcome})")


def _dimension(dimension: Dimension, names: Names) -> str:
    match dimension.kind:
        case DimensionKind.SEX:
            return "성"
        case DimensionKind.AGE:
            return f"코호트 첫날 나이({dimension.width}세 구간)"
        case DimensionKind.REGION:
            return "거주 지역"
        case DimensionKind.RACE:
            return "기록된 인종"
        case DimensionKind.INDEX_YEAR:
            return "코호트 첫날 연도"
        case DimensionKind.SURVEY:
            return f"{question_words(dimension.question or '', names)} 마지막 응답"
        case DimensionKind.GENOTYPE:
            assert dimension.variant is not None
            return f"{variants_words(dimension.variant)} 유전형"
        case _:
            assert_never(dimension.kind)


def _reading(mode: Mode) -> Section:
    text = (
        "각 기준은 충족, 불충족, 알 수 없음 가운데 하나입니다. 설문에 응답하지 않았거나, 유전형이 판정되지 않았거나, "
        "값이 기록되지 않았으면 알 수 없음입니다. 확인된 경우에만 포함하거나 제외하며, 알 수 없음은 포함도 제외도 하지 "
        "않습니다. 따로 적지 않은 한 기준일이 속한 관찰 기간 안에 시작된 기록만 셉니다."
    )
    if mode is Mode.CIRCE_EXACT:
        text += " 이 정의는 OHDSI의 SQL과 똑같이 해석하며, 알려진 결함도 그대로 따릅니다."
    return Section(heading="해석 방법", text=text)
