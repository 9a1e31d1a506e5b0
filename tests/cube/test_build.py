"""A cube is drawn once, paid once, logged, and shows nothing that follows from a true count."""

import datetime
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine import find_entries, has_cube, open_cube, verify_log, withdraw
from engine.disclosure.account import Account, AccountKind
from engine.disclosure.cube.build import CUBE_PERIOD
from engine.disclosure.cube.file import Cube
from engine.disclosure.ledger import LEDGER_FILE, Ledger
from engine.disclosure.reconcile import cell_deviation
from schemas.cube import FIRST_TABLES, CubeFamily, CubeTable
from schemas.errors import DataProblem, InternalError, NotAllowed, OverBudget
from schemas.policy import DEFAULT_POLICY, NANO_RHO, AccessTier
from schemas.races import RACE_CONCEPTS
from tests.cube.conftest import DIABETICS, PEOPLE, Fixed

CONDITIONS = CubeFamily.CONDITIONS
PUBLIC = DEFAULT_POLICY.of(AccessTier.PUBLIC)
THRESHOLD = PUBLIC.threshold(DEFAULT_POLICY.cube.sigma)


def with_families(**most: int):
    """The default policy with other bounds for some families."""
    families = tuple(
        replace(each, most=most.get(each.family.value, each.most)) for each in DEFAULT_POLICY.cube.families
    )
    return replace(DEFAULT_POLICY, cube=replace(DEFAULT_POLICY.cube, families=families), sha256="0" * 64)


def numbers(cube: Cube) -> dict[CubeFamily, list[list[int]]]:
    return {
        family: np.stack([tables.value, tables.margin, tables.less_than]).tolist()
        for family, tables in cube.families.items()
    }


def codes(cube: Cube, family: CubeFamily = CONDITIONS) -> list[str]:
    return [category.code for category in cube.families[family].categories]


def cells(cube: Cube, code: str, table: CubeTable = CubeTable.TOTAL, family: CubeFamily = CONDITIONS):
    number = cube.families[family].find(code)
    assert number is not None
    return cube.cells(family, number, table)


def total(cube: Cube, code: str, family: CubeFamily = CONDITIONS) -> int | None:
    return cells(cube, code, family=family)[0].value


def spent(state: Path, release: str = "phase0") -> int:
    ledger = Ledger(state)
    try:
        account = Account(kind=AccountKind.PUBLIC, id=release, cap=NANO_RHO)
        return ledger.balances((account,), CUBE_PERIOD)[0].spent
    finally:
        ledger.close()


def test_noise_is_drawn_once_and_paid_once(build, state, cubes):
    first = build()
    assert first.manifest.charged == spent(state) == DEFAULT_POLICY.cube.cost()
    again = build()
    assert (again.edition, again.sha256) == (first.edition, first.sha256)
    shutil.rmtree(cubes)
    restored = build()
    assert numbers(restored) == numbers(first)
    assert spent(state) == first.manifest.charged
    assert verify_log(state, keys=[]).findings == ()


def test_another_policy_that_counts_the_same_has_the_same_numbers(build, state):
    first = build()
    edited = build(policy=replace(DEFAULT_POLICY, version="test.1", sha256="1" * 64))
    assert edited.edition == "phase0/2" and edited.manifest.policy_version == "test.1"
    assert numbers(edited) == numbers(first)
    assert spent(state) == first.manifest.charged


@pytest.mark.parametrize("policy", [with_families(conditions=31), with_families(survey=1, drugs=1)])
def test_a_second_drawing_is_refused(build, state, policy):
    """Other rules are other measurements, whatever they cost, and nothing is left for them."""
    first = build()
    with pytest.raises(OverBudget) as caught:
        build(policy=policy)
    assert caught.value.code == "cube-budget-spent"
    assert spent(state) == first.manifest.charged
    assert build().sha256 == first.sha256
    assert [entry.outcome for entry in find_entries(state, project=None, user=None, limit=9)] == [
        "over-budget",
        "answered",
    ]


def test_a_ledger_that_did_not_pay_draws_nothing(build, state, cubes):
    """A state folder that was lost, and made anew, must not publish the release a second time."""
    build()
    for name in (LEDGER_FILE, "persons", "query-id.key", "audit-signing.key", "audit-verifier-key", "audit-checkpoint"):
        path = state / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for left in state.glob(f"{LEDGER_FILE}*"):
        left.unlink()
    with pytest.raises(DataProblem) as caught:
        build()
    assert caught.value.code == "cube-unknown-to-ledger"


