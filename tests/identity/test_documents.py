"""The guide's files are well-formed, and the tests that the reference names exist."""

import re
from pathlib import Path

from api.identity.configuration import read_rules, read_toml
from api.identity.people import People

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "do" / "connect-an-identity-provider.md"
REFERENCE = ROOT / "docs" / "reference" / "identity.md"


def test_the_guides_files_are_well_formed(tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", GUIDE.read_text(), flags=re.M | re.S)
    for place, block in enumerate(blocks):
        (tmp_path / f"{place}.toml").write_text(block)
    assert read_rules(tmp_path / "0.toml").controlled is not None
    people = read_toml(tmp_path / "1.toml", People)
    assert (len(people.projects), len(people.denied), len(people.stopped)) == (1, 1, 1)
    assert read_rules(tmp_path / "2.toml").internal is not None


def test_every_test_that_the_reference_names_exists() -> None:
    written = "\n".join(path.read_text() for path in (ROOT / "tests" / "identity").glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", REFERENCE.read_text())
    assert len(named) > 40
    assert [name for name in named if f"def {name}(" not in written] == []
