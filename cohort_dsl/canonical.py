"""One form for all documents that mean the same, and its hash.

Names of the cohort and of rules, labels and named concept sets are dropped; `and`/`or` are flattened, sorted and freed
of repeats; `not` is pushed inwards (which three-valued logic allows); durations become days and months; ranges with
one limit become comparisons. The order of rules stays, because attrition shows it.
"""

import hashlib
import json
from dataclasses import replace

from cohort_dsl.ast import Cohort, Everyone, Exit, Index
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
    write = Canonicalizer(sets)
    index = _canonical_index(cohort.index, write)
    rules = tuple(replace(rule, name=f"rule {number}", criterion=write.criterion(rule.criterion))
                  for number, rule in enumerate(cohort.rules, 1))  # fmt: skip
    exit = _canonical_exit(cohort.exit, write)
    return replace(
        cohort,
        name="",
        index=index,
        rules=rules,
        exit=exit,
        count_by=in_order(cohort.count_by),
        lets=sets.kept(index, rules, exit),
    )


def canonical_json(cohort: Cohort) -> str:
    """The JSON of the canonical form, with sorted keys and no spaces: the text that identifies a query."""
    document = to_document(canonical(cohort))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_hash(cohort: Cohort) -> str:
    """SHA-256 of `canonical_json` in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(cohort).encode()).hexdigest()


def _canonical_index(index: Index, write: Canonicalizer) -> Index:
    match index.events:
        case Everyone():
            events = index.events
        case tuple() as choices:
            events = distinct_in_order(map(write.events, choices))
    return replace(
        index,
        events=events,
        observed_before=canonical_duration(index.observed_before),
        observed_after=canonical_duration(index.observed_after),
    )


def _canonical_exit(exit: Exit, write: Canonicalizer) -> Exit:
    return replace(
        exit,
        offset=None if exit.offset is None else canonical_duration(exit.offset),
        censors=distinct_in_order(map(write.events, exit.censors)),
    )
