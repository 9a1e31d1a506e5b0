"""What somebody is beside a researcher of some tier."""

from enum import Enum


class Role(Enum):
    """Who may look at the state of a service."""

    COMMITTEE = "committee"
    OPERATOR = "operator"
