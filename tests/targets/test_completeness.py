"""No part of the logical plan is left out: the generators make it, and every target computes or refuses it."""

import enum
import types
import typing
from collections import defaultdict
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Between, Bound, Compare, Duration, Moved, Window
from engine.logical import nodes
from engine.physical.capabilities import SUPPORTED
from engine.physical.planner import plan_cohort
from schemas.errors import Unsupported
from schemas.fields import Field, PersonField, VariantField
from schemas.omop import Domain
from tests.lib.event_strategies import fields_of, row_leaves, scans
from tests.lib.genotype_strategies import genotype_atoms
from tests.lib.plan_strategies import nested_plans, occurrences, simple_conditions

SCATTERED = (Field, PersonField, VariantField)
"""What only some nodes may hold in part: each value must occur somewhere."""
ENTRY_NODES = {nodes.EveryoneOn, *typing.get_args(nodes.EventRelation), *typing.get_args(nodes.Atom)}
ON_KERNELS = set(typing.get_args(nodes.GenotypeAtom))
OF_THE_PLAN = {kind for kind in vars(nodes).values() if isinstance(kind, type) and is_dataclass(kind)}
LOOKED_AT = OF_THE_PLAN | {Between, Bound, Compare, Duration, Moved, Window}
COUNTED = (Domain.DRUG, Domain.MEASUREMENT, Domain.DRUG_ERA)
"""Between them they have everything that can be counted once."""
SMALL_UNION = 4
BESIDE_THE_PLAN = {nodes.IncidencePlan}
"""Asked after the cohort is known; no part of it."""


def made_by(strategy: st.SearchStrategy, number: int) -> list:
    made: list = []

    @settings(
        max_examples=number, database=None, derandomize=True, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(value=strategy)
    def make(value):
        made.append(value)

    make()
    return made


@pytest.fixture(scope="module")
def plans() -> list[nodes.CohortPlan]:
    return made_by(nested_plans, 200)


@pytest.fixture(scope="module")
def predicates() -> list[nodes.RowPredicate]:
    return [made for domain in Domain for made in made_by(row_leaves(domain), 10 * len(fields_of(domain)))]


@pytest.fixture(scope="module")
def parts(plans, predicates) -> list[object]:
    """Every node of the plans, and of parts of plans made by themselves, which takes less time."""
    counts = [made for domain in COUNTED for made in made_by(occurrences(scans(domain)), 120)]
    made = (
        *plans,
        *counts,
        *made_by(simple_conditions, 150),
        *made_by(genotype_atoms, 400),
        *predicates,
    )
    return [part for value in made for part in parts_of(value)]


def test_every_node_is_generated(parts):
    declared = OF_THE_PLAN - BESIDE_THE_PLAN
    seen = {type(value) for value in parts}
    assert declared <= seen, f"no strategy makes {sorted(kind.__name__ for kind in declared - seen)}"


def test_every_field_of_a_node_takes_every_shape(parts):
    """Each member of an enumeration, true and false, present and absent, none and some, each kind of a small union."""
    seen: dict[tuple[type, str], set[object]] = defaultdict(set)
    for value in parts:
        for field in fields(value) if type(value) in LOOKED_AT else ():
            seen[type(value), field.name] |= shapes_of(getattr(value, field.name))
    missing = {
        f"{kind.__name__}.{name}": wanted - found
        for (kind, name), found in seen.items()
        if (wanted := shapes_wanted(typing.get_type_hints(kind, localns=vars(nodes))[name])) - found
    }
    assert not missing


def test_every_field_of_a_person_is_asked_for(parts):
    assert set(PersonField) <= {getattr(value, "field", None) for value in parts}


def test_every_field_of_a_variant_is_asked_for(parts):
    assert set(VariantField) <= {getattr(value, "field", None) for value in parts}


def test_every_field_of_an_event_is_asked_for(predicates):
    assert set(Field) <= {field for predicate in predicates for field in nodes.fields_of(predicate)}


@pytest.mark.parametrize("target", SUPPORTED)
def test_every_target_supports_or_refuses_every_node(plans, target):
    supported = SUPPORTED[target]
    assert supported <= ENTRY_NODES, "what is supported is a node of the plan"
    refused = ENTRY_NODES - supported - ON_KERNELS
    for plan in plans:
        held = {type(value) for value in parts_of(plan)}
        if held & refused:
            with pytest.raises(Unsupported):
                plan_cohort(plan, target)
        else:
            plan_cohort(plan, target)


def parts_of(value: object) -> typing.Iterator[object]:
    """Every node in a plan, and the parts of the syntax tree it holds."""
    if isinstance(value, tuple):
        for part in value:
            yield from parts_of(part)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from parts_of(getattr(value, field.name))


def shapes_of(value: object) -> set[object]:
    if isinstance(value, tuple):
        return {len(value) > 0}
    if isinstance(value, bool | enum.Enum) or value is None:
        return {value}
    return {type(value)}


def shapes_wanted(hint: object) -> set[object]:
    """The shapes a type allows, as far as they are worth telling apart."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        parts = typing.get_args(hint)
        return {shape for part in parts for shape in shapes_wanted(part)} if len(parts) <= SMALL_UNION else set()
    if typing.get_origin(hint) is tuple:
        return {True}
    if hint is type(None):
        return {None}
    if hint is bool:
        return {True, False}
    if isinstance(hint, type) and issubclass(hint, enum.Enum) and hint not in SCATTERED:
        return set(hint)
    return {hint} if isinstance(hint, type) and is_dataclass(hint) else set()
