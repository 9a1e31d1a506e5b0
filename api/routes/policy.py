"""The rules under which numbers are given: published, so that anybody can check an answer against them."""

from fastapi import APIRouter

from api.policy_info import policy_info
from api.routes.responses import PUBLIC_PROBLEMS
from api.service import Here
from schemas.wire_policy import PolicyInfo

router = APIRouter(tags=["public"], responses=PUBLIC_PROBLEMS)


@router.get("/v1/policy")
async def policy(service: Here) -> PolicyInfo:
    """The policy in force, and what each tier may use of the release in service today."""
    session = service.session
    manifest = session.release.manifest
    return policy_info(session.policy, on=session.today(), release=manifest.release_id, phase=manifest.phase)
