"""Windows: Circe has two for an occurrence, each with both ends on one anchor."""

from dataclasses import dataclass

from cohort_dsl.ast import Anchor, Bound, Edge, Occurrence, Window
from cohort_dsl.circe.exporting.context import Context, JsonObject
from cohort_dsl.circe.exporting.values import days

_OBSERVATION = {Anchor.OBSERVATION_START: -1, Anchor.OBSERVATION_END: 1}
_FAR = 99_999
"""Days further off than any life lasts; definitions in the wild write the same."""
_OPEN: JsonObject = {"Start": {"Coeff": -1}, "End": {"Coeff": 1}, "UseIndexEnd": False, "UseEventEnd": False}


@dataclass(frozen=True, slots=True)
class _Slot:
    """A window whose ends count from one anchor; `anchor` is absent when no end does."""

    window: Window
    anchor: Anchor | None


def windows_json(context: Context, occurrence: Occurrence) -> JsonObject:
    """`StartWindow`, which Circe needs, and `EndWindow` where it takes two or the event's end is asked about."""
    slots = [slot for window in occurrence.windows for slot in _slots(window)]
    written = [_window(context, occurrence, slot) for slot in slots]
    match written:
        case []:
            return {"StartWindow": _OPEN}
        case [only] if slots[0].window.edge is Edge.START:
            return {"StartWindow": only}
        case [only]:
            return {"StartWindow": _OPEN, "EndWindow": only}
        case [first, second]:
            return {"StartWindow": first, "EndWindow": second}
        case _:
            raise context.refusal("more than two windows on one event", occurrence, "use fewer windows")


def _slots(window: Window) -> list[_Slot]:
    """The window, or its two ends apart where they count from different days."""
    anchors = [_anchor(window.lower), _anchor(window.upper)]
    given = list(dict.fromkeys(anchor for anchor in anchors if anchor is not None))
    if len(given) < 2:
        return [_Slot(window, given[0] if given else None)]
    return [
        _Slot(Window(lower=window.lower, edge=window.edge), given[0]),
        _Slot(Window(upper=window.upper, edge=window.edge), given[1]),
    ]


def _anchor(bound: Bound | None) -> Anchor | None:
    return None if bound is None or bound.anchor in _OBSERVATION else bound.anchor


def _window(context: Context, occurrence: Occurrence, slot: _Slot) -> JsonObject:
    window = slot.window
    return {
        "Start": _endpoint(context, occurrence, window, window.lower, -1),
        "End": _endpoint(context, occurrence, window, window.upper, 1),
        "UseIndexEnd": slot.anchor is Anchor.END,
        "UseEventEnd": window.edge is Edge.END,
    }


def _endpoint(
    context: Context, occurrence: Occurrence, window: Window, bound: Bound | None, open_side: int
) -> JsonObject:
    """An end without days is the observation period's, which an event may outlast, or open where that is ignored."""
    if bound is None:
        is_observed = window.edge is Edge.END and not occurrence.ignoring_observation
        return {"Days": _FAR, "Coeff": open_side} if is_observed else {"Coeff": open_side}
    if bound.anchor in _OBSERVATION:
        if bound.offset.count or occurrence.ignoring_observation:
            hint = "use `observation start` or `observation end` by themselves, without `ignoring observation`"
            raise context.refusal("days counted from the observation period", occurrence, hint)
        return {"Coeff": _OBSERVATION[bound.anchor]}
    count = days(context, bound.offset, occurrence)
    coefficient = 1 if count > 0 or (count == 0 and open_side == 1) else -1
    return {"Days": abs(count), "Coeff": coefficient}
