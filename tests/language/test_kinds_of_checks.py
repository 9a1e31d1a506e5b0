"""Each check says which kinds of value it is about, and is asked of no others: what it says has to be so."""

import pytest

from cohort_dsl.check import _CHECKS
from tests.lib.matching import kinds_in_cases


@pytest.mark.parametrize(("find", "kinds"), _CHECKS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_check_is_asked_of_every_kind_it_has_a_case_for(find, kinds):
    assert {kind.__name__ for kind in kinds} == kinds_in_cases(find)
