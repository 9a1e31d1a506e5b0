"""Every command: readable by default, JSON on demand, and one clear problem with status 2 when something is wrong."""

import json
from pathlib import Path

import pytest

from api.cli import COMMANDS
from schemas.wire import (
    AttritionAnswer,
    BreakdownAnswer,
    CountAnswer,
    DomainList,
    ExecutionAnswer,
    ExplanationAnswer,
    FormattedDocument,
    GenotypesAnswer,
    LinkageAnswer,
    OverlapAnswer,
    ProfileAnswer,
    ValidationAnswer,
)
from tests.cli.conftest import ADULTS, PERSONS, Run

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_count_is_exact_inside_and_says_so(run: Run, adults: str) -> None:
    shown = run("count", adults)
    assert shown.exit_code == 0
    assert "persons in Adults" in shown.stdout
    assert "exact, for internal use only" in shown.stdout
    answer = CountAnswer.model_validate_json(run("count", adults, "--json").stdout)
    assert answer.precision.exact
    assert "value" in answer.count.model_dump()


def test_another_tier_sees_protected_numbers(run: Run, adults: str) -> None:
    shown = run("count", adults, "--tier", "registered", "--project", "p", "--precision", "coarse")
    assert "±" in shown.stdout
    assert "budget of the project:" in shown.stdout
    answer = CountAnswer.model_validate_json(
        run("count", adults, "--tier", "registered", "--project", "p", "--json").stdout
    )
    assert answer.remaining_budget[0].spent > 0


def test_a_document_may_come_from_standard_input_and_as_json(run: Run, tmp_path: Path) -> None:
    text = CountAnswer.model_validate_json(run("count", "-", "--json", text=ADULTS).stdout)
    form = run("format", "-", "--to", "json", text=ADULTS).stdout
    assert CountAnswer.model_validate_json(run("count", "-", "--json", text=form).stdout).query == text.query
    path = tmp_path / "adults.json"
    path.write_text(form)
    assert CountAnswer.model_validate_json(run("count", str(path), "--json").stdout).count == text.count


def test_an_overlap_lists_every_region(run: Run, adults: str, tmp_path: Path) -> None:
    women = tmp_path / "women.kohort"
    women.write_text('cohort "Women"\nindex first visit where age >= 20\ninclude "woman" when sex is female\n')
    shown = run("overlap", adults, str(women))
    assert shown.exit_code == 0
    assert "2  Women:" in shown.stdout and "1 and 2" in shown.stdout
    answer = OverlapAnswer.model_validate_json(run("overlap", adults, str(women), "--json").stdout)
    assert [region.cohorts for region in answer.regions] == [[0], [1], [0, 1]]
    refused = run("overlap", adults)
    assert (refused.exit_code, "overlap-cohorts" in refused.stderr) == (2, True)


def test_a_profile_lists_its_groups(run: Run, adults: str, tmp_path: Path) -> None:
    women = tmp_path / "women.kohort"
    women.write_text('cohort "Women"\nindex first visit where age >= 20\ninclude "woman" when sex is female\n')
    shown = run("profile", adults, "--group", str(women), "--tier", "controlled", "--project", "p")
    assert "Women" in shown.stdout and "at most 1 of the groups" in shown.stdout
    answer = ProfileAnswer.model_validate_json(run("profile", adults, "--group", str(women), "--json").stdout)
    assert [group.name for group in answer.groups] == ["Women"]


def test_breakdown_and_attrition(run: Run, adults: str) -> None:
    assert "female" in run("breakdown", adults).stdout
    answer = BreakdownAnswer.model_validate_json(
        run("breakdown", adults, "--by", "age(20)", "--by", "sex", "--json").stdout
    )
    assert answer.dimensions == ["age(20)", "sex"]
    assert "age(20): mean" in run("breakdown", adults, "--by", "age(20)").stdout
    assert f"{PERSONS:,}" in run("attrition", adults).stdout
    steps = AttritionAnswer.model_validate_json(run("attrition", adults, "--json").stdout).steps
    assert [step.name for step in steps] == ["consents and has an index event"]


def test_a_phase_that_the_policy_does_not_have_is_told(run: Run) -> None:
    told = run("policy", "explain", "--tier", "public", "--phase", "9")
    assert told.exit_code == 2, told.output
    assert "policy-phase" in told.stderr


def test_explain_shows_both_plans_and_the_sql(run: Run, adults: str) -> None:
    shown = run("explain", adults, "--target", "duckdb").stdout
    assert all(part in shown for part in ("logical plan", "physical plan", "SQL 1", "SELECT"))
    assert ExplanationAnswer.model_validate_json(run("explain", adults, "--target", "duckdb", "--json").stdout).sql


