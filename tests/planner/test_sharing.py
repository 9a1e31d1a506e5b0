"""What questions have in common is worked out once; what an edit changes, and nothing else, is worked out again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cohort_dsl import parse
from engine.disclosure.request import Principal
from engine.logical.nodes import Atom
from engine.pipeline import Request, attrition, breakdown, count, explain_analyzed, inclusion, overlap
from engine.session import EngineSettings, Session
from engine.targets.duckdb import DuckDBTarget
from schemas.errors import NotAllowed
from schemas.policy import AccessTier
from tests.lib.random_release import random_release

INSIDE = Principal(user="u", project="p", institution="i", tier=AccessTier.INTERNAL, reason="a test of planning")
RESEARCHER = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)
TEXT = """
cohort "edited"
index condition in concept 1
include "drug" when any drug in concept {drug} within {days} days of index
exclude "old" when age at index >= 60
exclude "carrier" when carries variant in gene LDLR
"""


class Watched(DuckDBTarget):
    """Remembers what it was asked for."""

    def __init__(self, database) -> None:
        super().__init__(database)
        self.asked: list[str] = []
        self.atoms: list[Atom] = []

    def anchors(self, entry, cohorts, among=None, stop=None, *, with_visits=True, with_ends=True):
        self.asked.append("entries")
        return super().anchors(entry, cohorts, among, stop, with_visits=with_visits, with_ends=with_ends)

    def last_days(self, exit, anchors, cohorts, among=None, stop=None):
        self.asked.append("ends")
        return super().last_days(exit, anchors, cohorts, among, stop)

    def truths(self, atoms, anchors, cohorts, among=None, stop=None):
        self.asked.append("conditions")
        self.atoms.extend(atoms)
        return super().truths(atoms, anchors, cohorts, among, stop)


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[Session]:
    root = tmp_path_factory.mktemp("sharing")
    random_release(root, 0)
    session = Session.open(EngineSettings(releases=root, state=root / "state"))
    yield session
    session.close()


@pytest.fixture
def watched(opened) -> tuple[Session, Watched]:
    """A session with nothing kept, and its one target."""
    target = Watched(opened.database)
    opened.kept.clear()
    return replace(opened, targets={"duckdb": target}), target


def ask(principal: Principal = INSIDE, *, drug: int = 2, days: int = 30) -> Request:
    return Request(cohort=parse(TEXT.format(drug=drug, days=days)), principal=principal)


def test_count_breakdown_attrition_and_overlap_share_a_cohort(watched):
    session, target = watched
    count(session, ask())
    breakdown(session, replace(ask(), cohort=parse(TEXT.format(drug=2, days=30) + "count by sex, age(20)")))
    attrition(session, ask())
    inclusion(session, ask())
    overlap(session, [ask(), replace(ask(), cohort=parse('cohort "all"\nindex condition in concept 1'))])
    assert target.asked.count("entries") == 1
    assert len(target.atoms) == len(set(target.atoms)) == 2


def test_an_edit_costs_the_criterion_it_changes(watched):
    session, target = watched
    attrition(session, ask())
    target.asked.clear()
    target.atoms.clear()
    attrition(session, ask(days=90))
    assert target.asked == ["conditions"]
    assert len(target.atoms) == 1
    target.asked.clear()
    attrition(session, ask())
    assert not target.asked, "and going back costs nothing"


def test_equal_questions_at_the_same_time_are_one_piece_of_work(watched):
    session, target = watched
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: count(session, ask()).count.value, range(6)))
    assert len(set(found)) == 1
    assert target.asked.count("entries") == 1
    assert len(target.atoms) == 2


def test_readings_of_genotypes_are_kept_apart(watched):
    session, _ = watched
    scopes = {session.means(store).scope for store in (session.genotypes, session.guarded_genotypes)}
    assert len(scopes) == 2


def test_what_a_plan_took_is_shown_inside_and_logged(watched):
    session, _ = watched
    first, again = explain_analyzed(session, ask()).nodes, explain_analyzed(session, ask())
    assert {node.node.split()[0] for node in first} >= {"entries", "Carrier", "Occurs", "PersonRange", "cohort"}
    (drugs,) = [node.node for node in first if node.node.startswith("Occurs")]
    assert drugs.endswith(": Scan domain=drug, concepts=[2]")
    entries = next(node for node in first if node.node == "entries")
    assert entries.expected is not None
    assert entries.rows > 0
    assert entries.bytes > 0
    assert all(node.milliseconds is None for node in again.nodes)
    assert again.receipt.exact
    assert again.receipt.action == "execution"


@pytest.mark.parametrize(
    ("principal", "code"), [(RESEARCHER, "execution-exact-only"), (replace(INSIDE, reason=None), "reason-needed")]
)
def test_nobody_else_is_shown_what_a_plan_took(watched, principal, code):
    session, target = watched
    with pytest.raises(NotAllowed) as problem:
        explain_analyzed(session, ask(principal))
    assert problem.value.code == code
    assert not target.asked, "refused before anybody was looked at"
