"""Sensitive concepts: what a document asks about, and who may ask it how."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import engine
from api.auth import open_local_tokens
from api.cli import app
from api.settings import ServerSettings
from cohort_dsl import parse
from engine import Principal, Request
from engine.session import EngineSettings, Session
from schemas.errors import DataProblem, NotAllowed
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision
from schemas.policy_file import DEFAULT_FILE, parse_policy
from tests.lib.releases import write_release
from tests.lib.servers import application

DAY = datetime.date(2026, 6, 1)
DISEASE, MENTAL, DEPRESSION, DIABETES, F32, F320, E11 = (
    441840,
    432586,
    4152280,
    201826,
    2_000_000_032,
    2_000_000_320,
    2_000_000_011,
)
CONCEPTS = [
    (DISEASE, "SNOMED", "64572001", "S"), (MENTAL, "SNOMED", "74732009", "S"), (DEPRESSION, "SNOMED", "370143000", "S"),
    (DIABETES, "SNOMED", "44054006", "S"), (F32, "KCD7", "F32", None), (F320, "KCD7", "F32.0", None), (E11, "KCD7", "E11", None),
]  # fmt: skip
ANCESTORS = [(DISEASE, MENTAL), (DISEASE, DEPRESSION), (DISEASE, DIABETES), (MENTAL, DEPRESSION)]
REGISTRY = """
[[project]]
id = "moods"
title = "Depression in adults"
from = 2026-01-01
until = 2026-12-31
research = ["health"]
countries = ["KR"]
institutions = ["i"]
genetic = false
for_profit = false
commercial = false
ethics_approval = true
sensitive = ["mental illness"]

[[project]]
id = "hearts"
title = "Lipids"
from = 2026-01-01
until = 2026-12-31
research = ["health"]
countries = ["KR"]
institutions = ["i"]
genetic = false
for_profit = false
commercial = false
ethics_approval = true
"""


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sensitive")
    people, observed = range(12), {"start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 1, 1)}
    (root / "projects.toml").write_text(REGISTRY)
    write_release(
        root,
        {
            "person": [{"birth_date": None, "year_of_birth": 1950} for _ in people],
            "observation_period": [{"person": n, **observed} for n in people],
            "concept": [
                {"concept_id": i, "vocabulary_id": v, "concept_code": c, "standard_concept": s, "concept_name": c}
                for i, v, c, s in CONCEPTS
            ],
            "concept_ancestor": [
                {"ancestor_concept_id": a, "descendant_concept_id": d}
                for a, d in [*ANCESTORS, *((i, i) for i, _, _, s in CONCEPTS if s)]
            ],
            "concept_relationship": [
                {"concept_id_1": a, "concept_id_2": b, "relationship_id": "Maps to"}
                for a, b in ((F32, DEPRESSION), (F320, DEPRESSION), (E11, DIABETES))
            ],
            "consent": [{"person": n, "permission": "HMB", "granted_on": DAY} for n in people],
        },
        release_id="small",
        phase=0,
    )
    return root


Ask = Callable[..., list[NotAllowed]]


@pytest.fixture(scope="module")
def ask(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`ask(criterion, tier, project, precision, day)`: all reasons to refuse it. Nothing is charged or kept."""
    today = [DAY]
    settings = EngineSettings(
        releases=releases,
        state=tmp_path_factory.mktemp("state"),
        release_id="small",
        projects=releases / "projects.toml",
    )
    session = Session.open(settings, today=lambda: today[0])

    def ask_(
        criterion: str,
        tier: AccessTier = AccessTier.CONTROLLED,
        project: str = "hearts",
        precision: Precision | None = None,
        day: datetime.date = DAY,
    ) -> list[NotAllowed]:
        today[0] = day
        asked = Request(
            cohort=parse(document(criterion)),
            principal=Principal(user="u", project=project, institution="i", tier=tier),
            precision=precision,
        )
        return list(engine.why_refused(session, asked, phase=0))

    yield ask_
    session.close()


def document(criterion: str) -> str:
    return f'cohort "c"\nlet moods = concept {MENTAL} with descendants\nindex everyone\ninclude "x" when {criterion}\n'


ABOUT_MENTAL_ILLNESS = [
    f"any condition in concept {DEPRESSION}",
    f"any condition in concept {MENTAL}",
    "any condition in moods",
    'any condition in code KCD7:"F32"',
    'any condition in code SNOMED:"370143000"',
    'any condition coded in code KCD7:"F32.0"',
    f"any condition where source in concept {F320}",
    f"none of (any death, no condition in concept {DEPRESSION})",
    f"any visit having (any condition in concept {DEPRESSION} on or before it)",
    f"any era of condition in concept {DEPRESSION} with gaps of at most 30 days",
    f"any condition in concept {DISEASE} with descendants",
]
ABOUT_OTHERS = [
    "any condition",
    f"any condition in concept {DIABETES} with descendants",
    'any condition in code KCD7:"E11"',
    f"any condition in concept {DISEASE}",
    f"any condition in (concept {DISEASE} with descendants excluding concept {MENTAL} with descendants)",
    'any condition in code KCD7:"E11" where not (source in concept 1)',
]


@pytest.mark.parametrize("criterion", ABOUT_MENTAL_ILLNESS)
def test_a_project_asks_about_a_list_it_was_approved_for_and_no_other(ask, criterion):
    assert {problem.code for problem in ask(criterion)} == {"access-sensitive"}
    assert ask(criterion, project="moods") == []
    assert ask(criterion, AccessTier.INTERNAL) == []


