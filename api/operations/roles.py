"""Who may look at the state of a service: users named where the server is started, and nobody else."""

from typing import Annotated

from fastapi import Depends

from api.service import Caller, Here
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import NotAllowed
from schemas.roles import Role


def roles_of(user: str, settings: ServerSettings) -> frozenset[Role]:
    """The roles of a user, by the names in the settings."""
    named = {Role.COMMITTEE: settings.committee, Role.OPERATOR: settings.operators}
    return frozenset(role for role, users in named.items() if user in users.split())


def overseer(caller: Caller, service: Here) -> Principal:
    """A caller with one of the roles; raises `NotAllowed` for all others."""
    if not roles_of(caller.user, service.settings):
        hint = "members are named in KOHORT_COMMITTEE, operators in KOHORT_OPERATORS, where the server is started"
        raise NotAllowed("operations-role", "only the committee and operators see the state of the service", hint=hint)
    return caller


Overseer = Annotated[Principal, Depends(overseer)]
