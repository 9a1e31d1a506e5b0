"""How many examples a property is tried on: few in `make test`, many at night (`make nightly`).

What a property says is worth the sum of its runs, and `make test` runs many times a day with other examples each time.
Where several tests make the same claim (every target agrees with the reference, once for plans, once for plans cut to
some people, once for plans edited one after the other, once for incidence, once for prevalence), the claim gets the sum
of their budgets.
"""

import os

IS_NIGHTLY = os.environ.get("KOHORT_HYPOTHESIS") == "nightly"


def examples(usual: int, *, nightly: int) -> int:
    """The budget of a property in this run."""
    return nightly if IS_NIGHTLY else usual
