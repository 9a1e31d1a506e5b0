"""Version and hash of the policy come with every answer, are in the log, and another file changes what is answered."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.auth import open_local_tokens
from api.cli import app
from api.settings import ServerSettings
from engine import Principal
from engine.disclosure.ledger import LEDGER_FILE
from schemas.policy import DEFAULT_POLICY, AccessTier
from schemas.policy_file import DEFAULT_FILE, read_policy
from schemas.wire_policy import PolicyInfo
from tests.lib.servers import application

DOCUMENT = 'cohort "c"\nindex first condition in concept 1\ncount by sex\n'
ROUTES = ("count", "breakdown", "attrition", "validate", "explain")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A policy of another version that asks more of small numbers and opens phase 0 to researchers by month."""
    path = tmp_path / "other.toml"
    text = DEFAULT_FILE.read_text().replace('version = "2026.4"', 'version = "test.1"')
    path.write_text(text.replace("floor = 10\n", "floor = 30\n").replace("rounding = 5\n", "rounding = 100\n"))
    return path


def client(releases: Path, tmp_path: Path, policy: Path | None = None) -> TestClient:
    made = ServerSettings(
        releases=releases, state=tmp_path / "state", release_id="phase0", fixed_deadlines=False, local_issuer=True,
        policy=policy,
    )  # fmt: skip
    principal = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)
    token = open_local_tokens(made.state).issue(principal, hours=1)
    return TestClient(application(made), headers={"authorization": f"Bearer {token}"})


def test_every_answer_bears_version_and_hash(releases, tmp_path, other):
    for path, expected in ((None, DEFAULT_POLICY), (other, read_policy(other))):
        with client(releases, tmp_path / expected.version, policy=path) as server:
            answers = [server.post(f"/v1/cohorts/{route}", json={"text": DOCUMENT}).json() for route in ROUTES]
            answers += [server.get("/v1/release").json(), server.get("/v1/budget").json()]
            for answer in answers:
                assert (answer["policy_version"], answer["policy_sha256"]) == (expected.version, expected.sha256)
            assert answers[0]["count"]["less_than"] == expected.of(AccessTier.CONTROLLED).threshold(20)
            assert answers[0]["precision"]["margin"] == expected.of(AccessTier.CONTROLLED).margin(
                20, expected.of(AccessTier.CONTROLLED).rounding / 2
            )
        log = (tmp_path / expected.version / "state" / LEDGER_FILE).read_bytes()
        wal = Path(f"{tmp_path / expected.version / 'state' / LEDGER_FILE}-wal")
        assert expected.identity.encode() in log + (wal.read_bytes() if wal.exists() else b"")


def test_a_new_policy_does_not_make_an_old_question_new(releases, tmp_path, other):
    """Rules that only refuse or round leave stored answers as they are: no new noise, no new charge."""
    with client(releases, tmp_path) as server:
        first = server.post("/v1/cohorts/count", json={"text": DOCUMENT}).json()
    with client(releases, tmp_path, policy=other) as server:
        again = server.post("/v1/cohorts/count", json={"text": DOCUMENT}).json()
    assert (first["charged"] > 0, again["charged"]) == (True, 0)


def test_the_policy_is_published(releases, tmp_path):
    with client(releases, tmp_path) as server:
        del server.headers["authorization"]
        found = PolicyInfo.model_validate(server.get("/v1/policy").json())
    assert (found.version, found.sha256, found.release_phase) == (DEFAULT_POLICY.version, DEFAULT_POLICY.sha256, 0)
    assert {grant.tier for grant in found.open} == set(AccessTier)
    assert len(found.grants) == len(DEFAULT_POLICY.grants)
    registered = next(tier for tier in found.tiers if tier.tier is AccessTier.REGISTERED)
    assert [(offer.name.value, offer.shown_from) for offer in registered.precisions] == [
        ("coarse", 174),
        ("standard", 81),
    ]


def test_a_server_does_not_start_with_a_policy_that_contradicts_itself(releases, tmp_path, other):
    other.write_text(other.read_text().replace("max_variants = 20", "max_variants = 0"))
    with pytest.raises(Exception, match="genotypes"), client(releases, tmp_path, policy=other):
        pass


def run(*arguments: str, releases: Path, state: Path, **environment: str):
    shipped = {"KOHORT_POLICY": None}
    env = {"KOHORT_RELEASES": str(releases), "KOHORT_STATE": str(state), "COLUMNS": "200", **shipped, **environment}
    return CliRunner().invoke(app, list(arguments), env=env)


def test_show_prints_what_a_file_means(releases, tmp_path, other):
    shown = run("policy", "show", "--json", releases=releases, state=tmp_path, KOHORT_POLICY=str(other))
    assert PolicyInfo.model_validate_json(shown.stdout).version == "test.1"
    text = run("policy", "show", releases=releases, state=tmp_path).stdout
    assert DEFAULT_POLICY.sha256 in text
    assert "standard (± 44, shown from 81)" in text


def test_explain_says_what_a_tier_may_do_on_a_day(releases, tmp_path):
    def explain(day: str) -> str:
        shown = run(
            "policy", "explain", "--tier", "registered", "--phase", "1", "--on", day, releases=releases, state=tmp_path
        )
        assert shown.exit_code == 0
        return shown.stdout

    assert "Not open." in explain("2026-08-31")
    assert "From 2026-09-01 on it changes" in explain("2026-08-31")
    assert "Open: persons, conditions, drugs, procedures, visits, deaths." in explain("2026-09-01")
    assert "Closed: specimens, surveys, genotypes, scores." in explain("2027-01-01")
    public = run("policy", "explain", "--tier", "public", releases=releases, state=tmp_path)
    assert "asks no questions" in public.stdout


def test_explain_lists_every_reason_to_refuse_a_document(releases, tmp_path):
    document = tmp_path / "d.kohort"
    document.write_text(
        'cohort "c"\nindex first condition in concept 1 where date >= 2015-05-01\n'
        'include "s" when survey smoking.status in ("current")\ncount by age(5)\n'
    )

    def explain(day: str, phase: str):
        return run("policy", "explain", "--tier", "registered", "--release", "phase1", "--phase", phase, "--on", day,
                   str(document), releases=releases, state=tmp_path)  # fmt: skip

    early = explain("2026-09-01", "1")
    assert early.exit_code == 2
    for code in ("access-date", "access-domain", "access-age"):
        assert code in early.stderr
    assert "2015-05-01 is not the first day of a year" in early.stderr
    document.write_text(document.read_text().replace("2015-05-01", "2015-01-01"))
    assert explain("2027-03-01", "2").exit_code == 0
    assert "may ask this of a release of phase 2 on 2027-03-01" in explain("2027-03-01", "2").stdout
