"""The page that documents the release is the one the specifications make, and leaves no table out."""

from schemas.reference import PAGE, page
from schemas.release import RELEASE_TABLES


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m schemas.reference`"


def test_every_table_and_column_is_on_it() -> None:
    text = page()
    for table in RELEASE_TABLES:
        chapter = text.split(f"### `{table.path}`\n")[1].split("\n### ")[0]
        assert [line.split("`")[1] for line in chapter.splitlines() if line.startswith("| `")] == [
            column.name for column in table.columns
        ]
