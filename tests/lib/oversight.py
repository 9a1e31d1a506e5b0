"""What the committee and operators would be told now."""

from api.operations.state import Oversight
from api.service import Service
from schemas.wire.operations import OperationsAnswer


def state_of(service: Service) -> OperationsAnswer:
    """The state of a service, with every entry of its log examined."""
    oversight = Oversight(service)
    oversight.examine_whole()
    return oversight.state()
