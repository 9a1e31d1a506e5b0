"""One form for all documents that mean the same, and its hash.

Names of the cohort and of rules, labels and named concept sets are dropped; `and`/`or` are flattened, sorted and freed
of repeats; `not` is pushed inwards (which three-valued logic allows); durations become days and months; ranges with
one limit become comparisons. The order of rules stays, because attrition shows it; so does that of sequences, and that
of index events where one of a person's entries is picked, because it decides between two of one day.
"""

import hashlib
import json
from dataclasses import replace

from cohort_dsl.ast import (
    Cohort,
    Events,
    Everyone,
    Exit,
    Exposure,
    Group,
    GroupKind,
    Incidence,
    Index,
    Keep,
    Mode,
    Pick,
    Qualify,
)
from cohort_dsl.canonicalize.concepts import ConceptSets
from cohort_dsl.canonicalize.criteria import Canonicalizer
from cohort_dsl.canonicalize.order import distinct_in_order, in_order
from cohort_dsl.canonicalize.values import canonical_duration
from cohort_dsl.document import validate
from cohort_dsl.json_form import to_document


def canonical(cohort: Cohort) -> Cohort:
    """The canonical form, whose `lets` are the sets not inlined; `Problems` when the cohort cannot be meant."""
    validate(cohort)
    sets = ConceptSets({let.name: let.concepts for let in cohort.lets})
    write = Canonicalizer(sets, exact=cohort.mode is Mode.CIRCE_EXACT)
    index = _canonical_index(cohort.index, write, ordered=_picks(cohort))
    qualify = _canonical_qualify(cohort.qualify, write)
    rules = tuple(replace(rule, name=f"rule {number}", criterion=write.criterion(rule.criterion))
                  for number, rule in enumerate(cohort.rules, 1))  # fmt: skip
    exit = _canonical_exit(cohort.exit, write)
    incidence = _canonical_incidence(cohort.incidence, write)
    return replace(
        cohort,
        name="",
        index=index,
        qualify=qualify,
        rules=rules,
        exit=exit,
        count_by=in_order(cohort.count_by),
        incidence=incidence,
        lets=sets.kept(index, qualify, rules, exit, incidence),
    )


def canonical_json(cohort: Cohort) -> str:
    """The JSON of the canonical form, with sorted keys and no spaces: the text that identifies a query."""
    document = to_document(canonical(cohort))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_hash(cohort: Cohort) -> str:
    """SHA-256 of `canonical_json` in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(cohort).encode()).hexdigest()


def _picks(cohort: Cohort) -> bool:
    """Whether only one of a person's entries goes on somewhere, so that the order of entries matters."""
    qualified = cohort.qualify is not None and cohort.qualify.pick is not Pick.ALL
    return qualified or cohort.index.pick is not Pick.ALL or cohort.keep is not Keep.ALL


def _canonical_index(index: Index, write: Canonicalizer, *, ordered: bool) -> Index:
    match index.events:
        case Everyone():
            events = index.events
        case tuple() as choices:
            events = _once_in_place(choices, write) if ordered else _once(choices, write)
    return replace(
        index,
        events=events,
        observed_before=canonical_duration(index.observed_before),
        observed_after=canonical_duration(index.observed_after),
    )


def _once(choices: tuple[Events, ...], write: Canonicalizer) -> tuple[Events, ...]:
    return distinct_in_order(map(write.events.events, choices))


def _once_in_place(choices: tuple[Events, ...], write: Canonicalizer) -> tuple[Events, ...]:
    return tuple(dict.fromkeys(map(write.events.events, choices)))


def _canonical_qualify(qualify: Qualify | None, write: Canonicalizer) -> Qualify | None:
    """Absent when it lets every entry pass."""
    if qualify is None:
        return None
    written = replace(qualify, criterion=write.criterion(qualify.criterion))
    return None if written == Qualify(criterion=Group(kind=GroupKind.ALL, parts=())) else written


def _canonical_exit(exit: Exit, write: Canonicalizer) -> Exit:
    return replace(
        exit,
        offset=None if exit.offset is None else canonical_duration(exit.offset),
        exposure=None if exit.exposure is None else _canonical_exposure(exit.exposure, write),
        censors=distinct_in_order(_ending(events, write) for events in exit.censors),
    )


def _canonical_exposure(exposure: Exposure, write: Canonicalizer) -> Exposure:
    return replace(exposure, concepts=write.sets.canonical(exposure.concepts))


def _canonical_incidence(incidence: Incidence | None, write: Canonicalizer) -> Incidence | None:
    return None if incidence is None else replace(incidence, outcome=_ending(incidence.outcome, write))


def _ending(events: Events, write: Canonicalizer) -> Events:
    """What ends an entry or being at risk: `first` counts from its start there, and `first ever` does not."""
    return replace(write.events.events(events), ordinal=events.ordinal)