def test_only_the_private_sampler_makes_a_cube_in_earnest(build):
    assert build().manifest.policy_version == DEFAULT_POLICY.version
    assert build(phase=1, noise=Fixed()).manifest.policy_version.endswith("+rehearsal")


def test_noise_of_another_kind_is_refused(build, monkeypatch):
    monkeypatch.setattr("engine.pipeline.cube.FreshGaussian", Fixed)
    with pytest.raises(InternalError) as caught:
        build()
    assert caught.value.code == "noise-not-private"


def test_the_log_says_who_had_it_made_and_at_what_price(build, state, cubes):
    made = build()
    (entry,) = find_entries(state, project=None, user="steward", limit=9)
    assert (entry.tier, entry.action, entry.outcome) == ("public", "cube", "answered")
    text = b"".join(path.read_bytes() for path in state.glob(f"{LEDGER_FILE}*"))
    assert all(name.encode() in text for name in made.manifest.measurements())


def test_every_category_of_the_list_is_there_however_few_are_in_it(build):
    made = build(noise=Fixed())
    assert codes(made) == ["E11", "I10", "Q99", "R99"]
    assert codes(made, CubeFamily.DRUGS) == ["A10B"]
    assert codes(made, CubeFamily.SURVEY) == [f"smoking.status={word}" for word in ("never", "former", "current")]
    assert made.families[CONDITIONS].categories[0].label_ko == "제2형 당뇨병"
    assert codes(made, CubeFamily.MEASUREMENTS) == ["13457-7"]
    assert codes(made, CubeFamily.PROCEDURES) == ["6"] and codes(made, CubeFamily.VISITS) == ["9201"]
    for family, tables in made.families.items():
        rules = DEFAULT_POLICY.cube.of(family)
        width = sum(len(made.manifest.labels[table.value]) for table in rules.tables)
        assert tables.value.shape == (len(tables.categories), width)


def with_codes(family: str, *pairs: tuple[str, str]):
    """The default policy with another list of a family."""
    families = tuple(
        replace(each, codes=pairs) if each.family.value == family else each for each in DEFAULT_POLICY.cube.families
    )
    return replace(DEFAULT_POLICY, cube=replace(DEFAULT_POLICY.cube, families=families), sha256="4" * 64)


@pytest.mark.parametrize(
    ("family", "pairs", "listed"),
    [
        ("measurements", (), {"4": 500, "5": 700}),
        ("measurements", (("LOINC", "13457-7"),), {"13457-7": 500}),
        ("measurements", (("LOINC", "no-such"), ("SNOMED", "13457-7")), {}),
        ("visits", (), {"9201": 500}),
        ("visits", (("Visit", "ERIP"),), {"ERIP": 260}),
        ("visits", (("Visit", "IP"), ("Visit", "ERIP")), {"ERIP": 260, "IP": 500}),
        ("procedures", (), {"6": 200}),
        ("drugs", (("RxNorm", "3"),), {"3": 300}),
        ("conditions", (("SNOMED", "1"), ("KCD7", "F32")), {"1": 700}),
    ],
)
def test_a_list_is_named_by_the_policy_or_else_by_the_vocabulary(build, family, pairs, listed):
    """Each concept with all below it, a person once however often; what the vocabulary lacks, and what is sensitive,
    is not there. Person 0 permits nothing, and shown numbers are multiples of 20."""
    made, of = build(policy=with_codes(family, *pairs), noise=Fixed()), CubeFamily(family)
    assert {code: total(made, code, of) for code in codes(made, of)} == listed


def test_a_list_that_is_too_long_is_refused_and_nothing_is_paid(build, state, monkeypatch):
    monkeypatch.setattr("engine.catalog.published.MOST_CATEGORIES", 3)
    with pytest.raises(DataProblem) as caught:
        build()
    assert caught.value.code == "cube-list-too-long"
    assert spent(state) == 0


def test_one_person_looks_like_nobody(build):
    made = build(noise=Fixed())
    for table in (CubeTable.TOTAL, CubeTable.SEX_AND_AGE, CubeTable.REGION, CubeTable.YEAR):
        assert cells(made, "Q99", table) == cells(made, "R99", table) != ()
        assert all(cell.value is None for cell in cells(made, "Q99", table))


@pytest.mark.parametrize(("noise", "nobody", "many"), [(0, None, 400), (150, 160, 540), (-380, None, None)])
def test_the_threshold_looks_at_noisy_values_only(build, noise, nobody, many):
    made = build(noise=Fixed(noise))
    assert total(made, "R99") == nobody
    assert total(made, "E11") == many
    assert cells(made, "E11")[0].less_than == (THRESHOLD if many is None else None)


