"""A project's approved purpose decides whose data its questions use, on its days, and names those questions."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.consent import ConsentClass, published
from engine.pipeline import count
from schemas.errors import DataProblem, NotAllowed
from schemas.policy import AccessTier
from schemas.purpose_file import parse_projects
from tests.consent.conftest import CANCER, DIABETES, GROUPS, METABOLIC, PEOPLE, ask, people_of


def project(name: str, *, research: str = '"health"', first: str = "2026-01-01", last: str = "2027-12-31",
            diseases: tuple[int, ...] = (), for_profit: bool = False) -> str:  # fmt: skip
    return f"""
[[project]]
id = "{name}"
title = "{name}"
from = {first}
until = {last}
research = [{research}]
diseases = {list(diseases)}
countries = ["KR"]
institutions = ["i"]
genetic = false
for_profit = {str(for_profit).lower()}
commercial = false
ethics_approval = true
"""


REGISTRY = "".join((
    project("health"),
    project("health-2"),
    project("general", research='"general"'),
    project("diabetes", diseases=(DIABETES,)),
    project("metabolic", diseases=(METABOLIC,)),
    project("both", diseases=(DIABETES, CANCER)),
    project("methods", research='"health", "methods"'),
    project("company", for_profit=True),
    project("later", first="2026-11-30"),
    project("over", last="2026-11-28"),
))  # fmt: skip

USES = {
    "health": ("general", "health", "public only", "health, no methods", "until 2027"),
    "general": ("general", "public only", "until 2027"),
    "diabetes": ("general", "health", "metabolic", "diabetes", "public only", "health, no methods", "until 2027"),
    "metabolic": ("general", "health", "metabolic", "public only", "health, no methods", "until 2027"),
    "both": ("general", "health", "public only", "health, no methods", "until 2027"),
    "methods": ("general", "health", "public only", "until 2027"),
    "company": ("general", "health", "health, no methods", "until 2027"),
}


@pytest.mark.parametrize("name", USES)
def test_a_question_uses_those_who_permit_its_purpose(open_session, name):
    session = open_session(REGISTRY)
    assert count(session, ask(name)).count.value == people_of(*USES[name])
    base = session.consent_base(ask(name, AccessTier.CONTROLLED).principal)
    groups = list(GROUPS)
    assert {groups[person // 10] for person in base.members.indices().tolist()} == set(USES[name])


def test_a_time_limit_ends_on_its_day(open_session):
    today = [datetime.date(2027, 12, 31)]
    session = open_session(REGISTRY, lambda: today[0])
    assert count(session, ask("general")).count.value == people_of(*USES["general"])
    today[0] = datetime.date(2028, 1, 1)
    with pytest.raises(NotAllowed, match="project-days"):
        count(session, ask("general"))


@pytest.mark.parametrize(
    ("name", "code"), [("later", "project-days"), ("over", "project-days"), ("none", "project-not-approved")]
)
def test_only_approved_projects_ask_and_only_on_their_days(open_session, name, code):
    session = open_session(REGISTRY)
    with pytest.raises(NotAllowed) as caught:
        count(session, ask(name, AccessTier.CONTROLLED))
    assert caught.value.code == code


def test_a_registered_researcher_without_a_project_asks_for_the_usual_purpose(open_session):
    base = open_session(REGISTRY).consent_base(ask("of-my-own", AccessTier.REGISTERED).principal)
    assert base.members.count() == people_of("general", "health")


def test_the_purpose_is_part_of_the_questions_name(open_session):
    """A project's own id is a part of its purpose, since people may permit a single project."""
    session = open_session(REGISTRY)
    ids = {
        name: count(session, ask(name, AccessTier.CONTROLLED)).receipt.query_ids
        for name in ("health", "health-2", "general", "company", "diabetes")
    }
    assert len(set(ids.values())) == len(ids)
    assert ids["health"] == count(session, ask("health", AccessTier.CONTROLLED)).receipt.query_ids


def test_a_changed_registry_holds_from_the_next_question_on(open_session, tmp_path):
    session = open_session(REGISTRY)
    assert count(session, ask("health")).count.value == people_of(*USES["health"])
    path = tmp_path / "projects.toml"
    path.write_text(REGISTRY.replace('id = "health"\n', 'id = "gone"\n'))
    with pytest.raises(NotAllowed, match="project-not-approved"):
        count(session, ask("health", AccessTier.CONTROLLED))
    path.write_text("[[project]]\nid = 1\n")
    with pytest.raises(DataProblem, match="line 2"):
        count(session, ask("general"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('research = ["health"]', "research = []", "research"),
        ('research = ["health"]', 'research = ["wealth"]', "research[1]"),
        ("commercial = false\n", "", "commercial: this is missing"),
        ("genetic = false\n", "genetic = false\nspare = 1\n", "spare: there is no such key"),
        ("from = 2026-01-01", "from = 2029-01-01", "ends before it begins"),
        ('id = "health-2"', 'id = "health"', "there twice"),
        ('countries = ["KR"]', 'countries = ["Korea"]', "countries[1]"),
    ],
)
def test_a_registry_is_read_strictly(old, new, words):
    with pytest.raises(DataProblem) as caught:
        parse_projects(REGISTRY.replace(old, new, 1), name="projects.toml")
    assert caught.value.code == "projects-form"
    assert words in caught.value.message


def test_classes_are_published_with_their_sizes(open_session):
    session = open_session()
    found = {" ".join(each.permissions): each.persons for each in session.overview().consent}
    assert found == {"other": PEOPLE}
    exact = {each.permissions: each.persons for each in session.consent.classes()}
    assert exact == {tuple(sorted(held)): 10 for held in GROUPS.values()}


@given(st.lists(st.integers(1, 60), max_size=12), st.integers(1, 40))
def test_no_small_class_can_be_worked_out(sizes, floor):
    classes = [ConsentClass((f"PS:{n}",), size) for n, size in enumerate(sizes)]
    shown = published(classes, floor=floor)
    assert sum(each.persons for each in shown) == sum(sizes)
    assert all(each.persons >= floor for each in shown) or (len(shown) == 1 and sum(sizes) < floor)
    assert [each.persons for each in shown if each.permissions != ("other",)] == sorted(
        (each.persons for each in shown if each.permissions != ("other",)), reverse=True
    )
