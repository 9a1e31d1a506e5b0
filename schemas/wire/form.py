"""What every model has in common, and the limits of what may be sent."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_BYTES = 1_048_576
"""Bytes of a request body, measured before it is read as JSON; the largest published OHDSI definition has 680,000."""

MOST_ANONYMOUS_BYTES = 65_536
"""The same for callers without a token."""

MOST_REPORT_BYTES = 262_144
"""The same for a report that anybody may have checked: with six large tables in Korean, one has some 100,000."""

MOST_LIBRARY = 16
"""Cohorts a request may send along for reference by name."""

MOST_VARIANTS = 100
"""Variants in a request, of any tier."""

MOST_OVERLAPPING = 4
"""Cohorts in an overlap."""

MOST_GROUPS = 20
"""Groups in a profile; each is a cohort to be computed."""

Name = Annotated[str, Field(min_length=1, max_length=256)]

Text = Annotated[str, Field(max_length=MOST_BYTES)]

Whole = Annotated[int, Field(strict=True)]
Real = Annotated[float, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
"""Numbers and truth values as JSON has them: answers come back to be drawn or checked, and `false` is no number."""


class Wire(BaseModel):
    """Closed and frozen: a field that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
