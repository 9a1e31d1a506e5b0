"""Every lint finds something in its own example, nothing in the correction, and says where and what to write."""

from pathlib import Path

import pytest

from cohort_dsl import from_json, parse, to_json
from cohort_dsl.lint import LINTS, LintText, Severity, lint, render_lint

_HEAD = 'cohort "x"\n'
_EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("rule", LINTS.values(), ids=LINTS)
def test_the_example_shows_this_lint_and_no_other(rule: LintText) -> None:
    assert {found.code for found in lint(parse(_HEAD + rule.example))} == {rule.code}


@pytest.mark.parametrize("rule", LINTS.values(), ids=LINTS)
def test_the_correction_is_clean(rule: LintText) -> None:
    assert lint(parse(_HEAD + rule.fixed)) == ()


@pytest.mark.parametrize("rule", LINTS.values(), ids=LINTS)
def test_a_lint_has_a_place_in_the_text_and_words_to_write(rule: LintText) -> None:
    text = _HEAD + rule.example
    for found in lint(parse(text)):
        assert found.span is not None
        assert text[found.span.start : found.span.end].strip()
        assert found.fix


@pytest.mark.parametrize("rule", LINTS.values(), ids=LINTS)
def test_a_document_that_is_no_text_has_the_same_lints_without_a_place(rule: LintText) -> None:
    cohort = parse(_HEAD + rule.example)
    codes = [found.code for found in lint(cohort)]
    from_elsewhere = lint(from_json(to_json(cohort)))
    assert sorted(found.code for found in from_elsewhere) == sorted(codes)
    assert {found.span for found in from_elsewhere} == {None}


def test_a_lint_is_shown_under_its_place() -> None:
    text = 'cohort "x"\nlet t2dm = concept 201826\nlet spare = concept 1\nindex first ever condition in t2dm\n'
    (found,) = lint(parse(text))
    assert render_lint(text, found).splitlines() == [
        "warning: unused-concept-set: nothing uses `spare`",
        "  at line 3, column 1",
        "3 | let spare = concept 1",
        "  | ^^^^^^^^^^^^^^^^^^^^^",
        "  hint: remove `let spare = …`",
    ]


@pytest.mark.parametrize("path", sorted(_EXAMPLES.glob("*.kohort")), ids=lambda path: path.stem)
def test_no_example_of_the_project_has_a_warning(path: Path) -> None:
    assert [found for found in lint(parse(path.read_text())) if found.severity is Severity.WARNING] == []
