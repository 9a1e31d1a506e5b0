"""Windows of time in Korean, as words before the record they are of."""

from typing import assert_never

from cohort_dsl.ast import Bound, Duration, Edge, Unit, Window
from cohort_dsl.paraphrase.korean.particles import Particle, particle
from cohort_dsl.paraphrase.korean.values import duration
from cohort_dsl.paraphrase.korean.words import ANCHOR, EVENT
from cohort_dsl.paraphrase.timing import (
    AnyTime,
    Around,
    Containing,
    During,
    Meeting,
    MetBy,
    Near,
    Overlapping,
    Since,
    Through,
    Timing,
    Until,
    extent,
    timings,
)
from cohort_dsl.words import Subject


def windows_words(windows: tuple[Window, ...], subject: Subject) -> str:
    """`기준일 전 365일 이내(기준일 포함)`; empty without windows. Several are joined."""
    found = timings(windows)
    if len(found) == 1 and isinstance(found[0], Window) and found[0].edge is Edge.START:
        return window_words(found[0], subject)
    *first, last = [_timing(each, subject) for each in found] or [("", "")]
    return " ".join((*(joined for joined, _ in first), last[1]))


def window_words(window: Window, subject: Subject) -> str:
    """`기준일 전후 30일 이내에`."""
    found = extent(window)
    match found:
        case AnyTime():
            return "시점과 관계없이"
        case Around():
            return _around(found, ANCHOR[subject][found.anchor])
        case Until(last=Bound(offset=offset, anchor=anchor)) if offset.count == 0:
            return f"{ANCHOR[subject][anchor]} 이전에(당일 포함)"
        case Until(last=Bound(offset=Duration(count=-1, unit=Unit.DAY), anchor=anchor)):
            return f"{ANCHOR[subject][anchor]} 전에(당일 제외)"
        case Until(last=last):
            return f"늦어도 {_bound(last, subject)}까지"
        case Since(first=Bound(offset=offset, anchor=anchor)) if offset.count == 0:
            return f"{ANCHOR[subject][anchor]} 이후에(당일 포함)"
        case Since(first=Bound(offset=Duration(count=1, unit=Unit.DAY), anchor=anchor)):
            return f"{ANCHOR[subject][anchor]} 후에(당일 제외)"
        case Since(first=first):
            return f"{_bound(first, subject)}{'이나' if first.offset.count < 0 else '나'} 그 뒤에"
        case Through(first=first, last=last) if first == last:
            return f"정확히 {_bound(first, subject)}에"
        case Through(first=first, last=last):
            return f"{_bound(first, subject)}부터 {_bound(last, subject)}까지의 기간에"
        case _:
            assert_never(found)


def _timing(timing: Timing, subject: Subject) -> tuple[str, str]:
    """The words with which more may follow, and those before the record."""
    event = particle(EVENT[subject], Particle.WITH)
    match timing:
        case Overlapping():
            return f"{event} 기간이 겹치고", f"{event} 기간이 겹치는"
        case During():
            return f"{EVENT[subject]} 기간 안에 있고", f"{EVENT[subject]} 기간 안에 있는"
        case Containing():
            return f"{EVENT[subject]} 기간 전체를 포함하고", f"{EVENT[subject]} 기간 전체를 포함하는"
        case Meeting():
            return f"{EVENT[subject]} 시작 전날에 끝나고", f"{EVENT[subject]} 시작 전날에 끝난"
        case MetBy():
            return f"{EVENT[subject]} 종료 다음 날에 시작되고", f"{EVENT[subject]} 종료 다음 날에 시작된"
        case Near(gap=gap):
            return f"{event} 최대 {duration(gap)} 떨어져 있고", f"{event} 최대 {duration(gap)} 떨어져 있는"
        case Window(edge=edge):
            words = window_words(timing, subject)
            joined, last = ("끝나고", "끝난") if edge is Edge.END else ("시작되고", "시작된")
            return f"{words} {joined}", f"{words} {last}"
        case _:
            assert_never(timing)


def _around(around: Around, anchor: str) -> str:
    before, after = around.before, around.after
    if before.count == after.count == 0:
        return f"{anchor} 당일에"
    if after.count == 0:
        return f"{anchor} 전 {duration(before)} 이내에({anchor} 포함)"
    if before.count == 0:
        return f"{anchor} 후 {duration(after)} 이내에({anchor} 포함)"
    if before == after:
        return f"{anchor} 전후 {duration(after)} 이내에"
    return f"{anchor} {duration(before)} 전부터 {duration(after)} 후까지의 기간에"


def _bound(bound: Bound, subject: Subject) -> str:
    anchor = ANCHOR[subject][bound.anchor]
    if bound.offset.count == 0:
        return anchor
    return f"{anchor} {duration(bound.offset)} {'전' if bound.offset.count < 0 else '후'}"
