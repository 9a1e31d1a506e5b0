"""Where-clauses as attributes of criteria."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    ConceptSet,
    EventQuery,
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Mode,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
)
from cohort_dsl.circe.attributes import Attribute, EventKind, Kind
from cohort_dsl.circe.exporting.context import Context, JsonObject, concept_json
from cohort_dsl.circe.exporting.values import joined_range, range_json, text_json
from cohort_dsl.circe.model.values import json_key
from cohort_dsl.circe.shape import is_listed, listed_concepts
from cohort_dsl.json_read import Json
from schemas.fields import Field

_RANGES = (Kind.WHOLE, Kind.DECIMAL, Kind.DATE)
_SETS = (Kind.SELECTION, Kind.CODESET)


def attributes_json(context: Context, kind: EventKind, query: EventQuery) -> JsonObject:
    """The attributes that say what the where-clause says."""
    written: JsonObject = {}
    tests: dict[str, FieldTest] = {}
    for part in _parts(query.where):
        found = _attribute(context, kind, part, written, negate=False)
        (key, *_) = found
        if key in written:
            found = _attribute(context, kind, _joined(context, kind, tests.get(key), part), {}, negate=False)
        elif isinstance(part, FieldTest):
            tests[key] = part
        written |= found
    return written


def _joined(context: Context, kind: EventKind, first: FieldTest | None, second: Predicate) -> FieldTest:
    """Two limits of one field as one range, the only two conditions Circe has room for."""
    both = joined_range(first.test, second.test) if first and isinstance(second, FieldTest) else None
    if first is None or both is None:
        raise context.refusal(f"these two conditions on one field of {_an(kind)}", second, "join them into one")
    return FieldTest(field=first.field, test=both, span=second.span)


def _parts(where: Predicate | None) -> Iterator[Predicate]:
    match where:
        case None:
            return
        case PredicateAll(parts=parts):
            for part in parts:
                yield from _parts(part)
        case FieldTest(unit=unit) if unit is not None:
            yield FieldTest(field=where.field, test=where.test, span=where.span)
            yield FieldConcepts(field=Field.UNIT, concepts=ConceptSet(included=(unit,)), span=where.span)
        case _:
            yield where


def _attribute(
    context: Context, kind: EventKind, predicate: Predicate, taken: JsonObject, *, negate: bool
) -> JsonObject:
    match predicate:
        case PredicateNot(part=PredicateAll() as inner) if not negate:
            match inner.parts:
                case (FieldTest(field=field) as first, FieldTest(field=other) as second) if field is other:
                    only = _joined(context, kind, first, second)
                    return _attribute(context, kind, only, taken, negate=True)
                case _:
                    raise context.refusal("`not` of several conditions", inner, "write one criterion for each")
        case PredicateNot(part=part) if not negate:
            return _attribute(context, kind, part, taken, negate=True)
        case FieldTest(field=field, test=test):
            attribute = _find(context, kind, field, _RANGES, predicate, taken)
            return {attribute.key: range_json(context, attribute.kind, test, predicate, negate=negate)}
        case FieldText(field=field):
            attribute = _find(context, kind, field, (Kind.TEXT,), predicate, taken)
            return {attribute.key: text_json(context, predicate, negate=negate)}
        case FieldConcepts():
            return _concepts(context, kind, predicate, taken, negate=negate)
        case FieldMissing(field=field):
            attribute = _find(context, kind, field, (Kind.SELECTION,), predicate, taken)
            return {attribute.key: {"IsExclusion": not negate}}
        case FieldAbnormal() if not negate:
            return {"Abnormal": True}
        case PredicateAny():
            hint = "write one criterion for each and join the criteria by `or`"
            raise context.refusal("`or` inside a where-clause", predicate, hint)
        case _:
            raise context.refusal("`not` of this", predicate, "say it without `not`")


def _concepts(context: Context, kind: EventKind, node: FieldConcepts, taken: JsonObject, *, negate: bool) -> JsonObject:
    """Plain concepts are written out where Circe lists them, others go into a concept set."""
    lists = (one for one in _choices(context, kind, node.field) if one.kind is Kind.CONCEPTS and one.key not in taken)
    written = next(lists, None)
    if written is not None and is_listed(node.concepts) and (not negate or written.exclude is not None):
        items: list[Json] = [concept_json(item) for item in listed_concepts(node.concepts)]
        return {written.key: items, **({json_key(written.exclude): negate} if written.exclude is not None else {})}
    attribute = _find(context, kind, node.field, (Kind.SELECTION,) if negate else _SETS, node, taken)
    codeset_id = context.codeset_id(node.concepts)
    if attribute.kind is Kind.CODESET:
        return {attribute.key: codeset_id}
    return {attribute.key: {"CodesetId": codeset_id, "IsExclusion": negate}}


def _find(
    context: Context, kind: EventKind, field: Field, kinds: tuple[Kind, ...], node: Predicate, taken: JsonObject
) -> Attribute:
    """The attribute that tests the field, one not taken yet where there are two."""
    found = [one for one in _choices(context, kind, field) if one.kind in kinds]
    if found:
        return next((one for one in found if one.key not in taken), found[0])
    words = f"`{field.value}` of {_an(kind)} this way"
    if context.mode is Mode.CIRCE_EXACT and any(one.field is field for one in kind.attributes):
        raise context.refusal(words, node, "OHDSI's SQL does not test it, whatever the attribute is called")
    known = {one.tested(context.mode) for one in kind.attributes} - {None}
    names = ", ".join(sorted(one.value for one in known if one is not None))
    raise context.refusal(words, node, f"Circe tests of it: {names}" if names else "Circe tests nothing of it")


def _choices(context: Context, kind: EventKind, field: Field) -> list[Attribute]:
    return [one for one in kind.attributes if one.tested(context.mode) is field]


def _an(kind: EventKind) -> str:
    return f"{'an' if kind.domain.words[0] in 'aeiou' else 'a'} {kind.domain.words}"