def test_explain_analyzed_shows_what_was_expected_of_each_step_and_what_it_took(run: Run, adults: str) -> None:
    asked = ("explain", adults, "--analyze", "--reason", "looking for what is slow")
    answer = ExecutionAnswer.model_validate_json(run(*asked, "--json").stdout)
    assert answer.precision.name is None
    entries, *_, cohort = answer.nodes
    assert (entries.node, cohort.node) == ("entries", "cohort")
    assert entries.expected is not None and entries.rows > 0 and entries.milliseconds is not None
    assert "rows expected" in run(*asked).stdout


def test_explain_for_the_other_engine_shows_its_plan_and_no_sql(run: Run, adults: str) -> None:
    shown = run("explain", adults, "--target", "polars").stdout
    assert "entries on polars" in shown
    assert "SQL" not in shown
    assert "target-unknown" in run("explain", adults, "--target", "abacus").stderr


def test_validate_and_format(run: Run, adults: str) -> None:
    assert "can be answered" in run("validate", adults).stdout
    assert ValidationAnswer.model_validate_json(run("validate", adults, "--json").stdout).leaves > 0
    assert run("format", "-", text='cohort   "Adults" index first visit where age>=20 count by sex').stdout.strip() == (
        run("format", adults).stdout.strip()
    )
    assert FormattedDocument.model_validate_json(run("format", adults, "--json").stdout).cohort


def test_validate_shows_lints_under_their_place_and_answers_all_the_same(run: Run) -> None:
    text = 'cohort "x"\nlet spare = concept 201826\nindex first ever measurement in concept 201826\n'
    shown = run("validate", "-", text=text)
    assert "can be answered" in shown.stdout
    assert "warning: unused-concept-set: nothing uses `spare`\n  at line 2, column 1" in shown.stderr
    assert "warning: other-domain" in shown.stderr
    lints = ValidationAnswer.model_validate_json(run("validate", "-", "--json", text=text).stdout).lints
    assert [(lint.code, lint.line, lint.column) for lint in lints] == [
        ("unused-concept-set", 2, 1),
        ("other-domain", 3, 33),
    ]


def test_completion(run: Run) -> None:
    assert "condition" in run("complete", "-", text='cohort "x"\nindex first ').stdout


def test_dictionaries(run: Run) -> None:
    assert "당뇨" in run("concepts", "당뇨").stdout
    assert "KCD7" in run("vocabularies").stdout
    assert "smoking.status" in run("questions", "smoke").stdout
    assert "PCSK9" in run("genes", "PCSK9").stdout
    assert "part of a label" in run("concepts", "no such thing").stdout
    assert "lists all" in run("questions", "no such thing").stdout
    assert "measurement" in run("domains").stdout
    assert DomainList.model_validate_json(run("domains", "--json").stdout).domains
    for command in ("concepts", "questions", "genes"):
        assert json.loads(run(command, "a", "--json").stdout)["release"] == "small"


def test_releases(run: Run) -> None:
    assert "small" in run("release", "list").stdout
    assert json.loads(run("release", "list", "--json").stdout)["releases"][0]["is_current"]
    assert "files match" in run("release", "verify", "small").stdout
    assert run("release", "use", "small").exit_code == 0
    assert "release-unknown" in run("release", "use", "other").stderr


def test_a_token_is_one_line(run: Run) -> None:
    assert run("token", "--tier", "controlled").stdout.count(".") == 2
    assert json.loads(run("token", "--json").stdout)["tier"] == "registered"
    assert run("token", "--hours", "100000").exit_code == 2


def test_problems_are_underlined_and_end_with_status_2(run: Run) -> None:
    wrong = 'cohort "x"\nindex first conditoin\n'
    for command in ("validate", "format", "count", "breakdown", "attrition", "explain"):
        shown = run(command, "-", text=wrong)
        assert shown.exit_code == 2
        assert "2 | index first conditoin\n  |             ^^^^^^^^^" in shown.stderr
        assert "did you mean `condition`?" in shown.stderr
        assert shown.stdout == ""
    listed = json.loads(run("validate", "-", "--json", text=wrong).stdout)
    assert listed["problems"][0]["column"] == 13


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("count", "nowhere.kohort"), "file-missing"),
        (("count", "."), "file-unreadable"),
        (("count", "-", "--releases", "nowhere"), "release-none-current"),
        (("count", "-", "--release", "nowhere"), "release-unknown"),
        (("count", "-", "--tier", "public"), "tier-not-interactive"),
        (("breakdown", "-", "--by", "shoe"), "unexpected-word"),
        (("synth", "--persons", "2000", "--id", "small"), "release-exists"),
        (("synth", "--id", "../up"), "release-id"),
        (("ingest", "--omop", "nowhere", "--id", "new"), "source-missing"),
        (("serve", "--release", "nowhere", "--port", "0"), "release-unknown"),
    ],
    ids=str,
)
def test_one_clear_problem_each(run: Run, arguments: tuple[str, ...], code: str) -> None:
    shown = run(*arguments, text=ADULTS)
    assert shown.exit_code == 2, shown.stderr
    assert code in shown.stderr
    assert "Traceback" not in shown.output


