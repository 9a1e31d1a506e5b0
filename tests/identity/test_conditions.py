"""Conditions on visas: the specification's rules, and patterns against a slow reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.identity.patterns import matches
from schemas.policy import AccessTier
from tests.identity.test_visas import tier
from tests.identity.world import RESEARCHER, VISAS, World

SO = {"type": "AffiliationAndRole", "by": "const:so"}
STATUS = {"type": "ResearcherStatus", "value": f"const:{RESEARCHER}"}
NEVER = {"type": "ResearcherStatus", "value": "const:https://other.example"}


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        ([], True),
        ([[SO]], True), ([[STATUS]], True), ([[NEVER]], False),
        ([[SO, STATUS]], True), ([[SO, NEVER]], False), ([[SO, NEVER], [STATUS]], True), ([[NEVER], [NEVER]], False),
        ([[{"type": "AffiliationAndRole", "value": "pattern:faculty@*"}]], True),
        ([[{"type": "AffiliationAndRole", "value": "pattern:faculty@"}]], False),
        ([[{"type": "AffiliationAndRole", "value": "pattern:Faculty@*"}]], False),
        ([[{"type": "AffiliationAndRole", "value": "pattern:facult?@snu.example"}]], True),
        ([[{"type": "AffiliationAndRole", "value": "const:faculty@*"}]], False),
        ([[{"type": "AffiliationAndRole", "value": "split_pattern:faculty@*"}]], True),
        ([[{"type": "LinkedIdentities", "value": "split_pattern:alice,*dac*"}]], True),
        ([[{"type": "LinkedIdentities", "value": "pattern:alice,*login*"}]], True),
        ([[{"type": "LinkedIdentities", "value": "split_pattern:bob,*"}]], False),
        ([[{"type": "AffiliationAndRole", "value": "regex:.*"}]], False),
        ([[{"type": "AffiliationAndRole", "value": "faculty@snu.example"}]], False),
        ([[{"type": "AffiliationAndRole", "by": "const:so", "source": f"const:{VISAS}"}]], True),
        ([[{"type": "AffiliationAndRole", "by": "const:so", "source": "const:https://snu.example"}]], False),
        ([[{"type": "affiliationandrole", "by": "const:so"}]], False),
        ([[{"type": "pattern:*", "by": "const:so"}]], False),
        ([[SO, {"type": "AffiliationAndRole"}]], False), ([[{"by": "const:so"}]], False), ([[]], False), ([SO], False),
        ([[{**SO, "asserted": "pattern:*"}]], False), ([[{**SO, "conditions": "pattern:*"}]], False),
        ([[{**SO, "value": 7}]], False), ([[7]], False), ("x", False), ([[SO] * 51], False),
        ([[{"type": "AffiliationAndRole", "value": "pattern:" + "*" * 600}]], False),
        ([[SO], [{"type": "AffiliationAndRole"}]], False),
    ],
    ids=lambda value: str(value)[:80],
)  # fmt: skip
def test_a_grant_with_conditions(world: World, conditions: object, met: bool) -> None:
    grant = world.grant(conditions=conditions)
    opened = tier(world, *world.researcher(), grant, project="T2DM-14")
    assert opened is (AccessTier.CONTROLLED if met else None)


def test_the_fields_of_a_clause_are_met_by_one_visa(world: World) -> None:
    """Each field is met by one of the two affiliations, and neither meets both."""
    clause = {"type": "AffiliationAndRole", "value": "const:staff@kaist.example", "by": "const:so"}
    other = world.affiliation("staff@kaist.example", by="system")
    visas = (*world.researcher(), world.grant(conditions=[[clause]]))
    assert tier(world, *visas, other, project="T2DM-14") is None
    assert tier(world, *visas, world.affiliation("staff@kaist.example"), project="T2DM-14") is AccessTier.CONTROLLED


def test_a_visa_with_conditions_meets_no_condition(world: World) -> None:
    link, _, terms, affiliation = world.researcher()
    status = world.status(conditions=[[SO]])
    assert tier(world, link, status, terms, affiliation) is AccessTier.REGISTERED
    grant = world.grant(conditions=[[STATUS]])
    assert tier(world, link, status, terms, affiliation, grant, project="T2DM-14") is None
    loop = (world.status(conditions=[[SO]]), world.affiliation(conditions=[[STATUS]]))
    assert tier(world, link, terms, *loop) is None


def test_a_condition_is_met_by_the_holders_own_visas_only(world: World) -> None:
    grant = world.grant(conditions=[[{"type": "AffiliationAndRole", "value": "const:staff@kaist.example"}]])
    visas = (*world.researcher(), grant)
    assert tier(world, *visas, world.affiliation("staff@kaist.example", sub="bob"), project="T2DM-14") is None


def slowly(pattern: str, text: str) -> bool:
    """The meaning of a pattern, word for word."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slowly(pattern[1:], text[place:]) for place in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slowly(pattern[1:], text[1:])


@given(st.text("ab?*한", max_size=7), st.text("ab?*한", max_size=8))
def test_patterns_mean_what_they_say(pattern: str, text: str) -> None:
    assert matches(pattern, text) == slowly(pattern, text)


def test_a_pattern_made_to_be_slow_takes_one_step_a_character() -> None:
    """Backtracking would need more steps than there are atoms."""
    text = "a" * 2_000
    assert not matches("*a" * 200 + "b", text)
    assert matches("*a" * 200 + "*", text)