def test_shown_numbers_are_rounded_and_add_up(build):
    """In all real noise: where every cell of a table is shown, they add up to the total that is shown."""
    made = build()
    for family, tables in made.families.items():
        for number in range(len(tables.categories)):
            (all_,) = made.cells(family, number, CubeTable.TOTAL)
            for table in CubeTable:
                shown = [cell.value for cell in made.cells(family, number, table)]
                if not shown:
                    continue
                assert all(value is None or value % PUBLIC.rounding == 0 for value in shown)
                if None not in shown:
                    assert sum(shown) == all_.value
                if all_.value is None:
                    assert set(shown) == {None}


def test_cells_that_are_all_shown_add_up_to_the_total(build):
    made = build(noise=Fixed(100))
    shown = [cell.value for cell in cells(made, "everybody", CubeTable.REGION, CubeFamily.RESOURCE)]
    hidden = shown.count(None)
    assert hidden == 1  # nobody is of unknown region: the noisy cells were moved to the total, which took it below
    assert total(made, "everybody", CubeFamily.RESOURCE) == 700


def test_the_first_record_of_a_category_tells_its_year(build):
    """Half of the people with E11 had E11.9 in 2018, and half in 2023, which is after their E11 of 2020."""
    made = build(noise=Fixed())
    by_year = {cell.label[0]: cell.value for cell in cells(made, "E11", CubeTable.YEAR)}
    years = made.manifest.labels["year"]
    assert years == (("earlier",), *((str(year),) for year in range(2002, int(made.manifest.release_created[:4]) + 1)))
    assert {year: value for year, value in by_year.items() if value} == {"2018": 200, "2020": 200}


def test_the_last_answer_to_a_question_tells_its_year(build):
    """Everybody said "former" in 2018 and something else in 2020; every fourth person said "never" once more in 2023."""
    made = build(noise=Fixed())
    by_year = {
        answer: {
            cell.label[0]: cell.value
            for cell in cells(made, f"smoking.status={answer}", CubeTable.YEAR, CubeFamily.SURVEY)
            if cell.value
        }
        for answer in ("never", "former", "current")
    }
    assert by_year == {"never": {"2020": 180, "2023": 160}, "former": {}, "current": {"2020": 360}}


def test_people_are_told_apart_by_race_as_recorded(build):
    made = build(noise=Fixed())
    by_race = {cell.label[0]: cell.value for cell in cells(made, "everybody", CubeTable.RACE, CubeFamily.RESOURCE)}
    assert list(by_race) == [*RACE_CONCEPTS, "other", "unknown"]
    assert {race: value for race, value in by_race.items() if value} == {"Korean": 240, "White": 240, "unknown": 220}
    assert cells(made, "E11", CubeTable.RACE) == ()


def test_a_person_is_counted_only_with_consent(build, state):
    before = build(noise=Fixed())
    assert total(before, "everybody", CubeFamily.RESOURCE) == 700  # 699, rounded
    assert total(before, "E11") == DIABETICS  # 399, rounded


