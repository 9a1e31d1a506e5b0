"""A search tells nothing of the people: neither who carries what, nor which variants the release has."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.auth import open_local_tokens
from api.dictionaries import variant_list
from api.listener import REASON_HEADER, Listener
from api.routes import dictionaries
from api.settings import ServerSettings
from engine import EngineSettings, Principal, Session
from schemas.policy import DEFAULT_POLICY, AccessTier, Dictionary
from tests.lib.releases import write_release
from tests.lib.servers import application
from tests.search.conftest import GENES, KNOWN

TEXTS = ("rs11591147", "1-55039974-G-T", "1-55039974-G-C", "2-7-A-C", "rs999", "PCSK9:p.Arg46Leu", "PCSK9", "SHOX",
         "1:55039974-55040000", "TP53", "NOGENE")  # fmt: skip
ROUTES = {
    "/v1/concepts": Dictionary.CONCEPTS,
    "/v1/vocabularies": Dictionary.CONCEPTS,
    "/v1/survey/questions": Dictionary.QUESTIONS,
    "/v1/genes": Dictionary.GENES,
    "/v1/variants": Dictionary.VARIANTS,
    "/v1/panels": Dictionary.PANELS,
    "/v1/scores": Dictionary.SCORES,
}
NO_DICTIONARY = {"/v1/domains", "/v1/budget", "/v1/examples"}
"""What every signed-in caller may read: the language, the examples, and the caller's own budget."""


def settings(root: Path, carried: tuple[int, ...]) -> ServerSettings:
    """A release of which some known variants, by number, have a carrier; all of the others nobody has."""
    variants = [
        dict(KNOWN[number]) | {"allele_count": 1, "allele_number": 4, "homozygotes": 0, "hemizygotes": 0,
                               "missing_calls": 0}
        for number in carried
    ]  # fmt: skip
    genes = [{name: getattr(gene, name) for name in ("gene", "contig", "start", "end", "name")} for gene in GENES]
    tables = {
        "person": [{}, {}],
        "sample": [{"person": 0}, {"person": 1}],
        "variant": variants,
        "gene": genes,
        "known_variant": KNOWN,
        "panel": [{"panel": "Lipids", "gene": "PCSK9"}],
    }
    calls = np.tile(np.array([0, 1], np.int8), (len(carried), 1))
    write_release(root / "releases", tables, calls=calls)
    return ServerSettings(releases=root / "releases", state=root / "state", fixed_deadlines=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    return settings(tmp_path_factory.mktemp("server"), (1, 3, 8))


@pytest.fixture(scope="module")
def server(made: ServerSettings) -> Iterator[TestClient]:
    with TestClient(application(made), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def internal_server(made: ServerSettings) -> Iterator[TestClient]:
    with TestClient(application(made, listener=Listener.INTERNAL), raise_server_exceptions=False) as client:
        yield client


def signed_in(server: TestClient, tier: AccessTier) -> TestClient:
    tokens = open_local_tokens(server.app.state.service.settings.state)
    token = tokens.issue(Principal(user="u", project="p", institution="i", tier=tier), hours=1)
    headers = {"authorization": f"Bearer {token}", REASON_HEADER: "a test"}
    return TestClient(server.app, headers=headers, raise_server_exceptions=False)


def answers(made: ServerSettings) -> list[str]:
    session = Session.open(EngineSettings(releases=made.releases, state=made.state))
    found = [variant_list(session, text, limit=20).model_dump_json() for text in TEXTS]
    session.close()
    return found


def test_releases_that_differ_in_carriers_alone_answer_alike(tmp_path: Path) -> None:
    one, other = settings(tmp_path / "one", (1, 3, 8)), settings(tmp_path / "other", (0, 7))
    assert answers(one) == answers(other)


def test_found_and_not_found_look_alike(server: TestClient) -> None:
    researcher = signed_in(server, AccessTier.REGISTERED)
    shapes = set()
    for text in TEXTS:
        answer = researcher.get("/v1/variants", params={"search": text})
        shapes.add((answer.status_code, tuple(answer.headers), tuple(answer.json())))
    assert len(shapes) == 1


def test_every_route_of_dictionaries_has_a_place_in_the_policy() -> None:
    assert {route.path for route in dictionaries.router.routes} == {*ROUTES, *NO_DICTIONARY}
    assert set(ROUTES.values()) == set(Dictionary)


@pytest.mark.parametrize("tier", AccessTier)
@pytest.mark.parametrize("path", ROUTES)
def test_a_tier_searches_what_its_policy_says(
    server: TestClient, internal_server: TestClient, path: str, tier: AccessTier
) -> None:
    door = internal_server if tier is AccessTier.INTERNAL else server
    answer = signed_in(door, tier).get(path, params={"search": "PCSK9"})
    if ROUTES[path] in DEFAULT_POLICY.of(tier).dictionaries:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "dictionary-not-allowed")


def test_the_page_lists_what_each_tier_may_search() -> None:
    page = (Path(__file__).parents[2] / "docs/do/find-variants.md").read_text()
    for rules in DEFAULT_POLICY.tiers:
        listed = ", ".join(dictionary.value for dictionary in rules.dictionaries)
        assert f"| {rules.tier.value} | {listed} |" in page


def test_what_is_not_said_is_not_allowed() -> None:
    fields = {name: getattr(DEFAULT_POLICY.tiers[-1], name) for name in DEFAULT_POLICY.tiers[-1].__slots__}
    del fields["dictionaries"]
    rules = type(DEFAULT_POLICY.tiers[-1])(**fields)
    assert not any(rules.may_search(dictionary) for dictionary in Dictionary)


@pytest.mark.parametrize(
    "query",
    [{"search": "A" * 201}, {"search": "rs1", "limit": "101"}, {"search": "rs1", "limit": "0"}, {"search": ""}, {}],
)
def test_requests_are_limited(server: TestClient, query: dict[str, str]) -> None:
    answer = signed_in(server, AccessTier.REGISTERED).get("/v1/variants", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-field")


@pytest.mark.parametrize("text", ["hg19 1-55505647-G-T", "c.137G>T"])
def test_refusals_carry_advice(server: TestClient, text: str) -> None:
    answer = signed_in(server, AccessTier.REGISTERED).get("/v1/variants", params={"search": text})
    assert answer.status_code == 422
    assert answer.json().get("hint") or answer.json().get("expected")


def test_panels_are_found_by_name_and_by_gene(server: TestClient) -> None:
    researcher = signed_in(server, AccessTier.REGISTERED)
    expected = [{"panel": "Lipids", "words": 'variant in panel "Lipids"', "genes": ["PCSK9"]}]
    for text in ("", "lip", "pcsk9"):
        assert researcher.get("/v1/panels", params={"search": text}).json()["panels"] == expected
    assert researcher.get("/v1/panels", params={"search": "pcs"}).json()["panels"] == []


def test_a_misspelled_gene_gets_a_suggestion(server: TestClient) -> None:
    researcher = signed_in(server, AccessTier.REGISTERED)
    answer = researcher.get("/v1/genes", params={"search": "PSCK9"}).json()
    assert (answer["genes"], answer["hint"]) == ([], "did you mean `PCSK9`?")
    assert [
        gene["gene"] for gene in researcher.get("/v1/genes", params={"search": "stature short"}).json()["genes"]
    ] == ["SHOX"]
