"""The file of trusted issuers: what it must say, and the message when it does not."""

import re

import pytest

from api.auth import ProjectRefused, TokenRefused
from api.identity.configuration import read_rules
from schemas.errors import DataProblem
from schemas.policy import AccessTier
from tests.identity.world import AUDIENCE, LOGIN, RULES, VISAS, World

STAFF = f"""
audience = "{AUDIENCE}"
people = "people.toml"

[[sign_in]]
issuer = "{LOGIN}"
keys = "{LOGIN}/keys"
acr = ["mfa"]

[internal]
claim = "groups"
value = "stewards"
institution = "programme-office"
"""


def problem(world: World, text: str) -> str:
    world.rules.write_text(text)
    with pytest.raises(DataProblem, match="identity-file") as told:
        read_rules(world.rules)
    return str(told.value)


def test_the_shipped_world_is_well_formed(world: World) -> None:
    rules = read_rules(world.rules)
    assert [one.issuer for one in rules.sign_in] == [LOGIN]
    assert rules.sign_in[0].longest_minutes == 60
    assert rules.registered is not None
    assert rules.registered.affiliation_days == 365


@pytest.mark.parametrize(
    ("pattern", "replacement", "place"),
    [
        (r'audience = ".*"\n', "", "audience"), (r'people = ".*"\n', "", "people"), ("audience", "audiences", "audience"),
        (r'keys = "https://login.example/keys"', 'keys = "http://login.example/keys"', "sign_in.0.keys"),
        (r'keys = "https://login.example/keys"', 'keys = "https://a@login.example/keys"', "sign_in.0.keys"),
        (r'keys = "https://login.example/keys"', 'keys = "https://login.example/keys?x=1"', "sign_in.0.keys"),
        (r'keys = "https://login.example/keys"', 'keys = "file:///etc/passwd"', "sign_in.0.keys"),
        (r'keys = "https://login.example/keys"', 'keys = "https:///keys"', "sign_in.0.keys"),
        (r'keys = "https://login.example/keys"', 'keys = "https://login.example:x/keys"', "sign_in.0.keys"),
        (r'keys = "https://login.example/keys"', 'keys = 7', "sign_in.0.keys"),
        (r'(keys = "https://login.example/keys")', r'\1\nalgorithms = ["HS256"]', "sign_in.0.algorithms"),
        (r'(keys = "https://login.example/keys")', r'\1\nalgorithms = []', "sign_in.0.algorithms"),
        (r'(keys = "https://login.example/keys")', r'\1\nlongest_minutes = 100000', "longest_minutes"),
        (r'(keys = "https://login.example/keys")', r'\1\nlongest_minutes = "60"', "longest_minutes"),
        (r'(keys = "https://login.example/keys")', r'\1\ntoken_types = ["id+jwt"]', "token_types"),
        (r'jku = ', 'keys = "https://x.example/keys"\njku = ', "visa_issuers.0"), (r'jku = .*\n', "", "visa_issuers.0"),
        (r'"ResearcherStatus"', '"Researcher"', "visa_issuers.0.types"), (r"sources = .*", "sources = []", "visa_issuers.0.sources"),
        (r"https://dac.example", VISAS, "visa_issuers.issuer"), (r'"kaist.example"', '"snu.example"', "institutions.domains"),
        (r'id = "kaist"', 'id = "snu"', "institutions.id"), (r'"kaist.example"', '"KAIST.example"', "institutions.1.domains"),
        (r"(?s)\[registered\].*(?=\[controlled\])", "", "registered"), (r"terms = .*", "terms = []", "registered.terms"),
        (r"\[controlled\]", "[controled]", "controled"), (r"committees = .*", "", "controlled.committees"),
        (r"\[registered\]", "[internal]\nclaim = 'a'\nvalue = 'b'\ninstitution = 'c'\n[registered]", "internal"),
        (r"\[\[sign_in\]\]", "[[sign_in]", "not TOML"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_what_is_wrong_is_named(world: World, pattern: str, replacement: str, place: str) -> None:
    text = re.sub(pattern, replacement, RULES)
    assert text != RULES
    assert place in problem(world, text)


def test_a_file_that_is_not_there_not_text_or_too_large(world: World) -> None:
    assert "more than" in problem(world, "#" * (8 * 2**20 + 1))
    world.rules.write_bytes(b"\xff")
    for _ in range(2):
        with pytest.raises(DataProblem, match="identity-file"):
            read_rules(world.rules)
        world.rules.unlink(missing_ok=True)


def test_a_message_repeats_no_value_of_the_file(world: World) -> None:
    for text in (
        RULES.replace(AUDIENCE, "secret" * 100),
        RULES + 'secret = "secret"\n',
        RULES + 'x = "secret',
        RULES + "secret-secret",
    ):
        message = problem(world, text)
        assert "secretsecret" not in message
        assert '"secret' not in message


def test_addresses_on_this_machine_may_be_without_tls(world: World) -> None:
    for host in ("127.0.0.1:4000", "localhost", "[::1]:1"):
        world.rules.write_text(RULES.replace(LOGIN, f"http://{host}"))
        assert read_rules(world.rules).sign_in[0].keys == f"http://{host}/keys"


def test_staff_sign_in_by_a_claim_of_their_own_provider_and_visas_count_for_nothing(world: World) -> None:
    world.rules.write_text(STAFF)
    verifier = world.verifier()
    staff = world.token(sub="sora", acr="mfa", groups=["all", "stewards"])
    for project in (None, "internal"):
        principal = verifier.principal(staff, project)
        assert principal.tier is AccessTier.INTERNAL
        assert (principal.project, principal.institution) == ("internal", "programme-office")
    with pytest.raises(ProjectRefused):
        verifier.principal(staff, "T2DM-14")
    visas = (*world.researcher(), world.grant())
    for claims in ({}, {"groups": "steward"}, {"groups": ["Stewards"]}, {"groups": {"stewards": 1}}, {"groups": None}):
        with pytest.raises(TokenRefused):
            verifier.principal(world.token(*visas, acr="mfa", **claims))
    with pytest.raises(TokenRefused):
        verifier.principal(world.token(groups=["stewards"]))


def test_staff_can_be_stopped(world: World) -> None:
    world.rules.write_text(STAFF)
    world.people.write_text('[[stopped]]\nproject = "internal"\n')
    with pytest.raises(ProjectRefused):
        world.verifier().principal(world.token(acr="mfa", groups="stewards"))