def test_who_withdrew_before_is_not_in_it_and_who_withdraws_later_changes_nothing(build, state):
    withdraw(state, list(range(1, 41)), "*", now=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    made = build(noise=Fixed())
    assert total(made, "E11") == DIABETICS - 40
    withdraw(state, list(range(41, 301)), "*", now=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
    assert build(noise=Fixed()).sha256 == made.sha256


def test_nobody_is_in_more_categories_than_the_policy_says(build):
    """With one category a person, those with two diagnoses are in one of them."""
    both = [n for n in range(1, PEOPLE) if n < DIABETICS or n % 3 == 0]
    made = build(policy=with_families(conditions=1), noise=Fixed())
    counted = [total(made, code) or 0 for code in ("E11", "I10")]
    assert sum(counted) == pytest.approx(len(both), abs=PUBLIC.rounding)


def test_what_is_not_open_is_not_published_and_what_opens_keeps_the_rest(build, state):
    with pytest.raises(NotAllowed) as caught:
        build(phase=2, on=datetime.date(2027, 2, 28))
    assert caught.value.code == "cube-not-open"
    first = build(phase=1)
    assert list(first.families) == [
        CubeFamily.RESOURCE, CubeFamily.CONDITIONS, CubeFamily.DRUGS, CubeFamily.MEASUREMENTS, CubeFamily.PROCEDURES,
        CubeFamily.VISITS,
    ]  # fmt: skip
    closed = first.manifest.charged
    assert closed == spent(state, "phase1") < DEFAULT_POLICY.cube.budget
    grants = tuple(
        replace(each, phase=1) if (each.phase, each.tier) == (2, AccessTier.PUBLIC) else each
        for each in DEFAULT_POLICY.grants
    )
    more = build(phase=1, policy=replace(DEFAULT_POLICY, grants=grants, sha256="2" * 64))
    assert list(more.families) == [*first.families, CubeFamily.SURVEY]
    assert {family: values for family, values in numbers(more).items() if family in first.families} == numbers(first)
    survey = DEFAULT_POLICY.cube.of(CubeFamily.SURVEY)
    assert survey is not None and spent(state, "phase1") == closed + survey.cost()


@pytest.mark.parametrize("name", ["cells.parquet", "categories.parquet", "manifest.json", "manifest.sha256"])
@pytest.mark.parametrize("damage", ["a byte", "the end", "all of it"])
def test_a_damaged_cube_is_not_opened(build, cubes, name, damage):
    path = cubes / build(noise=Fixed()).edition / name
    content = bytearray(path.read_bytes())
    if damage == "all of it":
        path.unlink()
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content if damage == "a byte" else content[:-3])
    with pytest.raises(DataProblem) as caught:
        open_cube(cubes)
    assert caught.value.code == "cube-damaged"


def test_what_is_in_service_is_named_by_a_file(build, cubes):
    with pytest.raises(DataProblem, match="no public cube"):
        open_cube(cubes)
    made = build(noise=Fixed())
    assert not has_cube(cubes, "phase1") and has_cube(cubes, "phase0")
    assert open_cube(cubes).sha256 == open_cube(cubes, "phase0").sha256 == made.sha256
    (cubes / "current").write_text("../../etc")
    with pytest.raises(DataProblem) as caught:
        open_cube(cubes)
    assert caught.value.code == "cube-damaged"
    with pytest.raises(DataProblem, match="no public cube"):
        open_cube(cubes, "../state")


def test_files_are_open_formats_without_a_hidden_number(build, cubes):
    made = build(noise=Fixed(37))
    rows = pq.read_table(cubes / made.edition / "cells.parquet").to_pylist()
    hidden = [row for row in rows if row["less_than"] is not None]
    assert hidden and all(row["value"] is None and row["margin"] is None for row in hidden)
    for entry in made.manifest.families:
        sigma = made.manifest.sigma_of(entry)
        labels = [made.manifest.labels[table.value] for table in CubeTable if entry.has(table)]
        of_cells = made.manifest.table_sigma_of(entry)
        deviations = [sigma, *(cell_deviation(sigma, len(each), cell_sigma=of_cells) for each in labels[1:])]
        thresholds = {row["less_than"] for row in hidden if row["family"] == entry.family}
        assert thresholds <= {PUBLIC.threshold(each) for each in deviations}


def test_a_cube_that_says_no_noise_of_its_lists_is_read_as_it_was_made(build, cubes):
    """Cubes were made before a list could have noise of its own, or other tables: they cannot be drawn again."""
    made = build(policy=with_first_tables(), noise=Fixed())
    folder = cubes / made.edition
    manifest = json.loads((folder / "manifest.json").read_text()) | {"format": 1}
    for entry in manifest["families"]:
        del entry["sigma"], entry["table_sigma"]
        if entry["family"] != "genotypes":
            del entry["tables"]
    for table in ("race", "year"):
        del manifest["labels"][table]
    rows = pq.read_table(folder / "cells.parquet").drop_columns(["race", "year"])
    pq.write_table(rows, folder / "cells.parquet")
    content = (folder / "cells.parquet").read_bytes()
    for entry in manifest["files"]:
        if entry["path"] == "cells.parquet":
            entry |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  manifest.json\n")
    read = open_cube(cubes)
    assert numbers(read) == numbers(made)
    entries = read.manifest.families
    assert {read.manifest.table_sigma_of(entry) for entry in entries} == {DEFAULT_POLICY.cube.sigma}
    assert not any(entry.has(CubeTable.YEAR) or entry.has(CubeTable.RACE) for entry in entries)


def with_first_tables():
    """The default policy as it was before there were tables by race and by year."""
    families = tuple(
        replace(each, tables=tuple(table for table in each.tables if table in FIRST_TABLES))
        for each in DEFAULT_POLICY.cube.families
    )
    return replace(DEFAULT_POLICY, cube=replace(DEFAULT_POLICY.cube, families=families), sha256="5" * 64)