@pytest.mark.parametrize("criterion", ABOUT_OTHERS)
def test_others_are_asked_about_as_ever(ask, criterion):
    assert ask(criterion) == []
    assert ask(criterion, AccessTier.REGISTERED) == []


def test_a_researcher_asks_with_coarse_precision_only(ask):
    criterion = f"any condition in concept {DEPRESSION}"
    for precision in (None, Precision.STANDARD):
        (problem,) = ask(criterion, AccessTier.REGISTERED, precision=precision)
        assert (problem.code, problem.expected) == ("access-sensitive", ("coarse",))
    assert ask(criterion, AccessTier.REGISTERED, precision=Precision.COARSE) == []


def test_approval_begins_and_ends_with_the_project(ask):
    criterion = f"any condition in concept {DEPRESSION}"
    first, last, day = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31), datetime.timedelta(days=1)
    assert [bool(ask(criterion, project="moods", day=on)) for on in (first - day, first, last, last + day)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_a_broad_set_is_told_which_list_it_takes_in_and_how_to_leave_it_out(ask):
    criterion = f"any condition in concept {DISEASE} with descendants"
    (problem,) = ask(criterion)
    text = document(criterion)
    assert "takes in, below what it names, concepts of mental illness" in problem.message
    assert problem.hint == f"leave them out: `excluding concept {MENTAL} with descendants`"
    assert f"concept {DISEASE}" in text[problem.span.start : problem.span.end]


def test_a_cohort_referred_to_is_looked_into(releases, tmp_path):
    settings = EngineSettings(
        releases=releases, state=tmp_path, release_id="small", projects=releases / "projects.toml"
    )
    session = Session.open(settings, today=lambda: DAY)
    text = 'cohort "c"\nindex entry of cohort "base"\n'
    base = parse(f'cohort "base"\nindex first condition in concept {DEPRESSION}\n')
    asked = Request(
        cohort=parse(text), library={"base": base},
        principal=Principal(user="u", project="hearts", institution="i", tier=AccessTier.CONTROLLED),
    )  # fmt: skip
    with pytest.raises(NotAllowed) as caught:
        engine.count(session, asked)
    session.close()
    span = caught.value.span
    assert (caught.value.code, text[span.start : span.end]) == ("access-sensitive", 'entry of cohort "base"')


def test_refusals_have_their_place_over_http_and_on_the_command_line(releases, tmp_path):
    made = ServerSettings(releases=releases, state=tmp_path, release_id="small", fixed_deadlines=False,
                          local_issuer=True, projects=releases / "projects.toml")  # fmt: skip
    principal = Principal(user="u", project="r", institution="i", tier=AccessTier.REGISTERED)
    token = open_local_tokens(made.state).issue(principal, hours=1)
    criterion = f"any condition in concept {DEPRESSION}"
    text = document(criterion)
    with TestClient(application(made), headers={"authorization": f"Bearer {token}"}) as server:
        refused = server.post("/v1/cohorts/count", json={"text": text, "precision": "standard"})
        assert refused.status_code == 403
        (problem,) = refused.json()["problems"]
        assert problem["code"] == refused.json()["code"] == "access-sensitive"
        assert text[problem["span"]["start"] : problem["span"]["end"]] == f"concept {DEPRESSION}"
        assert (problem["line"], "^" in problem["excerpt"]) == (4, True)
        assert server.post("/v1/cohorts/count", json={"text": text, "precision": "coarse"}).status_code == 200
    file = tmp_path / "d.kohort"
    file.write_text(text)
    shown = CliRunner().invoke(
        app, ["count", str(file), "--tier", "registered"],
        env={"KOHORT_RELEASES": str(releases), "KOHORT_STATE": str(tmp_path), "COLUMNS": "200"},
    )  # fmt: skip
    assert shown.exit_code != 0
    assert "access-sensitive" in shown.stderr
    assert "^" in shown.stderr


def test_the_policy_says_what_is_sensitive_and_for_whom():
    assert [each.name for each in DEFAULT_POLICY.sensitive] == [
        "mental illness", "sexually transmitted infection and hiv", "abuse and assault", "abortion", "rare disease",
    ]  # fmt: skip
    assert [rules.sensitive.value for rules in DEFAULT_POLICY.tiers] == ["none", "coarse", "project", "any"]
    shown = CliRunner().invoke(app, ["policy", "show"], env={"COLUMNS": "200"}).stdout
    assert "sensitive: mental illness" in shown
    explained = CliRunner().invoke(app, ["policy", "explain", "--tier", "controlled"], env={"COLUMNS": "200"}).stdout
    assert "Sensitive concepts: in projects approved for the list." in explained


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ('name = "abortion"', 'name = "rare disease"', "list `rare disease` is there twice"),
        ('sensitive = "project"', 'sensitive = "any"', "sensitive concepts may be asked about at will in exact answers only"),
        ('sensitive = "none"', 'sensitive = "coarse"', "`sensitive` is `none` in a tier that asks no questions"),
    ],
)  # fmt: skip
def test_a_policy_does_not_contradict_itself_about_them(written, instead, says):
    with pytest.raises(DataProblem, match="contradicts itself") as caught:
        parse_policy(DEFAULT_FILE.read_text().replace(written, instead, 1), name="p.toml")
    assert says in caught.value.message


def test_another_list_is_another_policy():
    text = DEFAULT_FILE.read_text().replace('"KCD7:G71"', '"KCD7:G72"')
    assert parse_policy(text, name="p.toml").sha256 != DEFAULT_POLICY.sha256
