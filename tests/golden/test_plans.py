"""Plans and SQL of fixed documents, as files reviewed like code. Rewrite them with `pytest --update-golden`."""

from pathlib import Path

import pytest

from cohort_dsl import parse
from engine.pipeline import explain
from engine.session import EngineSettings, Session
from tests.lib.random_release import random_release

PLANS = Path(__file__).parent / "plans"
LIBRARY = {
    "on the drug": 'cohort "on the drug"\nindex drug in concept 2\nend 30 days after start',
    "carriers": 'cohort "carriers"\nindex visit\ninclude "x" when carries biallelic variants in panel "lipids" where external af < 0.01',
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    root = tmp_path_factory.mktemp("golden")
    random_release(root, 0)
    opened = Session.open(EngineSettings(releases=root, state=root / "state"))
    yield opened
    opened.close()


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.kohort")), ids=lambda path: path.stem)
def test_plan_is_as_reviewed(session, path: Path, request: pytest.FixtureRequest) -> None:
    library = {name: parse(base) for name, base in LIBRARY.items()}
    found = explain(session, parse(path.read_text()), library, "duckdb")  # the target that has SQL to be reviewed
    text = f"# logical\n{found.logical}\n\n# physical\n{found.physical}\n\n" + "\n\n".join(
        f"# SQL\n{sql}" for sql in found.sql
    )
    golden = path.with_suffix(".plan")
    if request.config.getoption("--update-golden"):
        golden.write_text(text + "\n")
    assert golden.read_text() == text + "\n"


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.plan")), ids=lambda path: path.stem)
def test_no_value_of_a_document_is_part_of_the_sql(path: Path) -> None:
    sql = path.read_text().split("# SQL", 1)[1]
    assert "6.25" not in sql
    assert "2015-03-04" not in sql
    assert "adverse" not in sql
