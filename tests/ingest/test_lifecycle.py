"""A release is there whole or not at all, whatever happens to the ingest that makes it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.catalog.manifest import release_ids
from engine.catalog.release import current_release_id, open_release
from engine.ingest.publish import use_release
from engine.ingest.report import IngestReport
from schemas.errors import DataProblem

CONDITIONS = "condition_occurrence_id,person_id,condition_concept_id,condition_start_date\n1,10,5,2010-01-01\n"


class Crashed(Exception):
    """What the test throws into an ingest."""


def crash_at(step: str) -> Callable[[str, float], None]:
    def progress(name: str, share: float) -> None:
        if name == step:
            raise Crashed

    return progress


def test_releases_lie_side_by_side_and_one_is_current(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    folder = omop()
    load(folder, "2026-11")
    load(folder, "2026-12")
    assert release_ids(root) == ("2026-11", "2026-12")
    assert current_release_id(root) == "2026-12"
    use_release(root, "2026-11")
    assert open_release(root).id == "2026-11"
    with pytest.raises(DataProblem, match="release-exists"):
        load(folder, "2026-11")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff"])
def test_a_name_of_the_current_release_that_was_lost_names_none(root: Path, content: bytes) -> None:
    root.mkdir()
    (root / "current").write_bytes(content)
    with pytest.raises(DataProblem, match="release-none-current"):
        current_release_id(root)


@pytest.mark.parametrize("step", ["condition_occurrence", "findings", "published"])
def test_a_crash_leaves_the_release_in_service(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, step: str
) -> None:
    folder = omop(condition_occurrence=CONDITIONS)
    load(folder, "first")
    with pytest.raises(Crashed):
        load(folder, "second", progress=crash_at(step))
    published = step == "published"  # by then the release is in place
    assert release_ids(root) == (("first", "second") if published else ("first",))
    assert open_release(root).id == ("second" if published else "first")
    if not published:
        assert load(folder, "second").table("condition").rows_out == 1
        assert open_release(root).id == "second"


def test_resuming_keeps_finished_tables_of_unchanged_files(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]], root: Path
) -> None:
    folder = omop(condition_occurrence=CONDITIONS, death="person_id,death_date\n99,2020-01-01\n")
    with pytest.raises(Crashed):
        load(folder, progress=crash_at("findings"))
    (folder / "death.csv").unlink()
    (root / ".staging" / "r1" / "genotypes").mkdir()
    (root / ".staging" / "r1" / "genotypes" / "left_over.pgen").write_text("half")
    (folder / "condition_occurrence.csv").write_text(CONDITIONS + "2,20,5,2011-01-01\n")
    steps = []
    report = load(folder, resume=True, progress=lambda step, share: steps.append((step, share)))
    names = [step for step, _ in steps]
    assert "condition_occurrence" in names
    assert "person" not in names
    assert report.table("condition").rows_out == 2
    assert report.table("person").rows_in == 3
    assert report.rows_rejected == len(table("rejected")) == 0
    assert not open_release(root).file("genotypes/left_over.pgen").exists()
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert steps[-1] == ("published", 1.0)


def test_a_damaged_release_is_refused_and_the_file_named(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    load(omop())
    file = root / "r1" / "events" / "observation_period.parquet"
    whole = file.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for damaged in (bytes(changed), whole[:-1], None):
        file.unlink() if damaged is None else file.write_bytes(damaged)
        with pytest.raises(DataProblem, match=r"release-damaged: r1/events/observation_period\.parquet"):
            open_release(root)
    file.write_bytes(whole)
    assert open_release(root).id == "r1"


def test_nothing_of_the_work_is_published(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    load(omop())
    paths = [path.relative_to(root / "r1").as_posix() for path in (root / "r1").rglob("*") if path.is_file()]
    others = {path for path in paths if not path.endswith(".parquet") and not path.startswith("index/")}
    assert others == {"manifest.json", "manifest.sha256", "report.json"}
    assert not list((root / ".staging").iterdir())


def test_a_published_release_has_its_index(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    load(omop(condition_occurrence=CONDITIONS))
    assert (root / "r1" / "index" / "events" / "seal.json").is_file()
    assert not any(entry.path.startswith("index/") for entry in open_release(root).manifest.files)
