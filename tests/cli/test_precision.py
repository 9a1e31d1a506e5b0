"""`kohort precision`: what answers will be worth, without a release, a ledger or a charge."""

import pytest
from typer.testing import CliRunner

from api.cli import app
from schemas.wire_precision import PrecisionAnswer


def run(*arguments: str):
    return CliRunner().invoke(app, ["precision", *arguments], env={"COLUMNS": "160"})


def test_a_table_for_each_tier_with_noise() -> None:
    shown = run("--size", "120", "--cells", "6")
    assert shown.exit_code == 0
    assert "120 persons, registered tier" in shown.stdout and "120 persons, controlled tier" in shown.stdout
    row = next(line for line in shown.stdout.splitlines() if line.split()[:2] == ["standard", "count"])
    assert row.split() == ["standard", "count", "120", "44", "37%", "81", "96.2%", "0.25%", "400"]


def test_one_tier_and_what_it_does_not_take() -> None:
    shown = run("--size", "700", "--tier", "registered", "--cells", "61")
    assert "controlled" not in shown.stdout and "one of 61 cells" not in shown.stdout
    assert "left out: this tier takes tables of at most 60 cells" in shown.stdout


def test_a_share_of_hardly_anybody_is_unknown() -> None:
    shown = run("--size", "7", "--cells", "2", "--tier", "registered")
    assert "unknown" in shown.stdout and "3.5" in shown.stdout


def test_the_same_as_json() -> None:
    answer = PrecisionAnswer.model_validate_json(run("--size", "0", "--tier", "controlled", "--json").stdout)
    assert [each.tier.value for each in answer.tiers] == ["controlled"]
    assert all(each.shown < 0.001 for each in answer.tiers[0].answers)


@pytest.mark.parametrize("tier", ["internal", "public"])
def test_a_tier_without_noise_has_no_intervals(tier: str) -> None:
    shown = run("--size", "120", "--tier", tier)
    assert shown.exit_code == 2
    assert "precision-not-allowed" in shown.stderr and "registered, controlled" in shown.stderr


@pytest.mark.parametrize("arguments", [(), ("--size", "-1"), ("--size", "1000001"), ("--size", "5", "--cells", "1")])
def test_numbers_have_bounds(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