def test_more_than_a_million_characters_are_refused(run: Run) -> None:
    shown = run("count", "-", text="a" * (10**6 + 1))
    assert shown.exit_code == 2
    assert "too-long" in shown.stderr
    assert len(shown.stderr) < 500


def test_bytes_that_are_no_text_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.kohort"
    path.write_bytes(b'cohort "\xff\xfe"')
    assert "file-encoding" in run("validate", str(path)).stderr


def test_a_fault_of_ours_is_one_line(run: Run, adults: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a person's value")

    monkeypatch.setattr("engine.count", fail)
    shown = run("count", adults)
    assert shown.exit_code == 70
    assert "a person's value" not in shown.output
    assert "Traceback" not in shown.output


@pytest.mark.parametrize("sign", [KeyboardInterrupt(), RuntimeError("Query interrupted")], ids=["Python", "DuckDB"])
def test_a_command_that_is_stopped_says_so_and_what_is_left(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: BaseException
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise sign

    monkeypatch.setattr("engine.ingest_sources", stop)
    monkeypatch.setattr("engine.synthesize", stop)
    monkeypatch.setattr("engine.back_up", stop)
    ingest = run("ingest", "--omop", str(tmp_path), "--id", "new")
    synth = run("synth", "--id", "new")
    copy = run("ledger", "backup", str(tmp_path / "copy"), "--without-keys")
    assert {each.exit_code for each in (ingest, synth, copy)} == {130}
    assert ingest.stderr.startswith("stopped by Ctrl+C: no release was made; the same command with --resume goes on")
    assert synth.stderr == "stopped by Ctrl+C: no release was made; the same command goes on from here\n"
    assert copy.stderr == "stopped by Ctrl+C: no copy was made\n"


def test_a_group_of_commands_shows_them_and_a_choice_is_named_whole(run: Run, tmp_path: Path) -> None:
    for group in (command.name for command in COMMANDS if command.is_group):
        shown = run(group)
        assert "Commands" in shown.output, group
    asked = run("ledger", "backup", str(tmp_path / "copy"))
    assert asked.exit_code == 2
    assert "say --with-keys or --without-keys" in asked.output


def test_every_example_can_be_formatted_back(run: Run) -> None:
    for path in sorted(EXAMPLES.glob("*.kohort")):
        shown = run("format", str(path))
        assert shown.exit_code == 0, path.name
        assert run("format", "-", text=shown.stdout).stdout == shown.stdout


def test_genotypes_are_exact_inside_and_protected_outside(run: Run, adults: str) -> None:
    shown = run("genotypes", adults, "--variant", "rs671", "--variant", "1-55039974-G-T")
    assert shown.exit_code == 0, shown.stderr
    assert all(words in shown.stdout for words in ("Adults, rs671", "hemizygous reference", "Hardy-Weinberg", "exact"))
    inside = GenotypesAnswer.model_validate_json(run("genotypes", adults, "--variant", "rs671", "--json").stdout)
    assert inside.variants[0].exact is not None and inside.variants[0].exact.alleles == ["12-111803962-G-A"]
    outside = run("genotypes", adults, "--variant", "rs671", "--tier", "registered", "--project", "g")
    assert "±" in outside.stdout and "allele frequency" in outside.stdout
    assert "Hardy-Weinberg" not in outside.stdout
    refused = run("genotypes", adults, "--variant", "rs1", "--tier", "registered", "--project", "g")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "genotype-not-common" in refused.stderr


def test_linkage(run: Run, adults: str) -> None:
    variants = ("--variant", "rs671", "--variant", "rs1229984")
    assert "r²" in run("linkage", adults, *variants).stdout
    assert LinkageAnswer.model_validate_json(run("linkage", adults, *variants, "--json").stdout).persons.value > 0
    refused = run("linkage", adults, *variants, "--tier", "controlled", "--project", "g")
    assert refused.exit_code == 2
    assert "linkage-exact-only" in refused.stderr
