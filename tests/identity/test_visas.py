"""Visas: what each must be, who may speak for whom, and which tier they open together."""

from urllib.parse import quote

import pytest
from joserfc.jwk import ECKey

from api.auth import ProjectRefused
from api.identity.refusal import Unacceptable
from api.identity.verifier import AccessNotGranted
from api.identity.visas import Visa
from schemas.policy import AccessTier
from tests.identity.world import COMMITTEE, DAY, KEYS, LOGIN, RESEARCHER, VISAS, World

YEAR = 365 * DAY


def one(world: World, visa: str) -> Visa | str:
    """The visa as verified, or why it does not count."""
    verifier = world.verifier()
    (found,) = verifier.check_visas(
        verifier.verify_token(world.token(visa), world.now), verifier.people.now(), world.now
    )
    return found.reason if isinstance(found, Unacceptable) else found


def tier(world: World, *visas: str, project: str | None = None) -> AccessTier | None:
    try:
        return world.verifier().principal(world.token(*visas), project).tier
    except (AccessNotGranted, ProjectRefused):
        return None


def test_a_good_visa(world: World) -> None:
    visa = one(world, world.status())
    assert isinstance(visa, Visa)
    assert (visa.type, visa.value, visa.by, visa.source) == ("ResearcherStatus", RESEARCHER, "so", VISAS)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": 1}, "expire"), ({"iat": None}, "claim"), ({"jti": None}, "claim"), ({"sub": None}, "claim"),
        ({"iss": LOGIN, "key": KEYS[LOGIN]}, "not in the table"), ({"aud": "https://kohort.example/api"}, "no audience"),
        ({"scope": "openid"}, "neither"), ({"scope": "profile openid"}, "neither"),
        ({"ga4gh_visa_v1": None}, "no visa"), ({"ga4gh_visa_v1": "x"}, "no visa"),
        ({"source": "https://evil.example"}, "source"), ({"fields": {"source": None}}, "source"),
        ({"fields": {"type": "ControlledAccessGrants"}}, "type"), ({"fields": {"type": "https://custom.example"}}, "type"),
        ({"fields": {"value": ""}}, "value"), ({"fields": {"value": 7}}, "value"), ({"fields": {"value": "x" * 256}}, "value"),
        ({"fields": {"asserted": None}}, "asserted"), ({"fields": {"asserted": "now"}}, "asserted"),
        ({"fields": {"conditions": {}}}, "conditions"),
        ({"key": ECKey.generate_key("P-256", {"kid": KEYS[VISAS].kid})}, "no key"),
        ({"header": {"typ": "at+jwt"}}, "type"), ({"header": {"kid": None}}, "lacks"), ({"header": {"alg": "none"}}, "algorithm"),
        ({"header": {"alg": "HS256"}}, "algorithm"), ({"header": {"jwk": {}}}, "more than it may"),
        ({"header": {"jku": None}}, "address"), ({"header": {"jku": f"{VISAS}/keys/"}}, "address"),
        ({"header": {"jku": f"{COMMITTEE}/keys"}}, "address"),
    ],
    ids=lambda value: "another key" if "key" in value else str(value)[:60],
)  # fmt: skip
def test_a_visa_that_does_not_count(world: World, changes: dict[str, object], reason: str) -> None:
    changes = {"kind": "ResearcherStatus", "value": RESEARCHER, **changes}
    found = one(world, world.visa(**changes))
    assert isinstance(found, str)
    assert reason in found


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/keys", "http://169.254.169.254/latest", f"{VISAS}/keys?x", "file:///etc/passwd", 7],
)
def test_an_address_that_is_not_in_the_table_is_never_fetched(world: World, address: object) -> None:
    assert isinstance(one(world, world.status(header={"jku": address})), str)
    assert world.fetched == [f"{LOGIN}/keys"]


