"""Each rule of the optimiser says which kinds of node it is about, and parts without them count as settled."""

import pytest

from engine.logical.optimize import RULES
from tests.lib.matching import kinds_in_cases


@pytest.mark.parametrize(("rule", "kinds"), RULES, ids=lambda part: getattr(part, "__name__", ""))
def test_a_rule_is_tried_on_every_kind_it_has_a_case_for(rule, kinds):
    assert {kind.__name__ for kind in kinds} == kinds_in_cases(rule)