def test_addresses_in_a_value_or_source_are_never_fetched(world: World) -> None:
    one(world, world.visa("ResearcherStatus", "https://evil.example/value"))
    assert set(world.fetched) == {f"{LOGIN}/keys", f"{VISAS}/keys"}


def test_a_visa_access_token_names_no_address_and_has_the_scope(world: World) -> None:
    assert isinstance(one(world, world.grant()), Visa)
    assert "address" in str(one(world, world.grant(header={"jku": f"{COMMITTEE}/keys"})))
    for scope in (None, "profile", "openidx"):
        assert "neither" in str(one(world, world.grant(scope=scope)))


def test_a_visa_has_a_largest_age(world: World) -> None:
    assert isinstance(one(world, world.status(iat=world.now - 89 * DAY, exp=world.now + DAY)), Visa)
    assert "too old" in str(one(world, world.status(iat=world.now - 91 * DAY, exp=world.now + DAY)))


def test_asserted_lies_in_the_past(world: World) -> None:
    assert isinstance(one(world, world.status(asserted=world.now + 59)), Visa)
    assert "future" in str(one(world, world.status(asserted=world.now + 61)))


def test_an_unknown_authority_is_no_authority(world: World) -> None:
    for by in (None, "king", "SO", 7, ["so"]):
        visa = one(world, world.visa("ResearcherStatus", RESEARCHER, by=None, fields={"by": by}))
        assert isinstance(visa, Visa)
        assert visa.by is None


def test_three_kinds_of_visas_make_a_registered_researcher(world: World) -> None:
    visas = world.researcher()
    assert tier(world, *visas) is AccessTier.REGISTERED
    assert tier(world) is None
    for missing in range(4):
        assert tier(world, *(visa for place, visa in enumerate(visas) if place != missing)) is None


@pytest.mark.parametrize(
    ("name", "changes", "opens"),
    [
        ("status", {"by": "peer"}, True), ("status", {"by": "self"}, False), ("status", {"by": None}, False),
        ("terms", {"by": "so"}, True), ("terms", {"by": None}, False),
        ("affiliation", {"by": "system"}, True), ("affiliation", {"by": "peer"}, False),
        ("affiliation", {"by": "self"}, False), ("affiliation", {"by": None}, False),
        ("affiliation", {"value": "faculty@evil.example"}, False), ("affiliation", {"value": "faculty@SNU.example"}, False),
        ("affiliation", {"value": "faculty@x@snu.example"}, False), ("affiliation", {"value": "snu.example"}, False),
        ("affiliation", {"value": "affiliate@snu.example"}, False), ("affiliation", {"value": "student@snuh.example"}, True),
    ],
    ids=str,
)  # fmt: skip
def test_on_whose_authority(world: World, name: str, changes: dict[str, object], opens: bool) -> None:
    visas = {
        "link": world.grant_link(),
        "status": world.status(),
        "terms": world.terms(),
        "affiliation": world.affiliation(),
    }
    visas[name] = getattr(world, name)(**changes)
    assert tier(world, *visas.values()) is (AccessTier.REGISTERED if opens else None)


def test_other_terms_and_another_status_open_nothing(world: World) -> None:
    link, status, terms, affiliation = world.researcher()
    old = world.visa("AcceptedTermsAndPolicies", "https://kohort.example/terms/2025-1", by="self")
    assert tier(world, link, status, old, affiliation) is None
    assert tier(world, link, world.visa("ResearcherStatus", "https://other.example"), terms, affiliation) is None


def test_an_affiliation_is_asserted_within_a_year(world: World) -> None:
    link, status, terms, _ = world.researcher()
    assert tier(world, link, status, terms, world.affiliation(asserted=world.now - YEAR)) is AccessTier.REGISTERED
    assert tier(world, link, status, terms, world.affiliation(asserted=world.now - YEAR - DAY)) is None


def test_the_institution_that_pays(world: World) -> None:
    link, status, terms, snu = world.researcher()
    kaist = world.affiliation("staff@kaist.example")
    for visas in ((snu, kaist), (kaist, snu)):
        assert world.verifier().principal(world.token(link, status, terms, *visas)).institution == "kaist"
    assert world.verifier().principal(world.token(link, status, terms, snu)).institution == "snu"


def test_a_committees_grant_opens_the_controlled_tier_in_a_project_of_ones_own(world: World) -> None:
    visas = (*world.researcher(), world.grant())
    assert tier(world, *visas, project="T2DM-14") is AccessTier.CONTROLLED
    assert tier(world, *visas) is AccessTier.REGISTERED
    assert tier(world, *visas, project="OPEN-1") is AccessTier.REGISTERED
    for project in ("T2DM-15", "", "t2dm-14", "internal", "x" * 5000):
        assert tier(world, *visas, project=project) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"by": "so"}, {"by": None}, {"source": "https://other-dac.example"}, {"value": "https://kohort.example/datasets/other"},
        {"exp": 1}, {"sub": "mallory"}, {"iss": VISAS}, {"value": "https://kohort.example/datasets/main/"},
    ],
    ids=str,
)  # fmt: skip
def test_a_grant_that_opens_nothing(world: World, changes: dict[str, object]) -> None:
    fields = {
        "kind": "ControlledAccessGrants",
        "value": "https://kohort.example/datasets/main",
        "by": "dac",
        "iss": COMMITTEE,
    }
    grant = world.visa(**{**fields, **changes})
    assert tier(world, *world.researcher(), grant) is AccessTier.REGISTERED
    assert tier(world, *world.researcher(), grant, project="T2DM-14") is None


def test_a_grant_without_registration_opens_nothing(world: World) -> None:
    assert tier(world, world.grant_link(), world.grant(), project="T2DM-14") is None


def test_a_visa_of_somebody_else_is_of_no_use(world: World) -> None:
    link, _, terms, affiliation = world.researcher()
    assert tier(world, link, world.status(sub="bob"), terms, affiliation) is None
    linked = world.links(f"alice,{quote(LOGIN, safe='')}", sub="bob")
    assert tier(world, link, world.status(sub="bob"), terms, affiliation, linked) is AccessTier.REGISTERED


def test_links_may_go_through_another_identity(world: World) -> None:
    """The specification's third example: two visas that chain three identities."""
    visas = world.researcher()[1:]
    first = world.links(f"carol,{quote('https://third.example', safe='')}", sub="alice")
    second = world.links(f"carol,{quote('https://third.example', safe='')};alice,{quote(LOGIN, safe='')}", sub="hub")
    assert tier(world, *visas, first) is None
    assert tier(world, *visas, second) is None
    assert tier(world, *visas, first, second) is AccessTier.REGISTERED


@pytest.mark.parametrize(
    "value",
    [f"alice,{LOGIN};", f"alice;{LOGIN}", "alice", ";", ",", f"alice,,{LOGIN}", f"Alice,{LOGIN}", f"alice,{LOGIN}/",
     f" alice,{LOGIN}", f"alice%2C{LOGIN}", f"alice,{LOGIN};x"],
)  # fmt: skip
def test_a_link_that_is_not_well_formed_links_nothing(world: World, value: str) -> None:
    visas = world.researcher()[1:]
    assert tier(world, *visas, world.links(f"alice,{LOGIN}")) is AccessTier.REGISTERED
    assert tier(world, *visas, world.links(value)) is None


def test_a_link_that_depends_on_conditions_links_nothing(world: World) -> None:
    conditions = [[{"type": "ResearcherStatus", "by": "const:so"}]]
    assert tier(world, *world.researcher()[1:], world.links(f"alice,{LOGIN}", conditions=conditions)) is None


def test_a_link_by_an_issuer_that_may_not_link_is_of_no_use(world: World) -> None:
    link = world.links(f"alice,{LOGIN};alice,{VISAS}", iss=COMMITTEE)
    assert tier(world, *world.researcher()[1:], link) is None
